package uploader

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// NewTransport makes the HTTP transport for stores: HTTP/1.1, so that each
// part has a connection of its own, TLS 1.2 or later, with roots (nil: the
// system's) to trust and proxy to ask (nil: none). It keeps as many
// connections as there may be slots.
func NewTransport(roots *x509.CertPool, proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	var http1 http.Protocols
	http1.SetHTTP1(true)
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy: proxy,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if tcp, ok := conn.(*net.TCPConn); ok {
				conn = &wideConn{TCPConn: tcp}
			}
			return conn, err
		},
		TLSClientConfig:       &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   15 * time.Second,
		Protocols:             &http1,
		DisableCompression:    true,
		MaxIdleConnsPerHost:   int(Full),
		IdleConnTimeout:       60 * time.Second,
		ExpectContinueTimeout: time.Second,
		WriteBufferSize:       64 << 10,
		ReadBufferSize:        4 << 10,
	}
}

// wideSize is how much a connection takes from a body at a time. net/http
// alone takes 32 KiB; see docs/performance.md for what more saves.
const wideSize = 256 << 10

var wideBuffers = sync.Pool{New: func() any { return new([wideSize]byte) }}

// wideConn is a connection that reads bodies in large pieces, sends the head of a
// request together with the beginning of its body, and counts what comes back.
type wideConn struct {
	*net.TCPConn
	heard atomic.Int64 // bytes

	// For who writes: one request at a time.
	together bool   // the next head waits for what follows it
	head     []byte // what waits
}

// together makes the head of a request wait for the first bytes of its body:
// net/http sends it alone, which for a small file is twice the work, here and at
// the store. It is for the context of a request that has a small body.
var together = &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
	if c, ok := i.Conn.(*wideConn); ok {
		c.together = true
	}
}}

// Read implements net.Conn.
func (c *wideConn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	c.heard.Add(int64(n))
	return n, err
}

// endOfHead ends the head of a request.
var endOfHead = []byte("\r\n\r\n")

// Write implements net.Conn.
func (c *wideConn) Write(p []byte) (int, error) {
	if c.together && bytes.Index(p, endOfHead) == len(p)-len(endOfHead) {
		c.together, c.head = false, append(c.head, p...)
		return len(p), nil
	}
	if len(c.head) == 0 {
		return c.TCPConn.Write(p)
	}
	before := len(c.head)
	n, err := c.TCPConn.Write(append(c.head, p...))
	c.head = c.head[:0]
	return max(0, n-before), err
}

// ReadFrom implements io.ReaderFrom. It hides that of net.TCPConn, which has
// ways to send files without reading them: the bytes have to be summed up.
func (c *wideConn) ReadFrom(r io.Reader) (int64, error) {
	buf := wideBuffers.Get().(*[wideSize]byte)
	defer wideBuffers.Put(buf)
	var first int64
	if head := copy(buf[:wideSize/2], c.head); head > 0 && head == len(c.head) {
		c.head = c.head[:0]
		n, err := r.Read(buf[head:])
		if err != nil && err != io.EOF {
			return 0, err
		}
		if n == 0 {
			return 0, nil // the head of what has no body is of no use
		}
		if _, err := c.TCPConn.Write(buf[:head+n]); err != nil {
			return 0, err
		}
		first = int64(n)
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{c.TCPConn}, struct{ io.Reader }{r}, buf[:])
	return first + n, err
}
