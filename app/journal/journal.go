// Package journal keeps unfinished transfers in state.db, so that another
// process can go on with them.
package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"chute/app/state"
	"chute/uploader"
	"chute/uploader/sign"
)

// Journal is the journal as one process uses it. It implements
// uploader.Journal; its other methods may be called from any goroutine too.
//
// Writes that come together go to disk together: a disk can flush a few
// hundred times a second, while thousands of small files are queued at once.
type Journal struct {
	db    *state.DB
	lease *lease

	mu      sync.Mutex
	pending []*write
	wake    chan struct{}
	ended   chan struct{}
	closed  bool
}

var _ uploader.Journal = (*Journal)(nil)

// write is a change that waits for its turn.
type write struct {
	do   func(*sql.Tx) error
	done chan error // nil: nobody waits
}

// Open makes the journal of this process. dir, which is made where missing,
// holds the locks that say which processes are alive.
func Open(db *state.DB, dir string) (*Journal, error) {
	l, err := newLease(dir)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j := &Journal{db: db, lease: l, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	go j.writer()
	return j, nil
}

// Close writes what is pending and gives up the lease: what this process left
// unfinished is there for others.
func (j *Journal) Close() {
	j.mu.Lock()
	j.closed = true
	j.mu.Unlock()
	j.poke()
	<-j.ended
	j.lease.release()
}

func (j *Journal) poke() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

var errClosed = errors.New("the journal is closed")

// put queues a change.
func (j *Journal) put(w *write) {
	j.mu.Lock()
	closed := j.closed
	if !closed {
		j.pending = append(j.pending, w)
	}
	j.mu.Unlock()
	if closed {
		if w.done != nil {
			w.done <- errClosed
		}
		return
	}
	j.poke()
}

// wait queues a change and returns when it is on disk.
func (j *Journal) wait(do func(*sql.Tx) error) error {
	w := &write{do, make(chan error, 1)}
	j.put(w)
	return <-w.done
}

// gather is how long a change that nobody waits for may stay in memory, so
// that it shares its flush with others.
const gather = 20 * time.Millisecond

func (j *Journal) writer() {
	defer close(j.ended)
	for range j.wake {
		j.mu.Lock()
		batch, closed := j.pending, j.closed
		j.mu.Unlock()
		urgent := closed
		for _, w := range batch {
			urgent = urgent || w.done != nil
		}
		if !urgent {
			time.Sleep(gather)
		}
		j.mu.Lock()
		batch, j.pending, closed = j.pending, nil, j.closed
		j.mu.Unlock()
		j.commit(batch)
		if closed {
			return
		}
	}
}

// commit writes a batch in one transaction. Where that fails each change is
// tried by itself, so that one bad change does not take others with it.
func (j *Journal) commit(batch []*write) {
	if len(batch) == 0 {
		return
	}
	err := j.transact(batch...)
	for _, w := range batch {
		one := err
		if err != nil && len(batch) > 1 {
			one = j.transact(w)
		}
		if w.done != nil {
			w.done <- one
		}
	}
}

func (j *Journal) transact(batch ...*write) error {
	tx, err := j.db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, w := range batch {
		if err := w.do(tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Note implements uploader.Journal.
func (j *Journal) Note(s uploader.Saved) { j.put(&write{do: j.saving(s)}) }

// Save implements uploader.Journal.
func (j *Journal) Save(s uploader.Saved) error { return j.wait(j.saving(s)) }

func (j *Journal) saving(s uploader.Saved) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		ref, err := json.Marshal(s.Ref)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`delete from part where transfer = ? and transfer in
			(select id from unfinished where id = ? and upload <> ?)`, s.ID, s.ID, s.Ref.UploadID); err != nil {
			return err
		}
		_, err = tx.Exec(`insert into unfinished
			(id, owner, destination, name, path, key, life, added, size, begun, upload, ref, part_size, parts, modified, ends)
			values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
			on conflict (id) do update set owner = excluded.owner, size = excluded.size, begun = excluded.begun,
				upload = excluded.upload, ref = excluded.ref, part_size = excluded.part_size, parts = excluded.parts,
				modified = excluded.modified, ends = excluded.ends`,
			s.ID, j.lease.name, s.Destination, s.Name, s.Path, s.Key, int64(s.LinkLife), s.Added.UnixMilli(), s.Size,
			s.Begun, s.Ref.UploadID, string(ref), s.Plan.PartSize, s.Plan.Parts, s.Identity.ModTime.UnixNano(), s.Identity.Ends)
		return err
	}
}

// Part implements uploader.Journal.
func (j *Journal) Part(id uploader.ID, p uploader.SavedPart) error {
	return j.wait(func(tx *sql.Tx) error {
		_, err := tx.Exec(`insert or replace into part (transfer, number, size, etag, stored, crc, proven, opaque)
			values (?,?,?,?,?,?,?,?)`,
			id, p.Ack.Number, p.Ack.Size, p.Ack.ETag, p.Ack.CRC64NVME, int64(p.CRC), p.Proven, p.Opaque)
		return err
	})
}

// Remove implements uploader.Journal.
func (j *Journal) Remove(id uploader.ID) {
	j.put(&write{do: func(tx *sql.Tx) error {
		_, err := tx.Exec(`delete from unfinished where id = ?`, id)
		return err
	}})
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
