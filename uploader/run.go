package uploader

import (
	"context"
	"errors"
	"hash"
	"io"
	"time"

	"chute/uploader/fault"
	"chute/uploader/internal/haste"
	"chute/uploader/sign"
)

const (
	// controlTimeout bounds a control call such as creating or aborting an
	// upload. Completing has a patience of its own; see silence.go.
	controlTimeout = time.Minute
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
	t.courier, t.clock = t.e.courier(target.Transport), target.Clock
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
	// A backend does not say why its store refused.
	if f == nil || f.Server != "InvalidPart" && f.Code != fault.Backend || !t.limits.CanList {
		return false
	}
	stored, err := t.list(ctx)
	return err == nil && t.compare(stored)
}

// list asks the store for the parts that it has.
func (t *transfer) list(ctx context.Context) (stored []sign.Part, err error) {
	err = t.retrier(nil).do(ctx, func(ctx context.Context) error {
		ctx, done := context.WithTimeout(ctx, haste.Of(controlTimeout))
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
	_, inline := t.source.(Document)
	object := sign.Object{
		Inline: inline,
		Name:   downloadName(t.source.Name()), Key: t.job.Key, Size: plan.Size, ContentType: contentType,
		Parts: plan.Parts, PartSize: plan.PartSize,
		Digest: func(ctx context.Context, h hash.Hash) error {
			_, err := io.Copy(h, readerFunc(ctx, io.NewSectionReader(t.content, 0, plan.Size)))
			return err
		},
	}
	// An earlier process may have ended before it could note its upload; this
	// one makes sure that the next can tell.
	since, stray := t.added, t.restored && plan.Parts != 0
	if plan.Parts != 0 && !stray {
		since = time.Now()
		t.save()
	}
	err := t.retrier(nil).do(ctx, func(ctx context.Context) error {
		// Some backends want a digest first.
		call, done := lingering(ctx, controlTimeout+time.Duration(max(plan.Size, 0)/answerRate)*time.Second)
		defer done()
		upload, err := signer.Begin(call, object)
		if err != nil {
			stray = stray || plan.Parts != 0 && mayStray(err)
			return err
		}
		t.upload = upload
		return nil
	})
	if t.upload == nil {
		if stray {
			t.dropStrays(ctx, signer, since)
		}
		return err
	}
	ref := t.upload.Ref()
	if _, asks := signer.(sign.Finder); asks && ref.UploadID != "" {
		t.e.heard(t.job.Destination) // it was the store that was asked
	}
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
	if stray {
		t.dropStrays(ctx, signer, since)
	}
	return err
}

// identify tells the version of the file that was opened. Only one that goes
// up in parts can be resumed later, so only then its ends are read.
func (t *transfer) identify() (Identity, error) {
	id := t.content.Identity()
	if !t.journalled() || id.Size <= singleMax || id.Ends != "" {
		return id, nil
	}
	var err error
	if id.Ends, err = hashEnds(t.content, id.Size); err != nil {
		return id, fault.FromFile(err, t.source.Path())
	}
	return id, nil
}

// reconcile goes on with an upload that was begun before: by an earlier
// process, so that only parts count that the store has as well, or before a
// pause.
func (t *transfer) reconcile(ctx context.Context) error {
	if t.restored && t.limits.CanList {
		stored, err := t.list(ctx)
		f := fault.As(err)
		switch {
		case err == nil:
			t.compare(stored)
		case errors.Is(err, sign.ErrUnsupported):
		case f.Variant == fault.StoreForgot && int(t.done.Load()) == len(t.parts):
			// It was completed, maybe: completing again finds out.
		default:
			return err
		}
	}
	archive, ok := t.content.(*zipContent)
	if !ok {
		return nil
	}
	for i, p := range t.parts {
		if PartState(p.state.Load()) == PartDone {
			offset, size := t.plan.Range(i + 1)
			if err := archive.resumed(ctx, offset, size); err != nil {
				return err
			}
		}
	}
	return nil
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
	t.sweepBehind()
	return t.retrier(nil).do(ctx, func(ctx context.Context) error {
		ctx, done := context.WithTimeout(ctx, haste.Of(controlTimeout))
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
		call, end := whileHeard(ctx, haste.Of(completing(t.plan.Size)))
		defer end()
		var err error
		result, err = t.upload.Complete(call, acks)
		if err != nil && context.Cause(call) == errStalled {
			f := *fault.As(err) // for the store's name
			f.Code, f.Variant, f.Class, f.Err = fault.Offline, fault.NotAnswering, fault.Transient, errStalled
			return &f
		}
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
	call, done := context.WithTimeout(context.WithoutCancel(ctx), haste.Of(limit))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(haste.Of(linger), done) })
	return call, func() { stop(); done() }
}

// look asks the store about the object.
func (t *transfer) look(ctx context.Context) (found sign.Result, err error) {
	err = t.retrier(nil).do(ctx, func(ctx context.Context) error {
		ctx, done := context.WithTimeout(ctx, haste.Of(controlTimeout))
		defer done()
		var err error
		found, err = t.upload.Stat(ctx)
		return err
	})
	return found, err
}
