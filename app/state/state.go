// Package state opens state.db, the one SQLite file that history and journal
// share. Several processes may have it open at once.
package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"chute/uploader/fault"
)

// busyTimeout is how long a writer waits for another: transactions take
// milliseconds, and a disk that is asleep takes seconds.
const busyTimeout = 15 * time.Second

// maxConns bounds the connections of a process, each of which may cache 2 MB.
const maxConns = 4

// DB is the open state. Every transaction that it begins holds the right to
// write from its start, and what is committed is on disk.
type DB struct {
	*sql.DB
	// Aside is where a damaged file was put, to begin anew; the user must be
	// told. It is empty where there was none.
	Aside string

	writer *writer
}

// Open opens the state at path, an absolute path in a folder that exists, and
// makes it where it is not there; only this user may read it. A file of a newer
// Chute is left alone and is a failure with variant fault.NewerState. A file
// that is no database is set aside as path.corrupt-TIME. Open sees damage in
// the file's head and schema; that of a single page shows when it is read.
func Open(ctx context.Context, path string) (*DB, error) {
	var aside string
	for range 3 { // a second try after setting aside, a third where another process was faster
		before, err := private(path)
		if err != nil {
			return nil, fmt.Errorf("opening the state: %w", err)
		}
		db, err := openPatiently(ctx, path)
		if err == nil {
			return &DB{DB: db, Aside: aside, writer: newWriter(db)}, nil
		}
		if !damaged(err) {
			return nil, fmt.Errorf("opening the state: %w", err)
		}
		moved, err := setAside(path, before)
		if err != nil {
			return nil, fmt.Errorf("setting the damaged state aside: %w", err)
		}
		if moved != "" {
			aside = moved
		}
	}
	return nil, fmt.Errorf("opening the state: %s is damaged again and again", path)
}

// private makes the file or, where it is there, makes it the user's own.
// SQLite gives the files beside it the same permissions.
func private(path string) (fs.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := f.Chmod(0o600); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return nil, err
	}
	return f.Stat()
}

// busyPause is the wait between tries where SQLite itself does not wait.
const busyPause = 10 * time.Millisecond

// openPatiently opens the database. While another process makes it, changes
// its journal's mode or is the last to close it, SQLite says at once that it is
// busy, whatever its time-out; that passes.
func openPatiently(ctx context.Context, path string) (*sql.DB, error) {
	for deadline := time.Now().Add(busyTimeout); ; {
		db, err := open(ctx, path)
		if err == nil || !busy(err) || time.Now().After(deadline) {
			return db, err
		}
		select {
		case <-time.After(busyPause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func open(ctx context.Context, path string) (_ *sql.DB, err error) {
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			db.Close()
		}
	}()
	db.SetMaxOpenConns(maxConns)
	version, err := versionOf(ctx, db)
	if err != nil {
		return nil, err
	}
	if version > len(schema) {
		return nil, fault.New(fault.Config, fault.NewerState, fault.Facts{"Path": path},
			fmt.Errorf("schema %d, known up to %d", version, len(schema)))
	}
	if _, err := db.ExecContext(ctx, "pragma journal_mode = wal"); err != nil {
		return nil, err
	}
	if err := migrate(ctx, db); err != nil {
		return nil, err
	}
	return db, nil
}

func dsn(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/… on Windows
		path = "/" + path
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{
		"_pragma": {
			"busy_timeout(" + strconv.FormatInt(busyTimeout.Milliseconds(), 10) + ")",
			"foreign_keys(on)",
			"synchronous(full)",
		},
		"_txlock": {"immediate"},
	}.Encode()}
	return u.String()
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// versionOf reads the schema's version. It reads the schema too, so that
// damage there shows.
func versionOf(ctx context.Context, q querier) (version int, err error) {
	var tables int
	if err := q.QueryRowContext(ctx, "select count(*) from sqlite_schema").Scan(&tables); err != nil {
		return 0, err
	}
	err = q.QueryRowContext(ctx, "pragma user_version").Scan(&version)
	return version, err
}

// migrate takes the steps of schema that the file has not seen, all or none.
func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	version, err := versionOf(ctx, tx) // another process may have been faster
	if err != nil {
		return err
	}
	if version >= len(schema) {
		return nil
	}
	for i, step := range schema[version:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("schema step %d: %w", version+i+1, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "pragma user_version = "+strconv.Itoa(len(schema))); err != nil {
		return err
	}
	return tx.Commit()
}

func busy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// damaged reports whether err says that the file is no sound database.
func damaged(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code()&0xff == sqlite3.SQLITE_CORRUPT || e.Code()&0xff == sqlite3.SQLITE_NOTADB)
}

// setAside renames the file that before describes, with what SQLite keeps
// beside it. It does nothing, and returns "", where another process did so and
// a new file stands there by now.
func setAside(path string, before fs.FileInfo) (string, error) {
	now, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(before, now) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	aside := path + ".corrupt-" + time.Now().Format("20060102-150405.000")
	if err := os.Rename(path, aside); err != nil {
		return "", err
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return aside, nil
}
