package uploader

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"chute/uploader/fault"
	"chute/uploader/internal/haste"
)

const (
	// attempts is how often a request is tried while the line is up.
	attempts = 8
	// The pause before attempt n+1 is drawn from 0 to base·2^(n-1), at most
	// pauseCap: full jitter, with AWS's cap and, for a store that asks for
	// less, AWS's base.
	pauseBase = 100 * time.Millisecond
	slowBase  = time.Second
	pauseCap  = 20 * time.Second
	// A server's own wish is followed up to this.
	wishCap = 2 * time.Minute
	// resends is how often bytes that arrived wrong are sent once more.
	resends = 2
	// resigns is how often a request that was refused as out of date is signed
	// again before it counts as a failure: more means that the clock or the
	// backend is wrong.
	resigns = 3
	// probes of an unreachable store come in growing steps up to probeCap, so
	// that transfers go on within seconds of the line's return.
	probeFirst = 500 * time.Millisecond
	probeCap   = 3 * time.Second
)

// retrier runs one request until it works, fails for good, or ctx ends.
type retrier struct {
	// waiting is told before each pause what it waits for, and nil after it.
	waiting func(*fault.Error)
	// slow is called when the store asks for less.
	slow func()
	// waitsForLine says whether an unreachable store is waited for without
	// end, or counts as a failed attempt like any other.
	waitsForLine func() bool
	// reached says whether the store has answered in this run.
	reached func() bool
	// silent says that another request was just given up because the store did
	// not answer.
	silent func() bool
	// line is closed when the way to the network changes next: then an
	// unreachable store is worth another try at once.
	line func() <-chan struct{}
}

// do calls try until it returns nil or there is no sense in going on. The
// error is a *fault.Error or the cause of ctx's end.
func (r retrier) do(ctx context.Context, try func(context.Context) error) error {
	failed, resigned, resent, unreached := 0, 0, 0, 0
	for {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		err := try(ctx)
		if err == nil {
			return nil
		}
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		f := fault.As(err)
		if f.Code == fault.TLS && f.Class == fault.Permanent && r.reached() {
			// The store had the right certificate before: this is the login
			// page of a public network in its place.
			g := *f
			f, g.Class = &g, fault.Unreachable
		}
		var pause time.Duration
		var line <-chan struct{}
		switch f.Class {
		case fault.Permanent:
			return f
		case fault.Stale:
			if resigned++; resigned > resigns {
				return f
			}
			pause = jitter(pauseBase, resigned)
		case fault.Unreachable:
			if line = r.line(); r.waitsForLine() {
				unreached++
				pause = min(probeFirst<<min(unreached-1, 8), probeCap)
				break
			}
			if r.silent() {
				return f
			}
			failed++
			pause = jitter(pauseBase, failed)
		case fault.Slow:
			r.slow()
			failed++
			pause = jitter(slowBase, failed)
		case fault.Transient:
			if f.Code == fault.Checksum {
				if resent++; resent > resends {
					return f
				}
			}
			failed++
			pause = jitter(pauseBase, failed)
		}
		if failed >= attempts {
			return f
		}
		pause = max(pause, min(f.RetryAfter, wishCap))
		if err := r.pause(ctx, f, pause, line); err != nil {
			return err
		}
	}
}

// pause lets d pass, or the line change.
func (r retrier) pause(ctx context.Context, f *fault.Error, d time.Duration, line <-chan struct{}) error {
	r.waiting(f)
	defer r.waiting(nil)
	timer := time.NewTimer(haste.Of(d))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-line:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// jitter draws the pause after the n-th failure.
func jitter(base time.Duration, n int) time.Duration {
	return rand.N(min(base<<min(n-1, 16), pauseCap))
}

// Reasons for a transfer's context to end.
var (
	errPaused    = errors.New("paused")
	errCancelled = errors.New("cancelled")
	errClosing   = errors.New("the engine closes")
	errStalled   = errors.New("no byte moved for too long")
)
