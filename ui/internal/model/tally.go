// Package model keeps what the window shows of transfers: their order, the
// groups and batches they belong to, and the sums. It is plain data, used by
// one goroutine.
package model

import (
	"time"

	"chute/uploader"
)

// Tally sums up transfers. It is kept by adding and taking away, so a change
// costs the same for a folder of any size.
type Tally struct {
	States [uploader.Cancelled + 1]int // how many are in each state
	Files  int
	Size   int64 // bytes; of those whose size is known
	Sent   int64
	Again  int64
	Speed  int64 // bytes a second
	Active int   // requests under way
}

func (t *Tally) add(s *uploader.Snapshot, sign int) {
	t.States[s.State] += sign
	t.Files += sign
	t.Active += sign * s.Active
	n := int64(sign)
	if s.State != uploader.Cancelled { // its bytes are nobody's any more
		t.Size += n * max(s.Size, 0)
		t.Sent += n * s.Sent
	}
	t.Again += n * s.Again
	t.Speed += n * int64(s.Speed)
}

// subtract takes a sum of others away.
func (t *Tally) subtract(o Tally) {
	for i := range t.States {
		t.States[i] -= o.States[i]
	}
	t.Files -= o.Files
	t.Size -= o.Size
	t.Sent -= o.Sent
	t.Again -= o.Again
	t.Speed -= o.Speed
	t.Active -= o.Active
}

// span is the time from a first start to a last end; zero times are not known.
type span struct{ first, last time.Time }

func (s *span) include(first, last time.Time) {
	if !first.IsZero() && (s.first.IsZero() || first.Before(s.first)) {
		s.first = first
	}
	if last.After(s.last) {
		s.last = last
	}
}

// Count says how many are in one of the states.
func (t *Tally) Count(states ...uploader.State) int {
	n := 0
	for _, s := range states {
		n += t.States[s]
	}
	return n
}

// Ended says how many do nothing more by themselves.
func (t *Tally) Ended() int {
	return t.Count(uploader.Done, uploader.Failed, uploader.Cancelled)
}

// Left guesses the time to go at the present speed; -1 where it means nothing.
func (t *Tally) Left() time.Duration {
	if t.Speed <= 0 || t.Sent >= t.Size {
		return -1
	}
	return time.Duration(float64(t.Size-t.Sent) / float64(t.Speed) * float64(time.Second))
}

// State says in one word how the whole stands: what moves counts before what
// waits, and what waits before what has ended.
func (t *Tally) State() uploader.State {
	for _, s := range []uploader.State{
		uploader.Sending, uploader.Finishing, uploader.Retrying, uploader.Offline,
		uploader.Preparing, uploader.Queued, uploader.Paused, uploader.Failed, uploader.Done,
	} {
		if t.States[s] > 0 {
			return s
		}
	}
	return uploader.Cancelled
}
