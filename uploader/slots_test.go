package uploader

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// work keeps the pool busy: each request moves size bytes in the time that a
// line of the given capacity needs when shared.
func workload(s *slots, workers int, capacity float64, perRequest float64, size int64, until time.Duration) {
	var group sync.WaitGroup
	var busy atomic.Int64
	end := time.Now().Add(until)
	for range workers {
		group.Go(func() {
			for time.Now().Before(end) {
				if s.acquire(context.Background()) != nil {
					return
				}
				n := float64(busy.Add(1))
				speed := min(perRequest, capacity/n)
				time.Sleep(time.Duration(float64(size) / speed * float64(time.Second)))
				busy.Add(-1)
				s.release(size)
			}
		})
	}
	group.Wait()
}

func TestSlotsGrowWhileThroughputGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(Full, false)
		// Each request gets 2 MB/s by itself, the line has room for 20 of them.
		workload(s, 64, 40e6, 2e6, mib, 30*time.Second)
		if n := s.size(); n < 18 || n > int(Full) {
			t.Errorf("settled at %d slots where 20 fill the line", n)
		}
	})
}

// Small files are many before a second is over.
func TestSlotsGrowSoonWithManyRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(Normal, false)
		workload(s, 64, 1e9, 16e6, 16<<10, 300*time.Millisecond) // a millisecond each
		if n := s.size(); n != int(Normal) {
			t.Errorf("%d slots after a third of a second, want %d", n, Normal)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(Full, false)
		workload(s, 64, 64e6, 16e6, 16<<10, 900*time.Millisecond) // four fill the line
		if n := s.size(); n > 6 {
			t.Errorf("%d slots where four fill the line", n)
		}
		if s.starting {
			t.Error("it never ends to try more")
		}
	})
}

func TestSlotsStayWhereMoreBringsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(Full, false)
		workload(s, 64, 4e6, 4e6, mib, 20*time.Second) // one request fills the line
		if n := s.size(); n > 8 {
			t.Errorf("settled at %d slots where one fills the line", n)
		}
	})
}

func TestSlotsHalveOnceAWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(Full, false)
		s.limit = 16
		for range 10 {
			s.throttled()
		}
		if s.size() != 8 {
			t.Errorf("ten answers of one moment left %d slots, want 8", s.size())
		}
		for range 10 {
			time.Sleep(slotsWindow)
			s.throttled()
		}
		if s.size() != 1 {
			t.Errorf("%d slots left, want 1", s.size())
		}
	})
}

func TestSlotsServeInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(Gentle, false)
		s.limit = 1
		if err := s.acquire(t.Context()); err != nil {
			t.Fatal(err)
		}
		var order []int
		var mu sync.Mutex
		for i := range 5 {
			go func() {
				if s.acquire(t.Context()) == nil {
					mu.Lock()
					order = append(order, i)
					mu.Unlock()
					s.release(0)
				}
			}()
			synctest.Wait()
		}
		s.release(0)
		synctest.Wait()
		for i, n := range order {
			if i != n {
				t.Fatalf("served in the order %v", order)
			}
		}
		if len(order) != 5 {
			t.Fatalf("served %d of 5", len(order))
		}
	})
}

// Whoever gives up waiting takes no slot with him.
func TestSlotsGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(Gentle, false)
		s.limit = 1
		s.acquire(t.Context())
		ctx, stop := context.WithCancelCause(t.Context())
		gaveUp := make(chan error)
		go func() { gaveUp <- s.acquire(ctx) }()
		synctest.Wait()
		stop(errPaused)
		if err := <-gaveUp; err != errPaused {
			t.Errorf("acquire = %v", err)
		}
		s.release(0)
		if s.used != 0 || s.waiting.Len() != 0 {
			t.Errorf("%d slots used, %d waiting", s.used, s.waiting.Len())
		}
	})
}

func TestSlotsFollowTheSpeed(t *testing.T) {
	s := newSlots(Full, false)
	s.limit = 20
	s.setCeiling(Gentle)
	if s.size() != int(Gentle) {
		t.Errorf("gentle leaves %d slots", s.size())
	}
	s.setCeiling(Full)
	if s.size() != slotsAtFirst {
		t.Errorf("full speed begins again with %d slots", s.size())
	}
}

// One refusal costs a step for a moment, not half the line for good.
func TestSlotsTakeBackWhatARefusalTook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(Normal, false)
		s.limit = 8
		s.throttled()
		if s.size() != 4 {
			t.Fatalf("a refusal left %d slots, want 4", s.size())
		}
		workload(s, 64, 8e6, 8e6, mib, 5*slotsWindow)
		if n := s.size(); n < 7 {
			t.Errorf("%d slots five windows later, want 7 at least", n)
		}
	})
}

// A store that takes three requests at a time is asked for more ever more
// seldom.
func TestSlotsStayBelowWhatTheStoreRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 3
		s := newSlots(Full, false)
		var group sync.WaitGroup
		var busy, refused atomic.Int64
		var at3 time.Duration
		end := time.Now().Add(2 * time.Minute)
		for range 16 {
			group.Go(func() {
				for time.Now().Before(end) {
					s.acquire(context.Background())
					if busy.Add(1) > most {
						refused.Add(1)
						s.throttled()
						busy.Add(-1)
						s.release(0)
						time.Sleep(time.Second)
						continue
					}
					time.Sleep(100 * time.Millisecond)
					busy.Add(-1)
					s.release(mib)
				}
			})
		}
		group.Go(func() {
			for time.Now().Before(end) {
				time.Sleep(100 * time.Millisecond)
				if s.size() >= most {
					at3 += 100 * time.Millisecond
				}
			}
		})
		group.Wait()
		if n := refused.Load(); n > 30 {
			t.Errorf("the store refused %d times in two minutes", n)
		}
		if at3 < 90*time.Second {
			t.Errorf("all that the store takes was used for %s of two minutes", at3)
		}
	})
}
