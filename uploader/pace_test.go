package uploader

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// drink takes bites until the context ends, and counts them.
func drink(ctx context.Context, p *pace, workers int) (bytes *atomic.Int64, done func()) {
	bytes = new(atomic.Int64)
	var work sync.WaitGroup
	for range workers {
		work.Go(func() {
			for p.wait(ctx, paceBite) == nil {
				bytes.Add(paceBite)
				if !p.limited() {
					time.Sleep(time.Millisecond) // what the line takes
				}
			}
		})
	}
	return bytes, work.Wait
}

func TestPaceHoldsAllTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace()
		p.set(1e6)
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		defer stop()
		bytes, done := drink(ctx, p, 32)
		done()
		if got := float64(bytes.Load()) / 20; got < 0.95e6 || got > 1.05e6 {
			t.Errorf("%.0f bytes a second, want 1,000,000", got)
		}
	})
}

// A change holds at once, also for those who wait under the old limit.
func TestPaceChangesWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace()
		p.set(1000) // 16 s a bite
		ctx, stop := context.WithCancel(t.Context())
		bytes, done := drink(ctx, p, 32)
		time.Sleep(time.Second)
		for _, step := range []struct {
			limit       int64
			least, most float64 // bytes a second
		}{{1e6, 0.9e6, 1.1e6}, {0, 100e6, 1e12}, {5e6, 4.7e6, 5.3e6}} {
			p.set(step.limit)
			before := bytes.Load()
			time.Sleep(2 * time.Second)
			if got := float64(bytes.Load()-before) / 2; got < step.least || got > step.most {
				t.Errorf("limit %d gives %.0f bytes a second", step.limit, got)
			}
		}
		stop()
		done()
	})
}
