package uploader

import (
	"maps"
	"slices"
	"time"
)

// Watcher collects which transfers changed, for one reader. Its memory is
// bound by the number of transfers however slowly it is read.
type Watcher struct {
	e     *Engine
	dirty map[*transfer]struct{} // guarded by e.mu
}

// Watch makes a Watcher. Its first Next gives every transfer.
func (e *Engine) Watch() *Watcher {
	e.mu.Lock()
	defer e.mu.Unlock()
	w := &Watcher{e: e, dirty: make(map[*transfer]struct{}, len(e.transfers))}
	for _, t := range e.transfers {
		w.dirty[t] = struct{}{}
	}
	e.watchers[w] = struct{}{}
	return w
}

// Close ends the watching.
func (w *Watcher) Close() {
	w.e.mu.Lock()
	defer w.e.mu.Unlock()
	delete(w.e.watchers, w)
}

// Next appends a snapshot of every transfer that changed since the last call
// to dst, in the order they were added. A running transfer always counts as
// changed.
func (w *Watcher) Next(dst []Snapshot) []Snapshot {
	w.e.mu.Lock()
	changed := slices.SortedFunc(maps.Keys(w.dirty), func(a, b *transfer) int { return a.seq - b.seq })
	clear(w.dirty)
	for _, t := range changed {
		t.mu.Lock()
		if t.stop != nil {
			w.dirty[t] = struct{}{}
		}
		t.mu.Unlock()
	}
	w.e.mu.Unlock()

	now := time.Now()
	for _, t := range changed {
		dst = append(dst, t.snapshot(now))
	}
	return dst
}

// changed tells every watcher about a transfer.
func (e *Engine) changed(t *transfer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.touch(t)
}

// touch is changed for callers that hold e.mu. Of a transfer that was removed
// nobody is told: whoever removes knows.
func (e *Engine) touch(t *transfer) {
	for w := range e.watchers {
		if e.transfers[t.id] != t {
			delete(w.dirty, t)
			continue
		}
		w.dirty[t] = struct{}{}
	}
}

// pick returns the named transfers, or all, in the order they were added. The
// caller holds e.mu.
func (e *Engine) pick(ids []ID) []*transfer {
	if len(ids) == 0 {
		return slices.SortedFunc(maps.Values(e.transfers), func(a, b *transfer) int { return a.seq - b.seq })
	}
	var picked []*transfer
	for _, id := range ids {
		if t := e.transfers[id]; t != nil {
			picked = append(picked, t)
		}
	}
	return picked
}

// Snapshot returns one transfer's state; false for an unknown one.
func (e *Engine) Snapshot(id ID) (Snapshot, bool) {
	t := e.find(id)
	if t == nil {
		return Snapshot{}, false
	}
	return t.snapshot(time.Now()), true
}

// Parts appends the states of a transfer's parts to dst; none for an unknown
// transfer, or for one that is done.
func (e *Engine) Parts(dst []Part, id ID) []Part {
	if t := e.find(id); t != nil {
		return t.appendParts(dst)
	}
	return dst
}

// Details appends what is known of a transfer's parts from number first to
// last to dst, as far as there are any; none for an unknown transfer, or for
// one that is done.
func (e *Engine) Details(dst []PartDetail, id ID, first, last int) []PartDetail {
	if t := e.find(id); t != nil {
		return t.appendDetails(dst, first-1, last, time.Now())
	}
	return dst
}

func (e *Engine) find(id ID) *transfer {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.transfers[id]
}
