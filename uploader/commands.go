package uploader

import (
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

// Pause stops transfers; what was acknowledged is kept. A stream goes on: what
// was read of it cannot be read again.
func (e *Engine) Pause(ids ...ID) {
	e.each(ids, func(t *transfer) {
		_, stream := t.source.(Stream)
		switch {
		case stream:
		case t.stop != nil && t.state != Finishing:
			t.stop(errPaused)
		case t.state == Queued:
			t.state = Paused
		}
	})
}

// Resume lets paused transfers go on.
func (e *Engine) Resume(ids ...ID) {
	e.again(ids, func(s State) bool { return s == Paused })
}

// Retry starts failed and cancelled transfers again, with whatever of them is
// still at the store.
func (e *Engine) Retry(ids ...ID) {
	e.again(ids, func(s State) bool { return s == Failed || s == Cancelled })
}

func (e *Engine) again(ids []ID, from func(State) bool) {
	e.each(ids, func(t *transfer) {
		if from(t.state) && t.stop == nil {
			t.state, t.err, t.ended, t.unwanted = Queued, nil, time.Time{}, false
			e.open[t] = struct{}{}
			e.enqueue(t)
		}
	})
	e.dispatch()
}

// Cancel ends transfers and removes what they left at the store.
func (e *Engine) Cancel(ids ...ID) {
	var ended []*transfer
	e.each(ids, func(t *transfer) {
		switch {
		case t.stop != nil:
			t.unwanted = true
			t.stop(errCancelled)
		case !t.state.Ended() || t.state == Failed && t.begun:
			t.state, t.ended = Cancelled, time.Now()
			t.err = fault.New(fault.Cancelled, "", nil, nil)
			e.close(t)
			ended = append(ended, t)
		}
	})
	for _, t := range ended {
		if t.journalled() {
			e.options.Journal.Remove(t.id)
		}
		if e.options.Ended != nil {
			e.options.Ended(t.snapshot(time.Now()))
		}
		e.abandon(t)
	}
}

// Remove forgets ended transfers; running ones are left alone. What a failed
// one had sent is removed from the store.
func (e *Engine) Remove(ids ...ID) {
	var failed []*transfer
	e.each(ids, func(t *transfer) {
		if !t.state.Ended() || t.stop != nil {
			return
		}
		delete(e.transfers, t.id)
		if t.state == Failed {
			failed = append(failed, t)
		}
	})
	for _, t := range failed {
		if t.journalled() {
			e.options.Journal.Remove(t.id)
		}
		e.abandon(t)
	}
}

// each calls f for the named transfers, all where none is named, in the order
// they were added, holding e.mu and the transfer's lock.
func (e *Engine) each(ids []ID, f func(*transfer)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, t := range e.pick(ids) {
		t.mu.Lock()
		f(t)
		t.mu.Unlock()
		e.touch(t)
	}
}

// SetLink gives a transfer that is done another link, in the place of the one
// that it ended with.
func (e *Engine) SetLink(id ID, link sign.Link) {
	e.each([]ID{id}, func(t *transfer) {
		if t.state == Done {
			t.link = link
		}
	})
}

// Sending reports whether bytes move or could: some transfer is under way, and
// does not wait for the network.
func (e *Engine) Sending() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for t := range e.open {
		t.mu.Lock()
		under := t.stop != nil
		if t.state == Sending && t.waiting.Load() > 0 && t.active.Load() == 0 && t.err != nil && t.err.Class == fault.Unreachable {
			under = false
		}
		t.mu.Unlock()
		if under {
			return true
		}
	}
	return false
}

// SetSpeed changes how many requests there may be at once.
func (e *Engine) SetSpeed(s Speed) {
	e.slots.setCeiling(s)
	e.dispatch()
}

// SetRate holds all transfers together to so many bytes a second; 0: to none.
func (e *Engine) SetRate(bytesPerSecond int64) { e.pace.set(bytesPerSecond) }
