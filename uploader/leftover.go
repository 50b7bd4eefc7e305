package uploader

import (
	"context"
	"errors"
	"fmt"
	"time"

	"chute/uploader/fault"
	"chute/uploader/internal/haste"
	"chute/uploader/sign"
)

// leftover is what an unfinished transfer has at the store.
type leftover struct {
	upload sign.Upload
	ref    sign.Ref
	parts  bool // a multipart upload that can be aborted
	object bool // the object may be there, and can be deleted
	cut    bool // a request was cut, and may yet arrive
}

func (l leftover) none() bool { return !l.parts && !l.object }

// takeLeft makes the transfer forget all it has sent, and hands over what that
// leaves at the store: to be cleaned once, by whoever took it.
func (t *transfer) takeLeft() leftover {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := leftover{
		upload: t.upload, ref: t.ref,
		parts:  t.begun && t.ref.UploadID != "" && t.limits.CanAbort,
		object: t.landed && t.limits.CanDelete,
		cut:    t.again.Load() > 0 || t.resumed.Load() > 0,
	}
	t.again.Add(t.sent.Swap(0) - t.resumed.Swap(0))
	t.done.Store(0)
	t.parts, t.plan, t.ref, t.upload = nil, Plan{}, sign.Ref{}, nil
	t.begun, t.landed, t.restored = false, false, false
	t.etag, t.checksum = "", ""
	return l
}

// clean takes away what a transfer left. It works on its own time, since the
// transfer's context may have ended.
func (e *Engine) clean(l leftover) {
	if l.none() {
		return
	}
	ctx, done := context.WithTimeout(context.Background(), haste.Of(controlTimeout))
	defer done()
	err := e.quietly().do(ctx, func(ctx context.Context) error {
		if l.parts {
			if err := l.abort(ctx); err != nil {
				return fmt.Errorf("abort: %w", err)
			}
		}
		if l.object {
			if err := l.upload.Delete(ctx); err != nil && !errors.Is(err, sign.ErrUnsupported) {
				return fmt.Errorf("delete: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		e.log.Warn("left at the store", "key", l.ref.Key, "cause", err)
	}
}

// quietly is the retry policy of what nobody waits for.
func (e *Engine) quietly() retrier {
	never := func() bool { return false }
	return retrier{
		waiting: func(*fault.Error) {}, slow: e.slots.throttled,
		waitsForLine: never, reached: never, silent: never, line: e.line.next,
	}
}

// lateParts is when to look, after requests were cut, whether a part that was
// on its way has arrived and brought an aborted upload back, which S3's
// documentation of AbortMultipartUpload warns of.
var lateParts = [...]time.Duration{100 * time.Millisecond, 500 * time.Millisecond, 1500 * time.Millisecond}

// abort gives up the multipart upload.
func (l leftover) abort(ctx context.Context) error {
	err := l.upload.Abort(ctx)
	if errors.Is(err, sign.ErrUnsupported) {
		return nil
	}
	if err != nil || !l.cut {
		return err
	}
	cut := time.Now()
	for _, after := range lateParts {
		if err := l.abortLate(ctx, cut.Add(haste.Of(after))); err != nil {
			return err
		}
	}
	return nil
}

// abortLate looks at the given time, or at once where that has passed, and
// gives the upload up where it has come back.
func (l leftover) abortLate(ctx context.Context, at time.Time) error {
	select {
	case <-time.After(time.Until(at)):
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if _, err := l.upload.Uploaded(ctx); err != nil {
		return nil // as it should be
	}
	return l.upload.Abort(ctx)
}
