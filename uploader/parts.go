package uploader

import (
	"context"
	"errors"
	"net/http"
	"time"

	"chute/uploader/fault"
	"chute/uploader/internal/haste"
	"chute/uploader/sign"

	"golang.org/x/sync/errgroup"
)

func newParts(n int) []*part {
	block := make([]part, n)
	parts := make([]*part, n)
	for i := range block {
		parts[i] = &block[i]
	}
	return parts
}

// sendParts sends what is not yet acknowledged, in order: a slot first, then
// the next part for it.
func (t *transfer) sendParts(whole context.Context) error {
	if len(t.parts) == 1 {
		return t.sendOnly(whole, t.parts[0])
	}
	work, ctx := errgroup.WithContext(whole)
	hand := make(chan struct{}, inHand)
	for i, p := range t.parts {
		if PartState(p.state.Load()) == PartDone {
			continue
		}
		select {
		case hand <- struct{}{}:
		case <-ctx.Done():
		}
		if t.takeSlot(ctx) != nil {
			break
		}
		work.Go(func() error {
			defer func() { <-hand }()
			return t.sendPart(ctx, i+1, p, t.shipment(i+1), true)
		})
	}
	stop := t.hedge(ctx)
	err := work.Wait()
	stop()
	if err != nil {
		return err
	}
	return context.Cause(whole)
}

// sendOnly sends what goes in one request, as most files do.
func (t *transfer) sendOnly(ctx context.Context, p *part) error {
	if PartState(p.state.Load()) == PartDone {
		return nil
	}
	if err := t.takeSlot(ctx); err != nil {
		return err
	}
	return t.sendPart(ctx, 1, p, t.shipment(1), true)
}

// shipment is the bytes of a part.
func (t *transfer) shipment(number int) shipment {
	offset, size := t.plan.Range(number)
	return shipment{content: t.content, offset: offset, size: size}
}

// sendPart gets one part, or the one request, to the store, trying as often as
// it makes sense. The first try uses the slot that the caller holds, if it does.
func (t *transfer) sendPart(ctx context.Context, number int, p *part, s shipment, holdsSlot bool) error {
	s.meter, s.total = &p.meter, &t.sent
	defer func() {
		if holdsSlot { // it ended before the first try
			t.e.slots.release(0)
		}
	}()
	ctx, overtake := context.WithCancelCause(ctx)
	defer overtake(nil)
	t.mu.Lock()
	p.overtake, p.claimed = overtake, false
	t.mu.Unlock()
	err := t.retrier(p).do(ctx, func(ctx context.Context) error {
		if !holdsSlot {
			if err := t.takeSlot(ctx); err != nil {
				return err
			}
		}
		holdsSlot = false
		r, err := t.attempt(ctx, number, p, s)
		if err != nil {
			s.fresh = fault.As(err).Err == errStalled
			return err
		}
		if err := t.claim(ctx, p, s); err != nil {
			return err
		}
		t.acknowledge(number, p, r)
		return nil
	})
	if h, ok := errors.AsType[overtaken](context.Cause(ctx)); ok && err != nil {
		p.meter.sent.Add(s.size)
		t.sent.Add(s.size)
		t.acknowledge(number, p, h.receipt)
		return nil
	}
	return err
}

// attempt sends a part once. It gives the slot back that its caller took.
func (t *transfer) attempt(ctx context.Context, number int, p *part, s shipment) (r receipt, err error) {
	t.active.Add(1)
	p.attempts.Add(1)
	p.began.Store(time.Now().UnixNano())
	p.state.Store(uint32(PartSending))
	defer func() {
		moved := s.size
		if err != nil {
			moved = 0
		} else {
			t.took.add(time.Since(time.Unix(0, p.began.Load())))
		}
		p.state.CompareAndSwap(uint32(PartSending), uint32(PartWaiting))
		t.active.Add(-1)
		t.e.slots.release(moved)
	}()
	return t.deliver(ctx, number, s)
}

// deliver signs and sends a part, and checks what the store says of it.
func (t *transfer) deliver(ctx context.Context, number int, s shipment) (receipt, error) {
	request, err := t.sign(ctx, number, s.size)
	if err != nil {
		return receipt{}, err
	}
	s.name, s.contentType = downloadName(t.source.Name()), t.ref.ContentType
	s.clock, s.wantMD5 = t.clock, t.wantMD5()
	r, err := t.courier.send(ctx, request, s)
	if shows(err, r.wasted) {
		t.e.heard(t.job.Destination)
	}
	if err == nil {
		if err = checkPart(r, t.limits.ETags); err != nil {
			r.wasted = s.size
			s.meter.sent.Add(-s.size)
			s.total.Add(-s.size)
		}
	}
	if err != nil {
		t.again.Add(r.wasted)
		if f := fault.As(err); r.wasted > 0 && (f.Status == 0 || f.Status >= http.StatusInternalServerError) {
			t.cut.Store(time.Now().UnixNano())
		}
		t.mayHaveLanded(r.wasted >= s.size && fault.As(err).Class == fault.Transient)
		return receipt{}, t.blame(err)
	}
	return r, nil
}

// shows reports whether the end of a request, of which so many bytes had left,
// shows that its address is right: the store answered, or the connection was
// there before it failed. One that was given up for its silence may not have
// been there yet.
func shows(err error, sent int64) bool {
	f := fault.As(err)
	if sent == 0 && errors.Is(err, errStalled) {
		return false
	}
	return f == nil || f.Class != fault.Unreachable && (f.Status != 0 || f.Code == fault.Offline)
}

func (t *transfer) takeSlot(ctx context.Context) error {
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
		return t.e.slots.acquire(ctx)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t *transfer) sign(ctx context.Context, number int, size int64) (sign.Request, error) {
	ctx, done := context.WithTimeout(ctx, haste.Of(controlTimeout))
	defer done()
	if t.plan.Parts == 0 {
		return t.upload.Single(ctx)
	}
	return t.upload.Part(ctx, number, sign.PartInfo{Size: size})
}

// wantMD5 says whether to sum up MD5s while sending: only where the store has
// shown no better proof. A stream cannot be read again later, so it does not wait
// to find out.
func (t *transfer) wantMD5() bool {
	if t.limits.ETags != sign.ETagMD5 {
		return false
	}
	known := t.e.proofOf(t.job.Destination)
	_, stream := t.source.(Stream)
	return known == proofMD5 || stream && known == proofUnknown
}

// blame finds out whether the file is at fault when a request failed: a file
// that got shorter ends in an error of HTTP's.
func (t *transfer) blame(err error) error {
	if t.content == nil {
		return err
	}
	if changed := t.content.Unchanged(); changed != nil {
		return changed
	}
	f := fault.As(err)
	if f.Code == fault.Unreadable {
		return fault.FromFile(f.Err, t.source.Path())
	}
	return err
}

func (t *transfer) acknowledge(number int, p *part, r receipt) {
	t.mu.Lock()
	r.part.Number = number
	p.ack, p.crc, p.opaque = r.part, r.crc, r.opaque
	p.proven = r.md5 != "" && !r.opaque
	p.waits = nil
	t.mu.Unlock()
	t.savePart(p) // on disk before it counts
	p.state.Store(uint32(PartDone))
	t.mayHaveLanded(true)
	t.done.Add(1)
}

// mayHaveLanded remembers that a whole single request went out: the object may
// be there, whatever the answer was.
func (t *transfer) mayHaveLanded(whole bool) {
	if whole && t.plan.Parts == 0 {
		t.mu.Lock()
		t.landed = true
		t.mu.Unlock()
	}
}

// retrier makes the retry policy of one request; p is nil for control calls.
func (t *transfer) retrier(p *part) retrier {
	return retrier{
		waiting:      func(f *fault.Error) { t.waitFor(p, f) },
		slow:         t.e.slots.throttled,
		waitsForLine: func() bool { return t.e.options.Patient || t.e.reached(t.job.Destination) },
		reached:      func() bool { return t.e.reached(t.job.Destination) },
		silent:       func() bool { return t.e.isSilent(t.job.Destination) },
		line:         t.e.line.next,
	}
}
