package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"chute/app/state"
)

// Drop is what was given to the window at once. It is kept until all of its
// files are known as transfers, and the page of them is sent where one is
// wanted: a folder is read as fast as it is sent, and what was not read yet is
// no transfer that could be resumed.
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
}

// DropItem is a file or folder of a drop.
type DropItem struct {
	Path string
	Seed string // of the keys of its files
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

// RemoveDrop forgets a drop.
func (j *Journal) RemoveDrop(id string) {
	j.soon(func(tx *state.Tx) error { return tx.Exec(`delete from dropped where id = ?`, id) })
}

// LeaveOut notes that a file of a drop is not wanted any more.
func (j *Journal) LeaveOut(id, path string) {
	j.soon(func(tx *state.Tx) error {
		return tx.Exec(`insert or ignore into dropped_without (dropped, path) select id, ? from dropped where id = ?`, path, id)
	})
}

// ClaimDrops makes the drops of processes that are gone this process's own, and
// returns them in the order in which they were made.
func (j *Journal) ClaimDrops(ctx context.Context) ([]Drop, error) {
	tx, err := j.db.BeginTx(ctx, nil) // holds the right to write: nobody else claims meanwhile
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer tx.Rollback()
	drops, err := j.orphans(ctx, tx)
	for _, d := range drops {
		if err == nil {
			_, err = tx.ExecContext(ctx, `update dropped set owner = ? where id = ?`, j.lease.name, d.ID)
		}
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return drops, nil
}

// orphans reads the drops that no process works at.
func (j *Journal) orphans(ctx context.Context, tx *sql.Tx) ([]Drop, error) {
	var drops []Drop
	err := each(ctx, tx, func(scan func(...any) error) error {
		var d Drop
		var owner string
		var begun, life int64
		err := scan(&d.ID, &owner, &begun, &d.Destination, &life, &d.Zip, &d.Page)
		if d.Begun, d.Life = time.UnixMilli(begun), time.Duration(life); err == nil && !j.lease.alive(owner) {
			drops = append(drops, d)
		}
		return err
	}, `select id, owner, begun, destination, life, zip, page from dropped order by begun, rowid`)
	for i := range drops {
		d := &drops[i]
		d.Without = make(map[string]bool)
		err = errors.Join(err, each(ctx, tx, func(scan func(...any) error) error {
			var item DropItem
			err := scan(&item.Path, &item.Seed)
			d.Items = append(d.Items, item)
			return err
		}, `select path, seed from dropped_item where dropped = ? order by number`, d.ID))
		err = errors.Join(err, each(ctx, tx, func(scan func(...any) error) error {
			var path string
			err := scan(&path)
			d.Without[path] = true
			return err
		}, `select path from dropped_without where dropped = ?`, d.ID))
	}
	return drops, err
}

// each calls f for each row of an answer.
func each(ctx context.Context, tx *sql.Tx, f func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
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
