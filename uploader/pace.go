package uploader

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// paceBite is how much a request may take of a limited line at a time: small
// enough that 32 requests share a slow one evenly.
const paceBite = 16 << 10

// pace holds all requests together to a rate that can be changed at any time.
type pace struct{ now atomic.Pointer[limit] }

// limit is a rate until it changes.
type limit struct {
	bucket  *rate.Limiter // nil: as fast as the line is
	changed chan struct{} // closed when another limit holds
}

func newPace() *pace {
	var p pace
	p.now.Store(&limit{changed: make(chan struct{})})
	return &p
}

// set changes the rate; 0 is no limit.
func (p *pace) set(bytesPerSecond int64) {
	next := &limit{changed: make(chan struct{})}
	if bytesPerSecond > 0 {
		next.bucket = rate.NewLimiter(rate.Limit(bytesPerSecond), paceBite)
	}
	close(p.now.Swap(next).changed)
}

// limited reports whether there is a limit.
func (p *pace) limited() bool { return p.now.Load().bucket != nil }

// wait blocks until n bytes, at most paceBite, may go.
func (p *pace) wait(ctx context.Context, n int) error {
	for {
		now := p.now.Load()
		if now.bucket == nil {
			return nil
		}
		turn := now.bucket.ReserveN(time.Now(), n)
		timer := time.NewTimer(turn.Delay())
		select {
		case <-timer.C:
			return nil
		case <-now.changed:
			timer.Stop() // begin again under the new limit
		case <-ctx.Done():
			timer.Stop()
			turn.Cancel()
			return context.Cause(ctx)
		}
	}
}
