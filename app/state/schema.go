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
}
