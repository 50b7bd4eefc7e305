package uploader

import (
	"net/http"
	"sync"
	"time"
)

// SkewTold is how far the clocks of this computer and of a store may differ
// before the user should know.
const SkewTold = time.Minute

// Clock tells the time as a store has it, by the Date of the store's answers,
// so that what is signed here is valid there although a clock is wrong. Its
// methods may be called from any goroutine; a nil Clock is this computer's.
type Clock struct {
	// Off is told once that the clocks differ by more than SkewTold: how far
	// the store is ahead, negative where it is behind; nil: nobody is told.
	Off func(skew time.Duration)

	local func() time.Time // this computer's clock; nil: time.Now

	mu   sync.Mutex
	skew time.Duration // the store's time minus ours
	told bool
}

// Now is the store's time.
func (c *Clock) Now() time.Time { return c.ours().Add(c.Skew()) }

func (c *Clock) ours() time.Time {
	if c == nil || c.local == nil {
		return time.Now()
	}
	return c.local()
}

// Skew is how far the store is ahead of this computer.
func (c *Clock) Skew() time.Duration {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skew
}

// observe learns from an answer to a request that was begun at asked. The
// store wrote the Date, in whole seconds, between then and now: that bounds
// the skew, and what is within the bounds stays as it is. So a slow answer
// teaches little rather than something wrong.
func (c *Clock) observe(h http.Header, asked time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	if c == nil || err != nil {
		return
	}
	least, most := date.Sub(c.ours()), date.Add(time.Second).Sub(asked)
	c.mu.Lock()
	c.skew = max(min(c.skew, most), least)
	skew := c.skew
	tell := !c.told && skew.Abs() > SkewTold && c.Off != nil
	c.told = c.told || tell
	c.mu.Unlock()
	if tell {
		c.Off(skew)
	}
}

// Transport returns rt, watched: the Clock learns from every answer.
func (c *Clock) Transport(rt http.RoundTripper) http.RoundTripper { return watched{rt, c} }

type watched struct {
	rt    http.RoundTripper
	clock *Clock
}

// RoundTrip implements http.RoundTripper.
func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := w.clock.ours()
	resp, err := w.rt.RoundTrip(r)
	if err == nil {
		w.clock.observe(resp.Header, asked)
	}
	return resp, err
}

// Unwrap returns the transport that is watched.
func (w watched) Unwrap() http.RoundTripper { return w.rt }
