package uploader

import (
	"context"

	"chute/uploader/fault"
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
		offset, size := t.plan.Range(i + 1)
		work.Go(func() error {
			defer func() { <-hand }()
			return t.sendPart(ctx, i+1, p, shipment{content: t.content, offset: offset, size: size}, true)
		})
	}
	if err := work.Wait(); err != nil {
		return err
	}
	return context.Cause(whole)
}

// sendPart gets one part, or the one request, to the store, trying as often as
// it makes sense. The first try uses the slot that the caller holds, if it does.
func (t *transfer) sendPart(ctx context.Context, number int, p *part, s shipment, holdsSlot bool) error {
	s.meter, s.total = &p.meter, &t.sent
	s.name, s.contentType = downloadName(t.source.Name()), t.ref.ContentType
	defer func() {
		if holdsSlot { // it ended before the first try
			t.e.slots.release(0)
		}
	}()
	return t.retrier(p).do(ctx, func(ctx context.Context) error {
		if !holdsSlot {
			if err := t.takeSlot(ctx); err != nil {
				return err
			}
		}
		holdsSlot = false
		return t.attempt(ctx, number, p, s)
	})
}

// attempt sends a part once. It gives the slot back that its caller took.
func (t *transfer) attempt(ctx context.Context, number int, p *part, s shipment) error {
	var moved int64
	defer func() { t.e.slots.release(moved) }()
	t.active.Add(1)
	defer t.active.Add(-1)
	p.attempts.Add(1)
	p.state.Store(uint32(PartSending))
	defer p.state.CompareAndSwap(uint32(PartSending), uint32(PartWaiting))

	request, err := t.sign(ctx, number, s.size)
	if err != nil {
		return err
	}
	s.wantMD5 = t.wantMD5()
	r, err := t.courier.send(ctx, request, s)
	if err == nil {
		err = checkPart(r, t.limits.ETags)
	}
	if err != nil {
		wasted := takeBack(&p.meter, &t.sent)
		t.again.Add(wasted)
		t.mayHaveLanded(wasted >= s.size && fault.As(err).Class == fault.Transient)
		return t.blame(err)
	}
	moved = s.size
	t.acknowledge(number, p, r)
	return nil
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
	ctx, done := context.WithTimeout(ctx, controlTimeout)
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
	t.e.heard(t.job.Destination)
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
		waiting: func(f *fault.Error) { t.waitFor(p, f) },
		slow:    t.e.slots.throttled,
		waitsForLine: func(*fault.Error) bool {
			return t.e.reached(t.job.Destination)
		},
	}
}
