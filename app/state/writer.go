package state

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// A Change is a part of a transaction. It may be called a second time, alone,
// where the transaction failed.
type Change func(*Tx) error

// Tx is the transaction of a Change. Statements that come again in it are
// compiled once.
type Tx struct {
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
}

// Exec executes a statement.
func (t *Tx) Exec(query string, args ...any) error {
	s := t.prepared[query]
	if s == nil {
		var err error
		if s, err = t.tx.Prepare(query); err != nil {
			return err
		}
		t.prepared[query] = s
	}
	_, err := s.Exec(args...)
	return err
}

// writer writes changes that come together in one transaction: a disk can
// flush a few hundred times a second, while thousands of small files come and go.
type writer struct {
	db *sql.DB

	mu      sync.Mutex
	pending []pending
	closed  bool
	wake    chan struct{} // something is pending
	hurry   chan struct{} // somebody waits
	flush   chan struct{} // for no company
	ended   chan struct{}
}

// pending is a change that waits for its turn.
type pending struct {
	do   Change
	done chan error // nil: nobody waits
}

// company is the least time from one batch to the next. A change that comes
// alone does not wait; of many, each waits for others: far less than what it
// belongs to took, and a batch costs little more than one.
const company = 20 * time.Millisecond

// gather is how long a change that nobody waits for may stay in memory, so
// that it shares its flush with others.
const gather = 50 * time.Millisecond

var errClosed = errors.New("the state is closed")

func newWriter(db *sql.DB) *writer {
	w := &writer{db: db, wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), flush: make(chan struct{}, 1), ended: make(chan struct{})}
	go w.run()
	return w
}

// Soon makes a change that nobody waits for: it is on disk soon, or lost when
// the process is killed before. Where it fails nobody learns of that.
func (db *DB) Soon(do Change) { db.writer.put(pending{do: do}) }

// Write makes a change. It is on disk when Write returns, and so is every
// change asked for before.
func (db *DB) Write(do Change) error {
	p := pending{do, make(chan error, 1)}
	db.writer.put(p)
	return <-p.done
}

// Flush puts what was asked for before on disk, at once.
func (db *DB) Flush() error {
	p := pending{func(*Tx) error { return nil }, make(chan error, 1)}
	poke(db.writer.flush)
	db.writer.put(p)
	return <-p.done
}

// Close writes what is pending and closes the file.
func (db *DB) Close() error {
	w := db.writer
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	poke(w.flush)
	poke(w.hurry)
	<-w.ended
	return db.DB.Close()
}

func (w *writer) put(p pending) {
	w.mu.Lock()
	closed := w.closed
	if !closed {
		w.pending = append(w.pending, p)
	}
	w.mu.Unlock()
	switch {
	case closed && p.done != nil:
		p.done <- errClosed
	case p.done != nil:
		poke(w.hurry)
	default:
		poke(w.wake)
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (w *writer) run() {
	defer close(w.ended)
	var last time.Time
	for {
		select {
		case <-w.hurry:
		case <-w.wake:
			timer := time.NewTimer(gather)
			select {
			case <-w.hurry:
			case <-timer.C:
			}
			timer.Stop()
		}
		select {
		case <-time.After(time.Until(last.Add(company))):
		case <-w.flush:
		}
		w.mu.Lock()
		batch, closed := w.pending, w.closed
		w.pending = nil
		w.mu.Unlock()
		w.commit(batch)
		last = time.Now()
		if closed {
			return
		}
	}
}

// commit writes a batch in one transaction. Where that fails each change is
// tried by itself, so that one bad change does not take others with it.
func (w *writer) commit(batch []pending) {
	if len(batch) == 0 {
		return
	}
	err := w.transact(batch...)
	for _, p := range batch {
		one := err
		if err != nil && len(batch) > 1 {
			one = w.transact(p)
		}
		if p.done != nil {
			p.done <- one
		}
	}
}

func (w *writer) transact(batch ...pending) error {
	tx, err := w.db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	t := &Tx{tx, make(map[string]*sql.Stmt)}
	for _, p := range batch {
		if err := p.do(t); err != nil {
			return err
		}
	}
	return tx.Commit()
}
