package journal

import (
	"sync"
	"time"

	"chute/app/state"
	"chute/uploader"
)

// noteAfter is how long a note stays in memory. Most small files have ended
// before, and then nothing of them has to be written and removed again.
const noteAfter = 250 * time.Millisecond

// notes are the transfers that were noted a moment ago.
type notes struct {
	mu      sync.Mutex
	order   []uploader.ID // some may be gone
	waiting map[uploader.ID]uploader.Saved
	timer   *time.Timer // nil: none waits
}

// Note implements uploader.Journal.
func (j *Journal) Note(s uploader.Saved) {
	n := &j.notes
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, again := n.waiting[s.ID]; !again {
		n.order = append(n.order, s.ID)
	}
	n.waiting[s.ID] = s
	if n.timer == nil {
		n.timer = time.AfterFunc(noteAfter, j.writeNotes)
	}
}

// writeNotes lets all notes that wait be written soon, in their order.
func (j *Journal) writeNotes() {
	n := &j.notes
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.timer != nil {
		n.timer.Stop()
	}
	for _, id := range n.order {
		if s, ok := n.waiting[id]; ok {
			j.soon(j.saving(s))
		}
	}
	clear(n.waiting)
	n.order, n.timer = n.order[:0], nil
}

// settled writes the notes that wait, so that what is read next knows of them.
func (j *Journal) settled() error {
	j.writeNotes()
	return j.db.Flush()
}

// drop takes a note back, and reports whether it was in memory alone.
func (j *Journal) drop(id uploader.ID) bool {
	n := &j.notes
	n.mu.Lock()
	defer n.mu.Unlock()
	_, ok := n.waiting[id]
	delete(n.waiting, id)
	return ok
}

// Removing is the change that forgets a transfer; it is to be made.
func (j *Journal) Removing(id uploader.ID) state.Change {
	if j.drop(id) {
		return func(*state.Tx) error { return nil }
	}
	return removing(id)
}

// Remove implements uploader.Journal.
func (j *Journal) Remove(id uploader.ID) {
	if !j.drop(id) {
		j.soon(removing(id))
	}
}

// removing is the change that takes a transfer out of the file.
func removing(id uploader.ID) state.Change {
	return func(tx *state.Tx) error { return tx.Exec(`delete from unfinished where id = ?`, id) }
}
