package storetest

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"time"
)

// This file has what happens to requests on their way to the store.

// hangUp cuts the connection with a reset.
func hangUp(w http.ResponseWriter) {
	if conn := take(w); conn != nil {
		reset(conn)
	}
}

// take takes the connection from the HTTP server, with whatever the client
// has sent and nobody has read.
func take(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return conn
}

func reset(conn net.Conn) {
	if tcp, ok := conn.(interface{ SetLinger(int) error }); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// wait waits for d, but no longer than the client or the test, and reports
// whether d has passed.
func (p *Proxy) wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-p.ended:
	}
	return false
}

// CutAfter resets the connection after n bytes of the body.
func CutAfter(n int64) Fault {
	return func(_ *Proxy, w http.ResponseWriter, r *http.Request) {
		io.CopyN(io.Discard, r.Body, n)
		hangUp(w)
	}
}

// HalfClose ends the server's side of the connection after n bytes of the
// body, in good order and without an answer, and goes on reading.
func HalfClose(n int64) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		io.CopyN(io.Discard, r.Body, n)
		conn := take(w)
		defer conn.Close()
		if tcp, ok := conn.(interface{ CloseWrite() error }); ok {
			tcp.CloseWrite()
		}
		read := make(chan struct{})
		go func() {
			defer close(read)
			io.Copy(io.Discard, conn)
		}()
		select {
		case <-read:
		case <-p.ended:
		}
	}
}

// StallAfter reads n bytes of the body and then nothing, until the client
// gives up or the test ends.
func StallAfter(n int64) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		io.CopyN(io.Discard, r.Body, n)
		select {
		case <-r.Context().Done():
		case <-p.ended:
		}
		hangUp(w)
	}
}

// Corrupt flips a bit of the body's byte at offset.
func Corrupt(offset int64) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		r.Body = &corrupting{r.Body, offset}
		p.forward(w, r)
	}
}

type corrupting struct {
	io.ReadCloser
	left int64
}

func (c *corrupting) Read(buf []byte) (int, error) {
	n, err := c.ReadCloser.Read(buf)
	if c.left >= 0 && c.left < int64(n) {
		buf[c.left] ^= 1
	}
	c.left -= int64(n)
	return n, err
}

// Delay waits before the request is passed on.
func Delay(d time.Duration) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		if arrived(r) && p.wait(r, d) {
			p.forward(w, r)
		}
	}
}

// Hold lets matching requests wait until the channel is closed.
func Hold(until <-chan struct{}) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		if !arrived(r) {
			return
		}
		select {
		case <-until:
			p.forward(w, r)
		case <-r.Context().Done():
		case <-p.ended:
		}
	}
}

// arrived reads the whole body into memory and reports whether it came. Only
// then does the HTTP server notice that a client leaves, and what has no
// client any more must not reach the store.
func arrived(r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil
}
