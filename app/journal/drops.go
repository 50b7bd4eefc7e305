package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"chute/app/state"
)

// Drop is what was given to be sent at once: dropped on the window, or named on
// the command line. It is kept until all of its files are known as transfers,
// and the page of them is sent where one is wanted: a folder is read as fast as
// it is sent, and what was not read yet is no transfer that could be resumed.
type Drop struct {
	ID          string
	Begun       time.Time // to the millisecond
	Destination string    // its name
	Life        time.Duration
	Zip         bool // folders go as one archive each
	Page        bool // a page lists all files
	Items       []DropItem
	// Without are the paths of files that are not wanted any more.
	Without map[string]bool
	// Running says that a process works at it.
	Running bool

	owner string
}

// DropItem is a file or folder of a drop.
type DropItem struct {
	Path string
	Seed string // of the keys of its files
}

// Same reports whether two drops ask for the same.
func (d Drop) Same(o Drop) bool {
	return d.Destination == o.Destination && d.Life == o.Life && d.Zip == o.Zip && d.Page == o.Page &&
		len(d.Without) == 0 && len(o.Without) == 0 &&
		slices.EqualFunc(d.Items, o.Items, func(a, b DropItem) bool { return a.Path == b.Path })
}

// SaveDrop notes a drop. It is on disk when SaveDrop returns.
func (j *Journal) SaveDrop(d Drop) error {
	return j.write(func(tx *state.Tx) error {
		err := tx.Exec(`insert into dropped (id, owner, begun, destination, life, zip, page) values (?,?,?,?,?,?,?)`,
			d.ID, j.lease.name, d.Begun.UnixMilli(), d.Destination, int64(d.Life), d.Zip, d.Page)
		for i, item := range d.Items {
			if err == nil {
				err = tx.Exec(`insert into dropped_item (dropped, number, path, seed) values (?,?,?,?)`, d.ID, i, item.Path, item.Seed)
			}
		}
		return err
	})
}

// RemoveDrop forgets a drop. What became transfers of it is written before.
func (j *Journal) RemoveDrop(id string) {
	j.writeNotes()
	j.soon(func(tx *state.Tx) error { return tx.Exec(`delete from dropped where id = ?`, id) })
}

// LeaveOut notes that a file of a drop is not wanted any more.
func (j *Journal) LeaveOut(id, path string) {
	j.soon(func(tx *state.Tx) error {
		return tx.Exec(`insert or ignore into dropped_without (dropped, path) select id, ? from dropped where id = ?`, path, id)
	})
}

// Drops lists drops in the order in which they were made.
func (j *Journal) Drops(ctx context.Context) ([]Drop, error) {
	drops, err := readDrops(ctx, j.db, ``)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	for i := range drops {
		drops[i].Running = j.lease.alive(drops[i].owner)
	}
	return drops, nil
}

// ClaimDrop makes a drop this process's own and returns it. ok is false where
// it has ended meanwhile, or another process works at it.
func (j *Journal) ClaimDrop(ctx context.Context, id string) (d Drop, ok bool, err error) {
	tx, err := j.db.BeginTx(ctx, nil) // holds the right to write: nobody else claims meanwhile
	if err != nil {
		return Drop{}, false, fmt.Errorf("journal: %w", err)
	}
	defer tx.Rollback()
	drops, err := readDrops(ctx, tx, ` where id = ?`, id)
	if err == nil && (len(drops) == 0 || j.lease.alive(drops[0].owner)) {
		return Drop{}, false, nil
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, `update dropped set owner = ? where id = ?`, j.lease.name, id)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return Drop{}, false, fmt.Errorf("journal: %w", err)
	}
	j.lease.forget(drops[0].owner)
	return drops[0], true, nil
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// readDrops reads drops with all that belongs to them.
func readDrops(ctx context.Context, q querier, where string, args ...any) ([]Drop, error) {
	var drops []Drop
	err := each(ctx, q, func(scan func(...any) error) error {
		var d Drop
		var begun, life int64
		err := scan(&d.ID, &d.owner, &begun, &d.Destination, &life, &d.Zip, &d.Page)
		d.Begun, d.Life, d.Without = time.UnixMilli(begun), time.Duration(life), make(map[string]bool)
		drops = append(drops, d)
		return err
	}, `select id, owner, begun, destination, life, zip, page from dropped`+where+` order by begun, rowid`, args...)
	for i := range drops {
		d := &drops[i]
		err = errors.Join(err, each(ctx, q, func(scan func(...any) error) error {
			var item DropItem
			err := scan(&item.Path, &item.Seed)
			d.Items = append(d.Items, item)
			return err
		}, `select path, seed from dropped_item where dropped = ? order by number`, d.ID))
		err = errors.Join(err, each(ctx, q, func(scan func(...any) error) error {
			var path string
			err := scan(&path)
			d.Without[path] = true
			return err
		}, `select path from dropped_without where dropped = ?`, d.ID))
	}
	// One that ended between these answers has none of its files any more.
	return slices.DeleteFunc(drops, func(d Drop) bool { return len(d.Items) == 0 }), err
}

// each calls f for each row of an answer.
func each(ctx context.Context, q querier, f func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
