package uploader

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"chute/uploader/fault"
)

func failing(class fault.Class) *fault.Error { return &fault.Error{Code: fault.Internal, Class: class} }

func quietRetrier() retrier {
	return retrier{
		waiting:      func(*fault.Error) {},
		slow:         func() {},
		waitsForLine: func() bool { return true }, reached: func() bool { return false }, silent: func() bool { return false },
		line: func() <-chan struct{} { return nil },
	}
}

// Each class gets as many tries as its policy says, and no more.
func TestRetrierAttempts(t *testing.T) {
	for _, test := range []struct {
		class fault.Class
		want  int
		most  time.Duration // sum of the longest pauses
	}{
		{fault.Permanent, 1, 0},
		{fault.Transient, attempts, 13 * time.Second},
		{fault.Slow, attempts, 91 * time.Second},
		{fault.Stale, resigns + 1, time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			tries, begin := 0, time.Now()
			err := quietRetrier().do(t.Context(), func(context.Context) error {
				tries++
				return failing(test.class)
			})
			if fault.As(err).Class != test.class || tries != test.want {
				t.Errorf("class %d: %d tries and %v, want %d tries", test.class, tries, err, test.want)
			}
			if took := time.Since(begin); took > test.most {
				t.Errorf("class %d: gave up after %v, want at most %v", test.class, took, test.most)
			}
		})
	}
}

// An unreachable store costs no attempts however long it stays away, and the
// transfer goes on within seconds of its return.
func TestRetrierWaitsForTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		back := time.Now().Add(8 * time.Hour)
		err := quietRetrier().do(t.Context(), func(context.Context) error {
			if time.Now().Before(back) {
				return failing(fault.Unreachable)
			}
			return nil
		})
		if late := time.Since(back); err != nil || late > probeCap {
			t.Errorf("went on %v after the line's return: %v", late, err)
		}
	})
}

func TestRetrierUnreachedAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := quietRetrier()
		r.waitsForLine = func() bool { return false }
		tries := 0
		err := r.do(t.Context(), func(context.Context) error { tries++; return failing(fault.Unreachable) })
		if err == nil || tries != attempts {
			t.Errorf("an address that never answered: %d tries, %v", tries, err)
		}
		r.silent, tries = func() bool { return true }, 0
		err = r.do(t.Context(), func(context.Context) error { tries++; return failing(fault.Unreachable) })
		if err == nil || tries != 1 {
			t.Errorf("an address that was given up before: %d tries, %v", tries, err)
		}
	})
}

func TestRetrierFollowsRetryAfter(t *testing.T) {
	for asked, want := range map[time.Duration]time.Duration{7 * time.Second: 7 * time.Second, time.Hour: wishCap} {
		synctest.Test(t, func(t *testing.T) {
			slowed, begin, tries := 0, time.Now(), 0
			r := quietRetrier()
			r.slow = func() { slowed++ }
			err := r.do(t.Context(), func(context.Context) error {
				if tries++; tries == 1 {
					return &fault.Error{Code: fault.Throttled, Class: fault.Slow, RetryAfter: asked}
				}
				return nil
			})
			if took := time.Since(begin); err != nil || took < want || took > want+time.Second || slowed != 1 {
				t.Errorf("asked to wait %v: waited %v, slowed %d times, %v", asked, took, slowed, err)
			}
		})
	}
}

func TestRetrierEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(50*time.Millisecond, func() { stop(errPaused) })
		err := quietRetrier().do(ctx, func(context.Context) error { return failing(fault.Unreachable) })
		if !errors.Is(err, errPaused) {
			t.Errorf("ended with %v, want %v", err, errPaused)
		}
	})
}

func TestRetrierTellsWhatItWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []bool
		r := quietRetrier()
		r.waiting = func(f *fault.Error) { told = append(told, f != nil) }
		tries := 0
		r.do(t.Context(), func(context.Context) error {
			if tries++; tries < 3 {
				return failing(fault.Transient)
			}
			return nil
		})
		want := []bool{true, false, true, false}
		if len(told) != len(want) {
			t.Fatalf("told %v, want %v", told, want)
		}
		for i := range want {
			if told[i] != want[i] {
				t.Fatalf("told %v, want %v", told, want)
			}
		}
	})
}
