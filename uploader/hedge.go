package uploader

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"chute/uploader/internal/haste"
	"chute/uploader/sign"
)

const (
	hedgeLook = 250 * time.Millisecond
	// A part of the last ones is hedged when it takes hedgeSlow times as long
	// as the slowest of the latest ones did, and no less than hedgeLeast.
	hedgeSlow  = 2
	hedgeLeast = time.Second
	// hedgesAtOnce bounds what hedging costs: bytes that may be sent twice.
	hedgesAtOnce = 2
	// paceSpan is how many parts the usual duration is learnt from.
	paceSpan = 8
)

// durations remembers how long the latest parts took.
type durations struct {
	mu   sync.Mutex
	last [paceSpan]time.Duration
	n    int
}

func (d *durations) add(took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last[d.n%paceSpan] = took
	d.n++
}

// slowest is the longest of the latest; 0: none is known.
func (d *durations) slowest() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	var most time.Duration
	for _, took := range d.last {
		most = max(most, took)
	}
	return most
}

// overtaken is why the attempts at a part end when a hedge arrived first.
type overtaken struct{ receipt receipt }

func (overtaken) Error() string { return "overtaken by a hedge" }

// hedge watches the last parts of a transfer, for which there are slots to
// spare: one that takes far longer than the others did is sent once more over
// a new connection, and the first to arrive counts. stop ends that, and waits.
func (t *transfer) hedge(ctx context.Context) (stop func()) {
	if t.plan.Parts < 2 || !t.mayHedge() {
		return func() {}
	}
	ctx, end := context.WithCancel(ctx)
	var work sync.WaitGroup
	var under atomic.Int32
	hedged := make(map[int]bool)
	work.Go(func() {
		tick := time.NewTicker(haste.Of(hedgeLook))
		defer tick.Stop()
		for t.mayHedge() {
			select {
			case now := <-tick.C:
				number := t.straggler(now, hedged)
				if number == 0 || under.Load() >= hedgesAtOnce || !t.e.slots.tryAcquire() {
					continue
				}
				hedged[number] = true
				under.Add(1)
				work.Go(func() {
					t.sendBeside(ctx, number)
					under.Add(-1)
				})
			case <-ctx.Done():
				return
			}
		}
	})
	return func() { end(); work.Wait() }
}

// mayHedge: where the ETag of a part differs from one sending to the next, the
// one that is known may not be the one that stays.
func (t *transfer) mayHedge() bool {
	if t.limits.ETags == sign.ETagOpaque {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return !slices.ContainsFunc(t.parts, func(p *part) bool { return p.opaque })
}

// straggler returns the number of the part that is worth hedging most; 0: none.
func (t *transfer) straggler(now time.Time, hedged map[int]bool) int {
	usual, worst, longest := t.took.slowest(), 0, time.Duration(0)
	slow, silent := max(hedgeSlow*usual, haste.Of(hedgeLeast)), max(usual/2, haste.Of(hedgeLeast))
	if usual == 0 {
		slow, silent = haste.Of(stallAlone), haste.Of(stallFirst/2)
	}
	for i, p := range t.parts {
		if PartState(p.state.Load()) != PartSending || p.held.Load() > 0 || hedged[i+1] {
			continue
		}
		began := p.began.Load()
		took := now.Sub(time.Unix(0, began))
		// While the attempt is being signed, moved is that of an earlier one.
		idle := now.Sub(time.Unix(0, max(began, p.moved.Load())))
		if (took > slow || idle > silent) && took > longest {
			worst, longest = i+1, took
		}
	}
	return worst
}

// sendBeside sends a part that is under way once more. Whatever goes wrong with
// that does not matter. It gives the slot back that its caller took.
func (t *transfer) sendBeside(ctx context.Context, number int) {
	s, p := t.shipment(number), t.parts[number-1]
	s.meter, s.total, s.fresh = new(meter), new(atomic.Int64), true
	r, err := t.deliver(ctx, number, s)
	if err != nil {
		t.e.slots.release(0)
		t.e.log.Info("hedge", "transfer", t.id, "part", number, "cause", err)
		return
	}
	t.e.slots.release(s.size)
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.claimed {
		t.again.Add(s.size)
		return
	}
	p.overtake(overtaken{r})
}

// claim says that an attempt brought the part to the store, unless a hedge was
// quicker: then the attempt's bytes were sent in vain.
func (t *transfer) claim(ctx context.Context, p *part, s shipment) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if cause := context.Cause(ctx); cause != nil && errors.As(cause, new(overtaken)) {
		s.meter.sent.Add(-s.size)
		s.total.Add(-s.size)
		t.again.Add(s.size)
		return cause
	}
	p.claimed = true
	return nil
}
