package uploader

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestStalled(t *testing.T) {
	const size = 8 * mib
	for _, test := range []struct {
		name     string
		learnt   time.Duration // longest silence of those that ended well
		sent     int64
		beside   bool // the neighbours move
		lineAt   time.Duration
		stays    time.Duration // silent for so long, it is left alone
		cutAfter time.Duration
	}{
		{name: "alone", stays: 29 * time.Second, cutAfter: 31 * time.Second},
		{name: "beside others, nothing known", beside: true, stays: 5 * time.Second, cutAfter: 7 * time.Second},
		{name: "beside others that are quick", beside: true, learnt: 50 * time.Millisecond, stays: 1500 * time.Millisecond, cutAfter: 3 * time.Second},
		{name: "beside others that pause", beside: true, learnt: 3 * time.Second, stays: 11 * time.Second, cutAfter: 13 * time.Second},
		{name: "all pause for long", beside: true, learnt: time.Minute, stays: 29 * time.Second, cutAfter: 31 * time.Second},
		{name: "waiting for the answer, nothing known", beside: true, sent: size, stays: 29 * time.Second, cutAfter: 31 * time.Second},
		{name: "waiting for the answer that others got", beside: true, sent: size, learnt: 500 * time.Millisecond, stays: 1500 * time.Millisecond, cutAfter: 3 * time.Second},
		{name: "on a connection of before", lineAt: time.Second, stays: 5 * time.Second, cutAfter: 7 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCourier(nil, "", newPace(), newLine())
				near := new(neighbours)
				if test.learnt > 0 {
					near.learn(test.learnt)
				}
				s := shipment{size: size, meter: new(meter)}
				s.meter.begin()
				s.meter.add(test.sent)
				begun := time.Now()
				if test.lineAt > 0 {
					c.line.at.Store(begun.Add(test.lineAt).UnixNano())
				}
				judge := func(after time.Duration, want bool) {
					t.Helper()
					time.Sleep(after - time.Since(begun))
					if test.beside {
						near.moved.Store(time.Now().UnixNano())
					}
					if got := c.stalled(s, near, time.Now()); got != want {
						t.Errorf("after %v stalled is %v", after, got)
					}
				}
				judge(test.stays, false)
				judge(test.cutAfter, true)
			})
		})
	}
}

func TestNeighboursForget(t *testing.T) {
	var n neighbours
	n.learn(8 * time.Second)
	for range 20 {
		n.learn(10 * time.Millisecond)
	}
	if p := n.patience(false); p > 3*time.Second {
		t.Errorf("a pause of long ago still makes it wait %v", p)
	}
}
