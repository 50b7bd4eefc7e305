package uploader

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

// shipment is the bytes of one request: a part, or a whole small object.
type shipment struct {
	content      io.ReaderAt
	offset, size int64
	meter        *meter
	total        *atomic.Int64 // bytes of the transfer
	wantMD5      bool
	fresh        bool   // over a new connection
	clock        *Clock // of the store
	name         string // for a form
	contentType  string // for a form
}

// receipt is what came of a shipment.
type receipt struct {
	wasted int64     // bytes sent in vain
	part   sign.Part // Number is left to the caller
	crc    uint64    // of the bytes as they were read
	md5    string    // hex; empty where not wanted
	// opaque says that the store encrypts in a way that makes its ETag no MD5.
	opaque bool
}

// courier sends shipments over one transport.
type courier struct {
	client http.Client
	// fresh is the same over a new connection each time.
	fresh http.Client
	agent string
	pace  *pace
	line  *line

	mu    sync.Mutex
	hosts map[string]*neighbours
}

func newCourier(rt http.RoundTripper, agent string, p *pace, l *line) *courier {
	c := &courier{client: http.Client{Transport: rt, CheckRedirect: neverFollow}, agent: agent, pace: p, line: l, hosts: make(map[string]*neighbours)}
	c.fresh = c.client
	if t, ok := rt.(*http.Transport); ok {
		t = t.Clone()
		t.DisableKeepAlives = true
		c.fresh.Transport = t
	}
	return c
}

// neverFollow: a signed request is good for one host only.
func neverFollow(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// at returns what is known of the requests to a host.
func (c *courier) at(host string) *neighbours {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.hosts[host]
	if n == nil {
		n = new(neighbours)
		c.hosts[host] = n
	}
	return n
}

// send executes a request with the shipment's bytes. When it fails, none of
// them count as sent, and the receipt says only how many were.
func (c *courier) send(ctx context.Context, r sign.Request, s shipment) (receipt, error) {
	ctx, cut := context.WithCancelCause(ctx)
	defer cut(nil)

	req, b, err := c.request(ctx, r, s)
	if err != nil {
		return receipt{}, err
	}
	s.meter.begin()
	near := c.at(req.URL.Host)
	watch := c.watch(ctx, s, near, cut)
	defer watch.Stop()

	header, err := c.exchange(ctx, req, r, s, b)
	if err != nil {
		return receipt{wasted: b().takeBack()}, err
	}
	near.learn(time.Duration(s.meter.pause.Load()))
	return newReceipt(header, b(), s.size), nil
}

// exchange sends the request and reads the answer to its end.
func (c *courier) exchange(ctx context.Context, req *http.Request, r sign.Request, s shipment, b func() *body) (http.Header, error) {
	client := &c.client
	if s.fresh {
		client = &c.fresh
	}
	asked := s.clock.ours()
	resp, err := client.Do(req)
	if err != nil {
		return nil, c.failure(ctx, err, b(), req)
	}
	s.meter.add(0)
	s.clock.observe(resp.Header, asked)
	if !accepted(resp.StatusCode, r) {
		return nil, refusal(fault.ReadStoreAnswer(resp), r, s.clock)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, fault.MaxAnswer))
	if err != nil {
		return nil, c.failure(ctx, err, b(), req)
	}
	if bytes.Contains(answer, []byte("<Error>")) {
		a := fault.ParseStoreError(answer)
		a.Status, a.Header, a.Host = resp.StatusCode, resp.Header, req.URL.Host
		return nil, refusal(a, r, s.clock)
	}
	if resp.Header.Get("ETag") == "" && resp.StatusCode != http.StatusSeeOther {
		return nil, noStore(resp.Header, req.URL.Host)
	}
	return resp.Header, nil
}

// refusal turns the answer to a request that was not taken into a failure, with
// what its signer knows of it.
func refusal(a fault.StoreAnswer, r sign.Request, clock *Clock) error {
	f := fault.FromStore(a, clock.Now())
	for name, value := range r.Facts {
		if f.Facts[name] == "" {
			f.Facts[name] = value
		}
	}
	if f.Code == fault.Denied && r.Facts["Action"] != "" {
		f.Variant = fault.DeniedUpload
	}
	return f
}

// noStore is the failure for a success without an ETag, which every store
// gives: something else answered in its place.
func noStore(h http.Header, host string) error {
	if f, ok := fault.WebPage(h, host); ok {
		return f
	}
	return &fault.Error{
		Code: fault.Internal, Variant: fault.StoreError, Class: fault.Transient,
		Facts: fault.Facts{"Host": host}, Err: errors.New("the answer has no ETag"),
	}
}

// accepted reports whether the store took the bytes. A form may end in a
// redirect that its policy asked for.
func accepted(status int, r sign.Request) bool {
	return status >= 200 && status < 300 || r.Fields != nil && status == http.StatusSeeOther
}

// request builds the HTTP request, and a function that gives the body in use:
// net/http asks for a new one when a kept connection turns out to be dead.
func (c *courier) request(ctx context.Context, r sign.Request, s shipment) (*http.Request, func() *body, error) {
	if s.size > 0 && s.size <= wideSize/2 {
		ctx = httptrace.WithClientTrace(ctx, together)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, nil)
	if err != nil {
		return nil, nil, fault.New(fault.Backend, fault.BackendURL, nil, fmt.Errorf("signed request: %w", withoutURL(err)))
	}
	for name, values := range r.Header {
		if name != "Host" && name != "Content-Length" {
			req.Header[name] = values
		}
	}
	req.Header.Set("User-Agent", c.agent)

	var before, after []byte
	if r.Fields != nil {
		var contentType string
		before, after, contentType = formEnds(r.Fields, s.name, s.contentType)
		req.Header.Set("Content-Type", contentType)
	}
	req.ContentLength = int64(len(before)) + s.size + int64(len(after))

	current := newBody(ctx, s, c.pace)
	whole := func() io.ReadCloser {
		if before == nil {
			return io.NopCloser(current)
		}
		return io.NopCloser(io.MultiReader(bytes.NewReader(before), current, bytes.NewReader(after)))
	}
	if req.ContentLength == 0 {
		req.Body = http.NoBody
	} else {
		req.Body = whole()
		req.GetBody = func() (io.ReadCloser, error) {
			current.takeBack()
			current = newBody(ctx, s, c.pace)
			return whole(), nil
		}
	}
	return req, func() *body { return current }, nil
}

func (c *courier) failure(ctx context.Context, err error, b *body, req *http.Request) error {
	if b.err != nil {
		return fault.FromFile(b.err, "")
	}
	if context.Cause(ctx) == errStalled {
		return &fault.Error{
			Code: fault.Offline, Variant: fault.NotAnswering, Class: fault.Transient,
			Facts: fault.Facts{"Host": req.URL.Host}, Err: errStalled,
		}
	}
	return fault.FromTransport(err, req.URL.Host)
}

func newReceipt(h http.Header, b *body, size int64) receipt {
	etag := h.Get("ETag")
	r := receipt{
		part: sign.Part{Size: size, ETag: etag, CRC64NVME: cmp.Or(h.Get("X-Amz-Checksum-Crc64nvme"), crcOfETag(etag))},
		crc:  b.crc,
		opaque: strings.HasPrefix(h.Get("X-Amz-Server-Side-Encryption"), "aws:kms") ||
			h.Get("X-Amz-Server-Side-Encryption-Customer-Algorithm") != "",
	}
	if b.md5 != nil {
		r.md5 = hex.EncodeToString(b.md5.Sum(nil))
	}
	return r
}

// withoutURL drops the URL that url.Parse's errors quote: it is signed.
func withoutURL(err error) error {
	msg := err.Error()
	if i := strings.LastIndex(msg, ": "); i >= 0 {
		return fmt.Errorf("malformed URL: %s", msg[i+2:])
	}
	return fmt.Errorf("malformed URL")
}
