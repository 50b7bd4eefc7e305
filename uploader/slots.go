package uploader

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// Speed is how many requests Chute may have under way at once, in all.
type Speed int

// The speeds: polite to others on the line, usual, and whatever the line gives.
// AWS counts on about 20 MB/s for one upload request, so 8 fill a gigabit line
// and 32 a fast one.
const (
	Gentle Speed = 2
	Normal Speed = 8
	Full   Speed = 32
)

const (
	slotsAtFirst = 4
	// A change of the limit is judged over at least this time. In the beginning
	// as many small requests do, if they took no less than slotsQuick: thousands
	// of small files would else be sent before the first second is over.
	slotsWindow = time.Second
	slotsSample = 64
	slotsSmall  = 1 << 20 // bytes
	slotsQuick  = 20 * time.Millisecond
	// One more slot is worth it while it brings this much throughput.
	slotsWorth = 1.05
	// After this many windows without gain, try one more again: lines change.
	slotsRetry = 15
	// After a store asked for less, wait this many windows at first.
	slotsHold = 2
)

// slots is the one pool of request slots of all transfers. It starts small,
// grows while more requests at once bring more throughput, and halves when the
// store asks for less. Waiters are served in turn, so that transfers share the
// line evenly, a small file beside the parts of a large one.
type slots struct {
	mu      sync.Mutex
	limit   int
	ceiling int
	fixed   bool
	used    int
	waiting list.List // of chan struct{}, closed when the slot is theirs

	// For the judgement of the running window.
	since    time.Time
	bytes    int64
	requests int
	starting bool // every window so far brought more throughput
	full     bool // all slots were in use all the time
	best     float64
	idle     int // windows since the limit last changed
	halved   time.Time

	// refused is the limit at which the store last asked for less; 0: never, or
	// more was tried since. hold is for how many windows the limit then stays
	// below it: more each time, for a store that means it.
	refused, hold int
}

func newSlots(ceiling Speed, fixed bool) *slots {
	s := &slots{limit: min(slotsAtFirst, int(ceiling)), ceiling: int(ceiling), fixed: fixed, starting: true}
	if fixed {
		s.limit = s.ceiling
	}
	return s
}

// acquire waits for a slot, or for ctx.
func (s *slots) acquire(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	if s.used < s.limit && s.waiting.Len() == 0 {
		s.used++
		s.mu.Unlock()
		return nil
	}
	ready := make(chan struct{})
	turn := s.waiting.PushBack(ready)
	s.mu.Unlock()

	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		select {
		case <-ready: // it came at the same moment: pass it on
			s.used--
			s.serve()
		default:
			s.waiting.Remove(turn)
		}
		return context.Cause(ctx)
	}
}

// tryAcquire takes a slot that nobody waits for, if there is one.
func (s *slots) tryAcquire() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used >= s.limit || s.waiting.Len() > 0 {
		return false
	}
	s.used++
	return true
}

// release gives a slot back after bytes were moved with it.
func (s *slots) release(bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used--
	s.judge(bytes, time.Now())
	s.serve()
}

// serve hands free slots to those who wait.
func (s *slots) serve() {
	for s.used < s.limit {
		turn := s.waiting.Front()
		if turn == nil {
			s.full = false
			return
		}
		s.waiting.Remove(turn)
		s.used++
		close(turn.Value.(chan struct{}))
	}
}

// judge closes the running window when it is long enough and moves the limit.
func (s *slots) judge(bytes int64, now time.Time) {
	if s.since.IsZero() {
		s.since, s.full = now, true
		return
	}
	s.bytes += bytes
	s.requests++
	took := now.Sub(s.since)
	enough := s.requests >= slotsSample && s.bytes/int64(s.requests) <= slotsSmall && took >= slotsQuick
	if took < slotsWindow && !(s.starting && enough) {
		return
	}
	rate := float64(s.bytes) / took.Seconds()
	wanted := s.full
	s.since, s.bytes, s.requests, s.full = now, 0, 0, true
	if !wanted {
		return // nobody waited: the limit was not what held us
	}
	s.idle++
	switch {
	case s.limit < s.refused-1:
		s.grow(s.refused - 1)
	case s.refused > 0 && s.idle < s.hold:
	case s.refused > 0 || rate > s.best*slotsWorth || s.idle >= slotsRetry:
		if s.refused == 0 {
			s.hold = 0 // the store took the last try
		}
		s.best, s.refused = rate, 0
		s.grow(s.ceiling)
	default:
		s.starting = false
	}
}

// grow raises the limit by a step, up to most.
func (s *slots) grow(most int) {
	s.idle = 0
	s.limit = min(s.limit+max(1, s.limit/4), most)
}

// throttled halves the limit, at most once a window: many requests of the same
// moment are told to slow down together. What that takes comes back step by
// step, all but the last: a store may say so once by chance, and a line that is
// left half empty by it would stay so.
func (s *slots) throttled() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.fixed || now.Sub(s.halved) < slotsWindow {
		return
	}
	s.halved, s.idle, s.best, s.starting = now, 0, 0, false
	s.refused, s.hold = s.limit, min(max(slotsHold, 2*s.hold), slotsRetry)
	s.limit = (s.limit + 1) / 2
}

// setCeiling changes the ceiling while running.
func (s *slots) setCeiling(c Speed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ceiling, s.best, s.refused, s.hold = int(c), 0, 0, 0
	s.limit = min(max(s.limit, min(slotsAtFirst, s.ceiling)), s.ceiling)
	s.serve()
}

// size returns the current limit.
func (s *slots) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit
}
