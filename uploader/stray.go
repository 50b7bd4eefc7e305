package uploader

import (
	"context"
	"time"

	"chute/uploader/fault"
	"chute/uploader/internal/haste"
	"chute/uploader/sign"
)

// Strays are multipart uploads at the store that no transfer knows of: one
// whose creation was never answered, or that a late part brought back.

// mayStray reports whether a failed call may have opened an upload all the same.
func mayStray(err error) bool {
	f := fault.As(err)
	return f.Class == fault.Transient && (f.Status == 0 || f.Status >= 500)
}

// strayMargin is how far the times that stores give may be off, rounding
// included.
const strayMargin = 5 * time.Second

// dropStrays takes away uploads of the transfer's key that were opened since,
// by this computer's clock, except its own. One that has parts is somebody else's, who sends the same
// key at this moment.
func (t *transfer) dropStrays(ctx context.Context, signer sign.Signer, since time.Time) {
	finder, ok := signer.(sign.Finder)
	if !ok {
		return
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), haste.Of(controlTimeout))
	defer done()
	err := t.e.quietly().do(ctx, func(ctx context.Context) error {
		found, err := finder.Unfinished(ctx, t.job.Key, since.Add(t.clock.Skew()-strayMargin))
		if err != nil {
			return err
		}
		for _, ref := range found {
			if ref.UploadID == t.ref.UploadID {
				continue
			}
			stray, err := signer.Resume(ctx, ref)
			if err != nil {
				return err
			}
			if parts, err := stray.Uploaded(ctx); err != nil || len(parts) > 0 {
				continue
			}
			if err := stray.Abort(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.e.log.Warn("may be left at the store", "key", t.job.Key, "cause", err)
	}
}

// lateBehind is how long after a request was cut a finished upload is looked
// for. Stores that open it again are rarer than those that do so after an
// abort, and a command ends only when that is known.
const lateBehind = 500 * time.Millisecond

// sweepBehind looks after a finished upload in which requests were cut: some
// stores open it again for a part that arrives late.
func (t *transfer) sweepBehind() {
	cut := t.cut.Load()
	if t.ref.UploadID == "" || cut == 0 || !t.limits.CanAbort || !t.limits.CanList {
		return
	}
	l := leftover{upload: t.upload, ref: t.ref}
	t.e.work.Go(func() {
		ctx, done := context.WithTimeout(context.Background(), haste.Of(controlTimeout))
		defer done()
		if err := l.abortLate(ctx, time.Unix(0, cut).Add(haste.Of(lateBehind))); err != nil {
			t.e.log.Warn("left at the store", "key", l.ref.Key, "cause", err)
		}
	})
}
