package faultmatrix

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"chute/uploader/fault"
	"chute/uploader/storetest"
)

// lineRows are faults of what is between here and the store.
var lineRows = []row{
	{name: "refused at first", at: elsewhere, setup: gone(both, 30*time.Millisecond), want: survives()},
	{name: "refused for ever", at: elsewhere, setup: gone(both, 0), want: want{code: fault.Offline, variant: fault.NotAnswering}},
	{name: "gone while bytes are sent", at: carrying, setup: leaves(2 * time.Second), want: want{more: 20}},
	{name: "reset before the head of a request", at: elsewhere, setup: slam(0), want: survives()},
	{name: "reset in the head of a request", at: elsewhere, setup: slam(40), want: survives()},

	{name: "no such name at first", at: elsewhere, setup: names(3, nxdomain), want: survives()},
	{name: "no such name for ever", at: elsewhere, setup: names(1<<20, nxdomain), want: want{code: fault.Offline, variant: fault.NoSuchHost}},
	{name: "name server fails at first", at: elsewhere, setup: names(3, servfail), want: survives()},
	{name: "name server gone at first", at: elsewhere, setup: names(3, silence), want: survives()},

	{name: "unknown certificate", at: elsewhere, tls: true, want: want{code: fault.TLS, variant: fault.SelfSigned}},
	{name: "certificate for another name", at: elsewhere, tls: true, setup: otherName, only: []string{"local single", "local multipart"}, want: want{code: fault.TLS, variant: fault.WrongName}},
	{name: "no TLS where it is expected", at: elsewhere, setup: plain, want: want{code: fault.TLS, variant: fault.PlainHTTP}},
	{name: "a flipped bit on a TLS line", at: elsewhere, tls: true, setup: garbled, want: survives()},
}

const (
	theStore   = 1
	theBackend = 2
	both       = theStore | theBackend
)

// gone makes servers refuse connections at first; back 0: for ever.
func gone(whom int, back time.Duration) func(*rig) {
	return func(r *rig) {
		if whom&theStore != 0 {
			r.store.Leave()
		}
		if whom&theBackend != 0 && r.backend != nil {
			r.backend.Leave()
		}
		r.whileSent = func(done <-chan struct{}) {
			if back == 0 {
				return
			}
			select {
			case <-time.After(back):
			case <-done:
			}
			r.store.Return()
			if r.backend != nil {
				r.backend.Return()
			}
		}
	}
}

// leaves makes the store go away, in the middle of the last request that
// carries bytes, for longer than a request is tried while the line is up.
func leaves(back time.Duration) func(*rig) {
	return func(r *rig) {
		left := make(chan struct{})
		var once sync.Once
		r.store.Fault(storetest.On(r.column.carry).After(r.column.bytes-1).Times(1), func(p *storetest.Proxy, w http.ResponseWriter, req *http.Request) {
			storetest.CutAfter(some)(p, w, req)
			once.Do(func() { close(left) })
		})
		r.whileSent = func(done <-chan struct{}) {
			select {
			case <-left:
			case <-done:
				return
			}
			r.store.Leave()
			select {
			case <-time.After(back):
			case <-done:
			}
			r.store.Return()
		}
	}
}

func slam(after int64) func(*rig) {
	return func(r *rig) {
		r.store.Slam(2, after)
	}
}

// What the name server answers before it knows the name.
const (
	nxdomain = 3
	servfail = 2
	silence  = -1
)

// names reaches the server that is asked first by a name, which the name
// server does not know for the first lookups.
func names(failing int32, how int) func(*rig) {
	return func(r *rig) {
		server := newNameServer(r.t, how)
		resolver := &net.Resolver{PreferGo: true, StrictErrors: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "udp", server.addr())
		}}
		var lookups atomic.Int32
		dialer := &net.Dialer{Resolver: resolver}
		r.road.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			server.knows.Store(lookups.Add(1) > failing)
			return dialer.DialContext(ctx, network, addr)
		}
		r.byName = true
		for _, address := range []*string{&r.endpoint, &r.ask} {
			*address = strings.Replace(*address, "127.0.0.1", "store.test", 1)
		}
	}
}

// otherName trusts the store's certificate, and reaches it by a name that is
// not in it.
func otherName(r *rig) {
	trust(r)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(r.endpoint, "https://"))
	r.endpoint = "https://other.test:" + port
	r.road.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
	}
}

func plain(r *rig) {
	r.endpoint = strings.Replace(r.endpoint, "http://", "https://", 1)
	r.ask = strings.Replace(r.ask, "http://", "https://", 1)
}

// garbled flips a bit of the first connection, where bytes of the file are.
func garbled(r *rig) {
	trust(r)
	var first sync.Once
	r.road.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err == nil && strings.HasSuffix(r.store.Endpoint, addr) {
			first.Do(func() { conn = &flipping{conn, 20 << 10} })
		}
		return conn, err
	}
}

func trust(r *rig) {
	pem, err := os.ReadFile(r.store.CAFile())
	if err != nil {
		r.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	r.road.TLSClientConfig.RootCAs = roots
}

// flipping flips a bit of one byte that is written.
type flipping struct {
	net.Conn
	left int
}

func (c *flipping) Write(p []byte) (int, error) {
	if c.left >= 0 && c.left < len(p) {
		p = append([]byte(nil), p...)
		p[c.left] ^= 1
	}
	c.left -= len(p)
	return c.Conn.Write(p)
}
