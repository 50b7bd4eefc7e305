package storetest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// Kind says what a request asks of the store.
type Kind string

// The kinds.
const (
	Put      Kind = "put"  // a whole object by PUT
	Form     Kind = "form" // a whole object by a form POST
	Get      Kind = "get"
	Head     Kind = "head"
	Delete   Kind = "delete"
	Create   Kind = "create"
	PartPut  Kind = "part"
	List     Kind = "list" // of parts
	Complete Kind = "complete"
	Abort    Kind = "abort"
	Other    Kind = "other"
)

func kindOf(r *http.Request) Kind {
	q := r.URL.Query()
	switch m := r.Method; {
	case q.Has("uploads") && m == http.MethodPost:
		return Create
	case q.Has("uploadId") && m == http.MethodPut:
		return PartPut
	case q.Has("uploadId") && m == http.MethodGet:
		return List
	case q.Has("uploadId") && m == http.MethodPost:
		return Complete
	case q.Has("uploadId") && m == http.MethodDelete:
		return Abort
	case m == http.MethodPut:
		return Put
	case m == http.MethodPost:
		return Form
	case m == http.MethodGet:
		return Get
	case m == http.MethodHead:
		return Head
	case m == http.MethodDelete:
		return Delete
	}
	return Other
}

// Rule says which requests a fault meets.
type Rule struct {
	kind  Kind
	part  int // 0: any
	skip  int // let so many pass first
	times int // then meet so many; 0: all
}

// On meets every request of a kind.
func On(k Kind) Rule { return Rule{kind: k} }

// OnPart meets every request that carries the part of that number.
func OnPart(number int) Rule { return Rule{kind: PartPut, part: number} }

// Times limits a rule to the first n requests that it meets.
func (r Rule) Times(n int) Rule { r.times = n; return r }

// After lets n matching requests pass first.
func (r Rule) After(n int) Rule { r.skip = n; return r }

// Fault is what happens instead of, or to, a request.
type Fault func(p *Proxy, w http.ResponseWriter, r *http.Request)

type fault struct {
	Rule
	seen, met int
	do        Fault
}

// Proxy stands before the gateway. Signatures stay valid: clients sign for the
// proxy's address, and the gateway is given the same Host.
type Proxy struct {
	upstream *url.URL
	client   *http.Transport
	ended    chan struct{}

	mu     sync.Mutex
	faults []*fault
	counts map[Kind]int
	bytes  map[Kind]int64 // of bodies, as far as they came
	seen   func(Kind, *http.Request)
}

func newProxy(upstream string) *Proxy {
	u, err := url.Parse(upstream)
	if err != nil {
		panic(err) // the gateway's own
	}
	return &Proxy{
		upstream: u, client: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
		ended: make(chan struct{}), counts: make(map[Kind]int), bytes: make(map[Kind]int64),
	}
}

func (p *Proxy) close() {
	close(p.ended)
	p.client.CloseIdleConnections()
}

// Fault adds a fault. Of several rules that match, the first added that is not
// used up is taken.
func (p *Proxy) Fault(r Rule, f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, &fault{Rule: r, do: f})
}

// Heal removes all faults.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

// Seen calls f at the start of each request, from its goroutine.
func (p *Proxy) Seen(f func(Kind, *http.Request)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = f
}

// Count says how many requests of a kind arrived.
func (p *Proxy) Count(k Kind) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts[k]
}

// Bytes says how many bytes of bodies arrived in requests of a kind.
func (p *Proxy) Bytes(k Kind) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bytes[k]
}

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k := kindOf(r)
	do, seen := p.take(k, r)
	if seen != nil {
		seen(k, r)
	}
	r.Body = &countingBody{r.Body, p, k}
	if do != nil {
		do(p, w, r)
		return
	}
	p.forward(w, r)
}

func (p *Proxy) take(k Kind, r *http.Request) (Fault, func(Kind, *http.Request)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[k]++
	number, _ := strconv.Atoi(r.URL.Query().Get("partNumber"))
	for _, f := range p.faults {
		if f.kind != k || f.part != 0 && f.part != number || f.times > 0 && f.met >= f.times {
			continue
		}
		if f.seen++; f.seen <= f.skip {
			continue
		}
		f.met++
		return f.do, p.seen
	}
	return nil, p.seen
}

type countingBody struct {
	io.ReadCloser
	p *Proxy
	k Kind
}

func (b *countingBody) Read(buf []byte) (int, error) {
	n, err := b.ReadCloser.Read(buf)
	b.p.mu.Lock()
	b.p.bytes[b.k] += int64(n)
	b.p.mu.Unlock()
	return n, err
}

// forward passes the request on and the answer back.
func (p *Proxy) forward(w http.ResponseWriter, r *http.Request) {
	resp, err := p.ask(r)
	if err != nil {
		hangUp(w)
		return
	}
	defer resp.Body.Close()
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(resp.StatusCode)
	io.Copy(w, resp.Body)
}

func (p *Proxy) ask(r *http.Request) (*http.Response, error) {
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host = p.upstream.Scheme, p.upstream.Host
	out.RequestURI = ""
	if r.ContentLength == 0 {
		out.Body = http.NoBody
	}
	return p.client.RoundTrip(out)
}

// hangUp cuts the connection with a reset.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// Answer answers for the store, with an error document where code is not
// empty. header holds names and values in turn; with "Date" a wrong clock.
func Answer(status int, code, message string, header ...string) Fault {
	return func(_ *Proxy, w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		if code != "" && r.Method != http.MethodHead {
			fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>%s</Message><RequestId>TESTREQUEST</RequestId></Error>`, code, message)
		}
	}
}

// Refuse is Answer without reading the body first, as a busy store does.
func Refuse(status int, code string, header ...string) Fault {
	answer := Answer(status, code, "", header...)
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		r.Body = http.NoBody
		answer(p, w, r)
	}
}

// CutAfter resets the connection after n bytes of the body.
func CutAfter(n int64) Fault {
	return func(_ *Proxy, w http.ResponseWriter, r *http.Request) {
		io.CopyN(io.Discard, r.Body, n)
		hangUp(w)
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

// DropAnswer lets the store do what was asked and cuts the connection instead
// of answering.
func DropAnswer() Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		if resp, err := p.ask(r); err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
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

// Strip takes headers out of the store's answer: a store without checksums has
// no X-Amz-Checksum-Crc64nvme.
func Strip(names ...string) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		resp, err := p.ask(r)
		if err != nil {
			hangUp(w)
			return
		}
		defer resp.Body.Close()
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		for _, name := range names {
			w.Header().Del(name)
		}
		w.WriteHeader(resp.StatusCode)
		io.Copy(w, resp.Body)
	}
}

// Delay waits before the request is passed on.
func Delay(d time.Duration) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(d):
			p.forward(w, r)
		case <-r.Context().Done():
		case <-p.ended:
		}
	}
}

// Hold lets matching requests wait until the channel is closed.
func Hold(until <-chan struct{}) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		select {
		case <-until:
			p.forward(w, r)
		case <-r.Context().Done():
		case <-p.ended:
		}
	}
}
