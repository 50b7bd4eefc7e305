package uploader

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"chute/uploader/fault"
)

func TestLineNoticesChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var wifi atomic.Value
		wifi.Store("10.0.0.5/24")
		l := newLine()
		l.addresses = func() string { return wifi.Load().(string) }
		var renewed atomic.Int32
		ctx := t.Context()
		go l.watch(ctx, func() { renewed.Add(1) })
		synctest.Wait()

		next := l.next()
		time.Sleep(time.Minute)
		if renewed.Load() != 0 || l.at.Load() != 0 {
			t.Fatal("nothing changed, but a change was noticed")
		}
		wifi.Store("192.168.1.7/24")
		time.Sleep(lineLook)
		synctest.Wait()
		select {
		case <-next:
		default:
			t.Error("those who wait were not told")
		}
		if renewed.Load() != 1 || time.Since(time.Unix(0, l.at.Load())) > lineLook {
			t.Errorf("renewed %d times", renewed.Load())
		}
	})
}

// The return of the line ends the pause before the next probe.
func TestUnreachableWakesWithTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine()
		var tries atomic.Int32
		up := false
		r := retrier{
			waiting: func(*fault.Error) {}, slow: func() {},
			waitsForLine: func() bool { return true }, reached: func() bool { return true }, line: l.next,
		}
		done := make(chan error)
		go func() {
			done <- r.do(t.Context(), func(ctx context.Context) error {
				tries.Add(1)
				if up {
					return nil
				}
				return &fault.Error{Code: fault.Offline, Class: fault.Unreachable}
			})
		}()
		time.Sleep(time.Hour)
		if n := int(tries.Load()); n < 3600/4 || n > 3600 {
			t.Errorf("%d probes in an hour", n)
		}
		synctest.Wait()
		up = true
		before := time.Now()
		l.change(before)
		if err := <-done; err != nil || time.Since(before) != 0 {
			t.Errorf("went on after %v: %v", time.Since(before), err)
		}
	})
}

// A login page in the place of the store has a certificate of its own.
func TestPublicNetworkIsWaitedFor(t *testing.T) {
	for _, test := range []struct {
		reached bool
		tries   int
	}{{true, 5}, {false, 1}} {
		synctest.Test(t, func(t *testing.T) {
			tries := 0
			r := retrier{
				waiting: func(*fault.Error) {}, slow: func() {}, line: newLine().next,
				waitsForLine: func() bool { return test.reached }, reached: func() bool { return test.reached },
			}
			err := r.do(t.Context(), func(context.Context) error {
				if tries++; tries == 5 {
					return nil
				}
				return fault.New(fault.TLS, fault.SelfSigned, nil, nil)
			})
			if tries != test.tries || (err == nil) != test.reached {
				t.Errorf("reached before: %v: %d tries, %v", test.reached, tries, err)
			}
		})
	}
}
