// Package history remembers what was sent: enough to list it, to make a new
// link, and to say what became of the last one. It is kept in state.db.
package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"chute/app/state"
	"chute/uploader/fault"
	"chute/uploader/sign"
)

// ErrNotFound says that nothing was sent under an ID. The failure that wraps
// it has code fault.Config.
var ErrNotFound = errors.New("nothing was sent under this ID")

// Entry is one object that was sent.
type Entry struct {
	ID          string // that of its transfer, as people type it
	Sent        time.Time
	Destination string // its name at that time
	Name        string // file name, or path below the dropped folder
	Path        string // where the file was; empty for a stream
	Size        int64  // bytes
	Ref         sign.Ref
	ETag        string
	Checksum    string // CRC64NVME of the object, base64; empty where not known

	// URL is the last link, where it is kept. A signed link is a key to the
	// object: one that can be made again is not to be kept, and is known by
	// ExpiresAt alone.
	URL string
	// ExpiresAt is when the last link stops working; zero: never, or there
	// was none.
	ExpiresAt time.Time
	// Deleted says that the object was removed from the store.
	Deleted bool

	// Modified and Ends tell the file apart from others of the same size: when
	// it was changed last, and a hash of its first and last bytes. They are
	// zero for what was no file.
	Modified time.Time
	Ends     string
	// Members are the IDs of the files that this page links to, separated by
	// commas; empty for what is not such a page.
	Members string
}

// LinkState says what a link is good for.
type LinkState string

// The states of a link.
const (
	NoLink  LinkState = "none"    // none was given
	Works   LinkState = "works"   // until Entry.ExpiresAt
	Forever LinkState = "forever" // it does not expire
	Expired LinkState = "expired"
	Deleted LinkState = "deleted" // the object is gone
)

// State says what the entry's last link is good for at now.
func (e Entry) State(now time.Time) LinkState {
	switch {
	case e.Deleted:
		return Deleted
	case e.ExpiresAt.IsZero() && e.URL == "":
		return NoLink
	case e.ExpiresAt.IsZero():
		return Forever
	case now.Before(e.ExpiresAt):
		return Works
	default:
		return Expired
	}
}

// History is the entries in a state. Its methods may be called from several
// goroutines at once, and by several processes. Times come back to the
// millisecond.
type History struct{ db *state.DB }

// New is the history in db, which stays its owner's to close.
func New(db *state.DB) *History { return &History{db} }

const columns = "id, at, destination, name, path, size, ref, etag, checksum, url, expires, deleted, modified, ends, members"

// Adding is the change that stores e, in place of an entry with the same ID.
func Adding(e Entry) state.Change {
	return func(tx *state.Tx) error {
		ref, err := json.Marshal(e.Ref)
		if err != nil {
			return fmt.Errorf("history: %w", err)
		}
		err = tx.Exec("insert or replace into sent ("+columns+") values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
			typed(e.ID), millis(e.Sent), e.Destination, e.Name, e.Path, e.Size, string(ref), e.ETag, e.Checksum,
			e.URL, millis(e.ExpiresAt), e.Deleted, nanos(e.Modified), e.Ends, e.Members)
		if err != nil {
			return fmt.Errorf("history: %w", err)
		}
		return nil
	}
}

// Get returns the entry with that ID, in whatever case it was typed.
func (h *History) Get(ctx context.Context, id string) (Entry, error) {
	_, e, err := scan(h.db.QueryRowContext(ctx, "select seq, "+columns+" from sent where id = ?", typed(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return Entry{}, notFound(id)
	}
	return e, err
}

func typed(id string) string { return strings.ToLower(strings.TrimSpace(id)) }

func notFound(id string) error {
	return fault.New(fault.Config, fault.UnknownID, fault.Facts{"ID": id}, ErrNotFound)
}

// pageSize is how many entries are read at a time: some 100 KB.
const pageSize = 200

// All gives the entries, newest first. After an error it ends. Breaking off
// early costs nothing, and what the loop does may use the history.
func (h *History) All(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		before := int64(math.MaxInt64)
		for {
			entries, last, err := h.page(ctx, before)
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
			if len(entries) < pageSize {
				return
			}
			before = last
		}
	}
}

// page reads the next entries before the sequence number, and tells the last
// one's.
func (h *History) page(ctx context.Context, before int64) (entries []Entry, last int64, err error) {
	rows, err := h.db.QueryContext(ctx, "select seq, "+columns+" from sent where seq < ? order by seq desc limit ?", before, pageSize)
	if err != nil {
		return nil, 0, fmt.Errorf("history: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		seq, e, err := scan(rows)
		if err != nil {
			return nil, 0, err
		}
		entries, last = append(entries, e), seq
	}
	if err := rows.Err(); err != nil {
		return nil, 0, fmt.Errorf("history: %w", err)
	}
	return entries, last, nil
}

// SetLink notes the last link. The url is given only where Entry.URL may be
// kept.
func (h *History) SetLink(ctx context.Context, id, url string, expires time.Time) error {
	return h.update(ctx, id, "update sent set url = ?, expires = ? where id = ?", url, millis(expires), typed(id))
}

// MarkDeleted notes that the object is gone from the store. A stored link goes
// with it.
func (h *History) MarkDeleted(ctx context.Context, id string) error {
	return h.update(ctx, id, "update sent set deleted = 1, url = '' where id = ?", typed(id))
}

func (h *History) update(ctx context.Context, id, query string, args ...any) error {
	result, err := h.db.ExecContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	if n == 0 {
		return notFound(id)
	}
	return nil
}

func scan(row interface{ Scan(...any) error }) (seq int64, e Entry, err error) {
	var ref string
	var at, expires, modified int64
	if err := row.Scan(&seq, &e.ID, &at, &e.Destination, &e.Name, &e.Path, &e.Size, &ref, &e.ETag, &e.Checksum,
		&e.URL, &expires, &e.Deleted, &modified, &e.Ends, &e.Members); err != nil {
		return 0, Entry{}, fmt.Errorf("history: %w", err)
	}
	if err := json.Unmarshal([]byte(ref), &e.Ref); err != nil {
		return 0, Entry{}, fmt.Errorf("history: entry %s: %w", e.ID, err)
	}
	e.Sent, e.ExpiresAt = moment(at), moment(expires)
	if modified != 0 {
		e.Modified = time.Unix(0, modified)
	}
	return seq, e, nil
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}
