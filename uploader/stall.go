package uploader

import (
	"context"
	"sync/atomic"
	"time"

	"chute/uploader/internal/haste"
)

const (
	// stallAlone is how long a request may move no byte: restic and the AWS
	// CRT use the same 30 s.
	stallAlone = 30 * time.Second
	// While its neighbours move, a request may be silent for stallPauses times
	// the longest silence that any of them came back from lately, within
	// stallLeast and stallAlone, and for stallFirst before anything is known.
	stallFirst  = 6 * time.Second
	stallLeast  = 2 * time.Second
	stallPauses = 4
	// stallMoved is the same for a request that was under way when the line
	// changed: its connection is likely dead.
	stallMoved = 5 * time.Second
	// answerRate is the slowest that a store is expected to put a body away
	// after it has arrived; it prolongs the wait for the answer to a large one.
	answerRate = 50 * mib

	stallLook = 250 * time.Millisecond
)

// neighbours is what the requests to one host show of it.
type neighbours struct {
	moved atomic.Int64 // when any of them last moved a byte, Unix nanoseconds
	pause atomic.Int64 // longest silence of a request that ended well, fading; nanoseconds; 0: none did
}

// learn takes in the longest silence of a request that ended well.
func (n *neighbours) learn(pause time.Duration) {
	n.pause.Store(max(int64(pause), n.pause.Load()*7/8, 1))
}

// patience is how long a request may be silent while its neighbours move.
func (n *neighbours) patience(answering bool) time.Duration {
	pause := time.Duration(n.pause.Load())
	switch {
	case pause > 0:
		return min(max(stallPauses*pause, haste.Of(stallLeast)), haste.Of(stallAlone))
	case answering:
		return haste.Of(stallAlone)
	default:
		return haste.Of(stallFirst)
	}
}

// watch cuts a request that is silent for too long. The caller stops the timer
// and ends ctx.
func (c *courier) watch(ctx context.Context, s shipment, near *neighbours, cut context.CancelCauseFunc) *time.Timer {
	var timer *time.Timer
	armed := make(chan struct{})
	timer = time.AfterFunc(haste.Of(stallLook), func() {
		<-armed
		if ctx.Err() != nil {
			return
		}
		if s.meter.held.Load() == 0 && c.stalled(s, near, time.Now()) {
			cut(errStalled)
			return
		}
		timer.Reset(haste.Of(stallLook))
	})
	close(armed)
	return timer
}

// stalled judges one request.
func (c *courier) stalled(s shipment, near *neighbours, now time.Time) bool {
	moved := s.meter.moved.Load()
	idle := now.Sub(time.Unix(0, moved))
	if idle < haste.Of(2*stallLook) {
		near.moved.Store(max(moved, near.moved.Load()))
		return false
	}
	answering := s.meter.sent.Load() >= s.size
	limit := haste.Of(stallAlone)
	if patience := near.patience(answering); near.moved.Load() > moved+int64(patience/2) {
		limit = patience
	}
	if answering {
		limit += haste.Of(time.Duration(s.size/answerRate) * time.Second)
	}
	if changed := c.line.at.Load(); changed > moved && now.Sub(time.Unix(0, changed)) > haste.Of(stallMoved) {
		return true
	}
	return idle >= limit
}
