// Package journal keeps unfinished transfers in state.db, so that another
// process can go on with them.
package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"chute/app/state"
	"chute/uploader"
	"chute/uploader/sign"
)

// Journal is the journal as one process uses it. It implements
// uploader.Journal; its other methods may be called from any goroutine too.
type Journal struct {
	db    *state.DB
	lease *lease

	inherited bool
	closed    atomic.Bool
	notes     notes
}

var _ uploader.Journal = (*Journal)(nil)

// Open makes the journal of this process. dir, which is made where missing,
// holds the locks that say which processes are alive.
func Open(db *state.DB, dir string) (*Journal, error) {
	l, err := newLease(dir)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j := &Journal{db: db, lease: l, notes: notes{waiting: make(map[uploader.ID]uploader.Saved)}}
	if err := db.QueryRow(`select exists (select 1 from unfinished)`).Scan(&j.inherited); err != nil {
		l.release()
		return nil, fmt.Errorf("journal: %w", err)
	}
	return j, nil
}

// Close writes what is pending and gives up the lease: what this process left
// unfinished is there for others.
func (j *Journal) Close() {
	j.writeNotes()
	j.closed.Store(true)
	j.db.Flush()
	j.lease.release()
}

// Inherited reports whether there were unfinished transfers at Open.
func (j *Journal) Inherited() bool { return j.inherited }

var errClosed = errors.New("the journal is closed")

// soon makes a change that nobody waits for; after Close it is another
// process's to make.
func (j *Journal) soon(do state.Change) {
	if !j.closed.Load() {
		j.db.Soon(do)
	}
}

func (j *Journal) write(do state.Change) error {
	if j.closed.Load() {
		return errClosed
	}
	return j.db.Write(do)
}

// Save implements uploader.Journal.
func (j *Journal) Save(s uploader.Saved) error {
	j.drop(s.ID)
	return j.write(func(tx *state.Tx) error {
		if err := tx.Exec(`delete from part where transfer = ? and transfer in
			(select id from unfinished where id = ? and upload <> ?)`, s.ID, s.ID, s.Ref.UploadID); err != nil {
			return err
		}
		return j.saving(s)(tx)
	})
}

func (j *Journal) saving(s uploader.Saved) state.Change {
	return func(tx *state.Tx) error {
		ref, err := json.Marshal(s.Ref)
		if err != nil {
			return err
		}
		return tx.Exec(`insert into unfinished
			(id, owner, destination, name, path, key, life, added, size, begun, upload, ref, part_size, parts, modified, ends)
			values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
			on conflict (id) do update set owner = excluded.owner, size = excluded.size, begun = excluded.begun,
				upload = excluded.upload, ref = excluded.ref, part_size = excluded.part_size, parts = excluded.parts,
				modified = excluded.modified, ends = excluded.ends`,
			s.ID, j.lease.name, s.Destination, s.Name, s.Path, s.Key, int64(s.LinkLife), s.Added.UnixMilli(), s.Size,
			s.Begun, s.Ref.UploadID, string(ref), s.Plan.PartSize, s.Plan.Parts, s.Identity.ModTime.UnixNano(), s.Identity.Ends)
	}
}

// Part implements uploader.Journal.
func (j *Journal) Part(id uploader.ID, p uploader.SavedPart) error {
	return j.write(func(tx *state.Tx) error {
		return tx.Exec(`insert or replace into part (transfer, number, size, etag, stored, crc, proven, opaque)
			values (?,?,?,?,?,?,?,?)`,
			id, p.Ack.Number, p.Ack.Size, p.Ack.ETag, p.Ack.CRC64NVME, int64(p.CRC), p.Proven, p.Opaque)
	})
}

// Item is an unfinished transfer.
type Item struct {
	uploader.Saved
	Sent int64 // bytes of acknowledged parts
	// Running says that a process works at it.
	Running bool

	owner string
}

const itemColumns = `id, owner, destination, name, path, key, life, added, size, begun, ref, part_size, parts, modified, ends,
	coalesce((select sum(part.size) from part where part.transfer = unfinished.id), 0)`

// Items lists unfinished transfers in the order in which they were added.
func (j *Journal) Items(ctx context.Context) ([]Item, error) {
	return j.items(ctx, `select `+itemColumns+` from unfinished order by added, rowid`)
}

// Find lists the unfinished transfers of a file to a destination.
func (j *Journal) Find(ctx context.Context, destination, path string) ([]Item, error) {
	return j.items(ctx, `select `+itemColumns+` from unfinished where destination = ? and path = ? order by added, rowid`, destination, path)
}

func (j *Journal) items(ctx context.Context, query string, args ...any) ([]Item, error) {
	if err := j.settled(); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	rows, err := j.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer rows.Close()
	var items []Item
	alive := make(map[string]bool)
	for rows.Next() {
		item, err := scanItem(rows)
		if err != nil {
			return nil, fmt.Errorf("journal: %w", err)
		}
		if _, known := alive[item.owner]; !known {
			alive[item.owner] = j.lease.alive(item.owner)
		}
		item.Running = alive[item.owner]
		items = append(items, item)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return items, nil
}

func scanItem(row interface{ Scan(...any) error }) (Item, error) {
	var i Item
	var ref []byte
	var life, added, modified int64
	err := row.Scan(&i.ID, &i.owner, &i.Destination, &i.Name, &i.Path, &i.Key, &life, &added, &i.Size, &i.Begun, &ref,
		&i.Plan.PartSize, &i.Plan.Parts, &modified, &i.Identity.Ends, &i.Sent)
	if err != nil {
		return i, err
	}
	i.LinkLife, i.Added = time.Duration(life), time.UnixMilli(added)
	i.Plan.Size, i.Identity.Size, i.Identity.ModTime = i.Size, i.Size, time.Unix(0, modified)
	return i, json.Unmarshal(ref, &i.Ref)
}

// Claim makes an unfinished transfer this process's own and returns it with
// its parts. ok is false where it has ended meanwhile, or another process works
// at it.
func (j *Journal) Claim(ctx context.Context, id uploader.ID) (item Item, parts []uploader.SavedPart, ok bool, err error) {
	tx, err := j.db.BeginTx(ctx, nil) // holds the right to write: nobody else claims meanwhile
	if err != nil {
		return Item{}, nil, false, fmt.Errorf("journal: %w", err)
	}
	defer tx.Rollback()
	item, err = scanItem(tx.QueryRowContext(ctx, `select `+itemColumns+` from unfinished where id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) || err == nil && j.lease.alive(item.owner) {
		return Item{}, nil, false, nil
	}
	if err != nil {
		return Item{}, nil, false, fmt.Errorf("journal: %w", err)
	}
	if parts, err = partsOf(ctx, tx, id); err == nil {
		_, err = tx.ExecContext(ctx, `update unfinished set owner = ? where id = ?`, j.lease.name, id)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return Item{}, nil, false, fmt.Errorf("journal: %w", err)
	}
	j.lease.forget(item.owner)
	return item, parts, true, nil
}

func partsOf(ctx context.Context, tx *sql.Tx, id uploader.ID) ([]uploader.SavedPart, error) {
	rows, err := tx.QueryContext(ctx, `select number, size, etag, stored, crc, proven, opaque from part where transfer = ?`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var parts []uploader.SavedPart
	for rows.Next() {
		var p uploader.SavedPart
		var crc int64
		var ack sign.Part
		if err := rows.Scan(&ack.Number, &ack.Size, &ack.ETag, &ack.CRC64NVME, &crc, &p.Proven, &p.Opaque); err != nil {
			return nil, err
		}
		p.Ack, p.CRC = ack, uint64(crc)
		parts = append(parts, p)
	}
	return parts, rows.Err()
}
