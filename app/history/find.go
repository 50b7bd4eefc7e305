package history

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"modernc.org/sqlite"
)

// Query says which entries are wanted. The zero Query wants all.
type Query struct {
	// Text is words that must all be in the name, in any order. Case does not
	// matter, and neither does how an accent is written.
	Text        string
	Destination string    // its name; empty: any
	State       LinkState // of the last link; empty: any
	// Now is the moment that State is about.
	Now time.Time
}

// SQLite itself knows the case of ASCII letters only. The function has to be
// there before a database is opened.
func init() {
	sqlite.MustRegisterDeterministicScalarFunction("fold", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		text, _ := args[0].(string)
		return fold(text), nil
	})
}

// fold makes texts equal that people take for equal.
func fold(text string) string {
	return norm.NFC.String(cases.Fold().String(strings.ToValidUTF8(text, "\uFFFD")))
}

// Find lists the sequence numbers of the entries that a query wants, newest
// first: eight bytes each, so that a list of very many can be shown at once and
// [History.Read] in pieces.
func (h *History) Find(ctx context.Context, q Query) ([]int64, error) {
	where, args := q.where()
	rows, err := h.db.QueryContext(ctx, "select seq from sent"+where+" order by seq desc", args...)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	defer rows.Close()
	var found []int64
	for rows.Next() {
		var seq int64
		if err := rows.Scan(&seq); err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
		found = append(found, seq)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	return found, nil
}

func (q Query) where() (string, []any) {
	var all []string
	var args []any
	add := func(condition string, values ...any) {
		all, args = append(all, condition), append(args, values...)
	}
	if q.Destination != "" {
		add("destination = ?", q.Destination)
	}
	switch q.State {
	case Deleted:
		add("deleted <> 0")
	case NoLink:
		add("deleted = 0 and expires = 0 and url = ''")
	case Forever:
		add("deleted = 0 and expires = 0 and url <> ''")
	case Works:
		add("deleted = 0 and expires > ?", q.Now.UnixMilli())
	case Expired:
		add("deleted = 0 and expires > 0 and expires <= ?", q.Now.UnixMilli())
	}
	for word := range strings.FieldsSeq(fold(q.Text)) {
		add("instr(fold(name), ?) > 0", word)
	}
	if len(all) == 0 {
		return "", nil
	}
	return " where " + strings.Join(all, " and "), args
}

// Numbered is an entry with its sequence number.
type Numbered struct {
	Seq int64
	Entry
}

// Read reads the entries with these sequence numbers, newest first. Those that
// are not there are left out: an entry that was stored again has a new number.
func (h *History) Read(ctx context.Context, seqs []int64) ([]Numbered, error) {
	var entries []Numbered
	for piece := range slices.Chunk(seqs, pageSize) {
		args := make([]any, len(piece))
		for i, seq := range piece {
			args[i] = seq
		}
		marks := strings.TrimSuffix(strings.Repeat("?,", len(piece)), ",")
		rows, err := h.db.QueryContext(ctx, "select seq, "+columns+" from sent where seq in ("+marks+") order by seq desc", args...)
		if err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
		for rows.Next() {
			seq, e, err := scan(rows)
			if err != nil {
				rows.Close()
				return nil, err
			}
			entries = append(entries, Numbered{seq, e})
		}
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
	}
	return entries, nil
}

// SameFile lists what was sent to a destination of files that have this size
// and were changed last at this time, newest first. Whether they have the same
// bytes is for [Entry.Ends] to say. Deleted objects are left out.
func (h *History) SameFile(ctx context.Context, destination string, size int64, modified time.Time) ([]Entry, error) {
	rows, err := h.db.QueryContext(ctx, "select seq, "+columns+
		" from sent where size = ? and modified = ? and ends <> '' and destination = ? and deleted = 0 order by seq desc",
		size, nanos(modified), destination)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	defer rows.Close()
	var entries []Entry
	for rows.Next() {
		_, e, err := scan(rows)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	return entries, nil
}

// Since calls f for each entry of a destination since a moment, in no particular
// order, with as much of it as tells which file it is of: ID, Path, Size
// and Modified. f must not use the history.
func (h *History) Since(ctx context.Context, destination string, moment time.Time, f func(Entry)) error {
	rows, err := h.db.QueryContext(ctx, "select id, path, size, modified from sent where destination = ? and at >= ?", destination, millis(moment))
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e Entry
		var modified int64
		if err := rows.Scan(&e.ID, &e.Path, &e.Size, &modified); err != nil {
			return fmt.Errorf("history: %w", err)
		}
		if modified != 0 {
			e.Modified = time.Unix(0, modified)
		}
		f(e)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return nil
}
