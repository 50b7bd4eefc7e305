package uploader

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

const (
	// completeSilence is how long nothing at all may come from a store or
	// backend that completes an upload. Amazon S3 sends blanks while it works,
	// which may take minutes; what does not is given time by size, see
	// completing. Proxies before backends usually give up after as long.
	completeSilence = time.Minute
	// completeTimeout bounds that silence, and completing in all, however much
	// comes meanwhile.
	completeTimeout = 10 * time.Minute
	// silenceLooks is how often a silence is looked at while it lasts.
	silenceLooks = 10
)

// completing is how long a store may be silent while it makes an object of
// size bytes: one that copies the parts into one file begins to answer when
// that is done.
func completing(size int64) time.Duration {
	return min(completeSilence+time.Duration(size/answerRate)*time.Second, completeTimeout)
}

// whileHeard makes a context for a call that ends, with errStalled as its
// cause, when nothing comes over the call's connections for silence. The
// caller ends it.
func whileHeard(ctx context.Context, silence time.Duration) (context.Context, context.CancelFunc) {
	ctx, cut := context.WithCancelCause(ctx)
	var conn atomic.Pointer[wideConn] // the one in use
	var events atomic.Int64
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(i httptrace.GotConnInfo) {
			conn.Store(wideIn(i.Conn))
			events.Add(1)
		},
		WroteRequest:         func(httptrace.WroteRequestInfo) { events.Add(1) },
		GotFirstResponseByte: func() { events.Add(1) },
	})
	heard := func() (sum [2]int64) {
		sum[0] = events.Load()
		if c := conn.Load(); c != nil {
			sum[1] = c.heard.Load()
		}
		return sum
	}
	go func() {
		tick := time.NewTicker(silence / silenceLooks)
		defer tick.Stop()
		for last, since := heard(), time.Now(); ; {
			select {
			case now := <-tick.C:
				if h := heard(); h != last {
					last, since = h, now
				} else if now.Sub(since) >= silence {
					cut(errStalled)
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, func() { cut(nil) }
}

// wideIn finds the connection below TLS; nil where it is another transport's.
func wideIn(c net.Conn) *wideConn {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	wide, _ := c.(*wideConn)
	return wide
}
