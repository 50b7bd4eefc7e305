package uploader

import (
	"context"
	"errors"
	"hash"
	"io"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"

	"golang.org/x/sync/errgroup"
)

const (
	// controlTimeout bounds a control call such as creating or aborting an
	// upload. Completing a large one may take minutes at S3.
	controlTimeout  = time.Minute
	completeTimeout = 10 * time.Minute
	// restarts is how often a transfer begins from nothing because the store
	// lost the upload or what arrived was wrong.
	restarts = 1
	// inHand bounds the parts of one transfer that wait to be tried again, so
	// that a store that fails everything is not sent everything.
	inHand = int(Full)
)

// run takes the transfer as far as it goes: to its end, or to a pause.
func (t *transfer) run(ctx context.Context) error {
	for n := 0; ; n++ {
		err := t.once(ctx)
		f := fault.As(err)
		lost := f != nil && (f.Variant == fault.StoreForgot || f.Variant == fault.ObjectDiffers)
		if !lost || context.Cause(ctx) != nil {
			return err
		}
		t.e.clean(t.takeLeft())
		if _, stream := t.source.(Stream); stream || n == restarts {
			return err
		}
		t.e.log.Warn("starting over", "transfer", t.id, "cause", err)
	}
}

func (t *transfer) once(ctx context.Context) (err error) {
	t.enter(Preparing)
	target, err := t.job.Open(ctx)
	if err != nil {
		return err
	}
	t.courier = t.e.courier(target.Transport)
	if s, ok := t.source.(Stream); ok {
		return t.sendStream(ctx, target.Signer, s)
	}
	t.content, err = t.source.Open()
	if err != nil {
		return err
	}
	defer func() {
		t.content.Close()
		t.content = nil
	}()
	if err := t.prepare(ctx, target.Signer); err != nil {
		return err
	}
	for again := 0; ; again++ {
		t.enter(Sending)
		if err := t.sendParts(ctx); err != nil {
			return err
		}
		if err := t.content.Unchanged(); err != nil {
			return err
		}
		err := t.finish(ctx)
		if again == restarts || !t.partsLost(ctx, err) {
			return err
		}
	}
}

// partsLost finds out, when completing failed, whether the store has lost
// parts that it had acknowledged: those are to be sent again.
func (t *transfer) partsLost(ctx context.Context, err error) bool {
	f := fault.As(err)
	if f == nil || f.Server != "InvalidPart" || !t.limits.CanList {
		return false
	}
	stored, err := t.list(ctx)
	return err == nil && t.compare(stored)
}

// list asks the store for the parts that it has.
func (t *transfer) list(ctx context.Context) (stored []sign.Part, err error) {
	err = t.retrier(nil).do(ctx, func(ctx context.Context) error {
		ctx, done := context.WithTimeout(ctx, controlTimeout)
		defer done()
		var err error
		stored, err = t.upload.Uploaded(ctx)
		return err
	})
	return stored, err
}

// prepare plans, and begins the upload or takes it up again.
func (t *transfer) prepare(ctx context.Context, signer sign.Signer) error {
	id, err := t.identify()
	if err != nil {
		return err
	}
	limits := signer.Limits()
	t.mu.Lock()
	t.limits = limits
	t.mu.Unlock()
	if t.begun {
		if t.upload, err = signer.Resume(ctx, t.ref); err != nil {
			return err
		}
		if t.identity.Same(id) {
			return t.reconcile(ctx)
		}
		t.e.log.Warn("the file changed since it was begun: starting over", "transfer", t.id)
		t.e.clean(t.takeLeft())
	}
	t.mu.Lock()
	t.identity, t.size = id, id.Size
	t.mu.Unlock()
	plan, err := NewPlan(id.Size, limits)
	if err != nil {
		return err
	}
	return t.begin(ctx, signer, plan, sniff(t.content, t.source.Name()))
}

// begin opens the upload. The call is not cut when the user pauses or cancels:
// an upload that was opened without anybody knowing its name would stay in
// the store for ever.
func (t *transfer) begin(ctx context.Context, signer sign.Signer, plan Plan, contentType string) error {
	object := sign.Object{
		Name: downloadName(t.source.Name()), Key: t.job.Key, Size: plan.Size, ContentType: contentType,
		Parts: plan.Parts, PartSize: plan.PartSize,
		Digest: func(ctx context.Context, h hash.Hash) error {
			_, err := io.Copy(h, readerFunc(ctx, io.NewSectionReader(t.content, 0, plan.Size)))
			return err
		},
	}
	err := t.retrier(nil).do(ctx, func(ctx context.Context) error {
		call, done := lingering(ctx, completeTimeout)
		defer done()
		upload, err := signer.Begin(call, object)
		if err != nil {
			return err
		}
		t.upload = upload
		return nil
	})
	if t.upload == nil {
		return err
	}
	ref := t.upload.Ref()
	if ref.PartSize > 0 { // the destination has a plan of its own
		plan = Plan{Size: plan.Size, PartSize: ref.PartSize, Parts: int(max(1, ceilDiv(plan.Size, ref.PartSize)))}
	} else if ref.UploadID == "" && plan.Parts > 0 {
		plan = Plan{Size: plan.Size, PartSize: plan.Size}
	}
	t.mu.Lock()
	t.plan, t.ref, t.begun = plan, ref, true
	if plan.Size >= 0 {
		t.parts = newParts(plan.Requests())
	}
	t.mu.Unlock()
	if plan.Parts != 0 {
		t.save()
	}
	return err
}

// identify tells the version of the file that was opened. Only one that goes
// up in parts can be resumed later, so only then its ends are read.
func (t *transfer) identify() (Identity, error) {
	id := t.content.Identity()
	if !t.journalled() || id.Size <= singleMax {
		return id, nil
	}
	var err error
	if id.Ends, err = hashEnds(t.content, id.Size); err != nil {
		return id, fault.FromFile(err, t.source.Path())
	}
	return id, nil
}

// reconcile takes up an upload that an earlier process began: only parts that
// the store has as well count.
func (t *transfer) reconcile(ctx context.Context) error {
	if !t.restored || !t.limits.CanList {
		return nil
	}
	stored, err := t.list(ctx)
	if errors.Is(err, sign.ErrUnsupported) {
		return nil
	}
	if err == nil {
		t.compare(stored)
	}
	return err
}

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

// finish completes, verifies and links.
func (t *transfer) finish(ctx context.Context) error {
	t.enter(Finishing)
	result, err := t.complete(ctx)
	if err != nil {
		return err
	}
	known, err := t.verify(ctx, result)
	if err != nil {
		return err
	}
	t.e.learnt(t.job.Destination, known)
	return t.retrier(nil).do(ctx, func(ctx context.Context) error {
		ctx, done := context.WithTimeout(ctx, controlTimeout)
		defer done()
		link, err := t.upload.Link(ctx, t.job.LinkLife)
		if err != nil && !errors.Is(err, sign.ErrUnsupported) {
			return err
		}
		t.mu.Lock()
		t.link, t.noLink, t.ref = link, err != nil, t.upload.Ref()
		t.mu.Unlock()
		return nil
	})
}

// complete makes the object. It is not idempotent: an answer that got lost
// makes the next try fail with NoSuchUpload, so then the object is looked for.
func (t *transfer) complete(ctx context.Context) (result sign.Result, err error) {
	acks := make([]sign.Part, len(t.parts))
	for i, p := range t.parts {
		acks[i] = p.ack
	}
	t.mu.Lock()
	t.landed = true
	t.mu.Unlock()
	err = t.retrier(nil).do(ctx, func(ctx context.Context) error {
		ctx, done := lingering(ctx, completeTimeout)
		defer done()
		var err error
		result, err = t.upload.Complete(ctx, acks)
		if f := fault.As(err); f != nil && f.Variant == fault.StoreForgot {
			found, looked := t.upload.Stat(ctx)
			if looked != nil || found.Size != t.plan.Size {
				return err
			}
			result = found
			return nil
		}
		return err
	})
	return result, err
}

// linger is how long a call that must not be cut may go on after the user has
// cancelled.
const linger = 20 * time.Second

// lingering gives a call time to end that would do more harm when it is cut:
// the store may do what was asked after the cleaning up. It ends after limit,
// or a while after ctx does.
func lingering(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	call, done := context.WithTimeout(context.WithoutCancel(ctx), limit)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(linger, done) })
	return call, func() { stop(); done() }
}

// look asks the store about the object.
func (t *transfer) look(ctx context.Context) (found sign.Result, err error) {
	err = t.retrier(nil).do(ctx, func(ctx context.Context) error {
		ctx, done := context.WithTimeout(ctx, controlTimeout)
		defer done()
		var err error
		found, err = t.upload.Stat(ctx)
		return err
	})
	return found, err
}
