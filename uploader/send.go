package uploader

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

const (
	// stallAlone is how long a request may move no byte: restic and the AWS
	// CRT use the same 30 s.
	stallAlone = 30 * time.Second
	// stallBeside is the same while other requests do move.
	stallBeside = 6 * time.Second
	// answerRate is the slowest that a store is expected to put a body away
	// after it has arrived; it prolongs the wait for the answer to a large one.
	answerRate = 50 * mib
)

// shipment is the bytes of one request: a part, or a whole small object.
type shipment struct {
	content      io.ReaderAt
	offset, size int64
	meter        *meter
	total        *atomic.Int64 // bytes of the transfer
	wantMD5      bool
	name         string // for a form
	contentType  string // for a form
}

// receipt is what came of a shipment.
type receipt struct {
	part sign.Part // Number is left to the caller
	crc  uint64    // of the bytes as they were read
	md5  string    // hex; empty where not wanted
	// opaque says that the store encrypts in a way that makes its ETag no MD5.
	opaque bool
}

// courier sends shipments over one transport.
type courier struct {
	client http.Client
	// moved is when any request of the engine last moved a byte, for stalls.
	moved *atomic.Int64
	agent string
}

// send executes a request with the shipment's bytes. Whatever was counted as
// sent stays counted: the caller takes it back when the error is not nil.
func (c *courier) send(ctx context.Context, r sign.Request, s shipment) (receipt, error) {
	ctx, cut := context.WithCancelCause(ctx)
	defer cut(nil)

	req, b, err := c.request(ctx, r, s)
	if err != nil {
		return receipt{}, err
	}
	s.meter.add(0)
	watch := c.watch(ctx, s, cut)
	defer watch.Stop()

	resp, err := c.client.Do(req)
	if err != nil {
		return receipt{}, c.failure(ctx, err, b(), req)
	}
	s.meter.add(0)
	if !accepted(resp.StatusCode, r) {
		return receipt{}, refusal(fault.ReadStoreAnswer(resp), r)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, fault.MaxAnswer))
	if err != nil {
		return receipt{}, c.failure(ctx, err, b(), req)
	}
	if bytes.Contains(answer, []byte("<Error>")) {
		a := fault.ParseStoreError(answer)
		a.Status, a.Header, a.Host = resp.StatusCode, resp.Header, req.URL.Host
		return receipt{}, refusal(a, r)
	}
	return newReceipt(resp.Header, b(), s.size), nil
}

// refusal turns the answer to a request that was not taken into a failure, with
// what its signer knows of it.
func refusal(a fault.StoreAnswer, r sign.Request) error {
	f := fault.FromStore(a, time.Now())
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

// accepted reports whether the store took the bytes. A form may end in a
// redirect that its policy asked for.
func accepted(status int, r sign.Request) bool {
	return status >= 200 && status < 300 || r.Fields != nil && status == http.StatusSeeOther
}

// request builds the HTTP request, and a function that gives the body in use:
// net/http asks for a new one when a kept connection turns out to be dead.
func (c *courier) request(ctx context.Context, r sign.Request, s shipment) (*http.Request, func() *body, error) {
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

	current := newBody(s.content, s.offset, s.size, s.meter, s.total, s.wantMD5)
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
			takeBack(s.meter, s.total)
			current = newBody(s.content, s.offset, s.size, s.meter, s.total, s.wantMD5)
			return whole(), nil
		}
	}
	return req, func() *body { return current }, nil
}

// takeBack uncounts the bytes of an attempt and returns how many they were.
func takeBack(m *meter, total *atomic.Int64) int64 {
	n := m.sent.Swap(0)
	total.Add(-n)
	return n
}

// watch cuts a request that moves nothing: after stallAlone, or after
// stallBeside while its neighbours move. Once all bytes are handed over, the
// store gets the longer time to answer. The caller stops the timer and ends ctx.
func (c *courier) watch(ctx context.Context, s shipment, cut context.CancelCauseFunc) *time.Timer {
	const look = time.Second
	var timer *time.Timer
	armed := make(chan struct{})
	timer = time.AfterFunc(look, func() {
		<-armed
		if ctx.Err() != nil {
			return
		}
		moved := s.meter.moved.Load()
		idle := time.Since(time.Unix(0, moved))
		if idle < look {
			c.moved.Store(moved)
		}
		limit := stallAlone
		if s.meter.sent.Load() >= s.size {
			limit += time.Duration(s.size/answerRate) * time.Second
		} else if c.moved.Load() > moved+int64(stallBeside/2) {
			limit = stallBeside
		}
		if idle >= limit {
			cut(errStalled)
			return
		}
		timer.Reset(look)
	})
	close(armed)
	return timer
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
	r := receipt{
		part: sign.Part{Size: size, ETag: h.Get("ETag"), CRC64NVME: h.Get("X-Amz-Checksum-Crc64nvme")},
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
