package state

// schema is the steps that lead from an empty file to the present tables. A
// step that was released never changes; the number of steps is the version.
// Times are milliseconds since 1970, 0 where there is none.
var schema = []string{
	`create table sent (
		seq         integer primary key,
		id          text    not null unique,
		at          integer not null,
		destination text    not null,
		name        text    not null,
		path        text    not null,
		size        integer not null,
		ref         text    not null, -- sign.Ref as JSON
		etag        text    not null,
		checksum    text    not null,
		url         text    not null, -- only of a link that cannot be made again, or is no secret
		expires     integer not null,
		deleted     integer not null
	) strict`,
	`create table unfinished (
		id          text    not null primary key,
		owner       text    not null, -- the process that works at it; see package journal
		destination text    not null,
		name        text    not null,
		path        text    not null,
		key         text    not null, -- wanted
		life        integer not null, -- of the link, nanoseconds
		added       integer not null,
		size        integer not null,
		begun       integer not null,
		upload      text    not null, -- the store's name of the multipart upload
		ref         text    not null, -- sign.Ref as JSON
		part_size   integer not null,
		parts       integer not null,
		modified    integer not null, -- of the file, nanoseconds since 1970
		ends        text    not null  -- hash of its first and last bytes
	) strict;
	create index unfinished_path on unfinished (path);
	create table part (
		transfer text    not null references unfinished (id) on delete cascade,
		number   integer not null,
		size     integer not null,
		etag     text    not null,
		stored   text    not null, -- the store's own checksum
		crc      integer not null, -- CRC-64/NVME of what was read
		proven   integer not null,
		opaque   integer not null,
		primary key (transfer, number)
	) strict, without rowid`,
	`alter table sent add column modified integer not null default 0; -- of the file, nanoseconds since 1970
	alter table sent add column ends text not null default ''; -- hash of its first and last bytes
	alter table sent add column members text not null default ''; -- of a page: the ids of its files, with commas
	create index sent_file on sent (size, modified) where ends <> ''`,
	`create table dropped (
		id          text    not null primary key,
		owner       text    not null, -- the process that works at it; see package journal
		begun       integer not null,
		destination text    not null,
		life        integer not null, -- of the links, nanoseconds
		zip         integer not null,
		page        integer not null
	) strict;
	create table dropped_item (
		dropped text    not null references dropped (id) on delete cascade,
		number  integer not null,
		path    text    not null,
		seed    text    not null, -- of the keys of its files
		primary key (dropped, number)
	) strict, without rowid;
	create table dropped_without ( -- files of it that are not wanted any more
		dropped text not null references dropped (id) on delete cascade,
		path    text not null,
		primary key (dropped, path)
	) strict, without rowid`,
}
