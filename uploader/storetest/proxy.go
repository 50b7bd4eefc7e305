package storetest

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
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

	Sign Kind = "sign" // to a backend: for a request that carries bytes
	Link Kind = "link" // to a backend: for a link
)

func storeKind(r *http.Request) Kind {
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

// Proxy stands before the gateway, or before a backend. Signatures stay valid:
// clients sign for the proxy's address, and the gateway is given the same Host.
type Proxy struct {
	upstream *url.URL
	kindOf   func(*http.Request) Kind
	client   *http.Transport
	ended    chan struct{}

	mu     sync.Mutex
	faults []*fault
	counts map[Kind]int
	bytes  map[Kind]int64 // of bodies, as far as they came
	seen   func(Kind, *http.Request)
}

func newProxy(upstream string, kindOf func(*http.Request) Kind) *Proxy {
	u, err := url.Parse(upstream)
	if err != nil {
		panic(err) // the gateway's own
	}
	return &Proxy{
		upstream: u, kindOf: kindOf, client: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
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

// Parts collects the numbers of the parts that come from now on, by Seen. The
// function that it returns lists them, each once, sorted.
func (p *Proxy) Parts() func() []int {
	var mu sync.Mutex
	parts := make(map[int]bool)
	p.Seen(func(k Kind, r *http.Request) {
		if k == PartPut {
			number, _ := strconv.Atoi(r.URL.Query().Get("partNumber"))
			mu.Lock()
			defer mu.Unlock()
			parts[number] = true
		}
	})
	return func() []int {
		mu.Lock()
		defer mu.Unlock()
		return slices.Sorted(maps.Keys(parts))
	}
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
	k := p.kindOf(r)
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

// ask passes the request on to the server behind.
func (p *Proxy) ask(r *http.Request) (*http.Response, error) {
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host = p.upstream.Scheme, p.upstream.Host
	out.RequestURI = ""
	if r.ContentLength == 0 {
		out.Body = http.NoBody
	}
	return p.client.RoundTrip(out)
}

// forward passes the request on and the answer back.
func (p *Proxy) forward(w http.ResponseWriter, r *http.Request) {
	p.forwardChanged(w, r, func(http.Header) {})
}

func (p *Proxy) forwardChanged(w http.ResponseWriter, r *http.Request, change func(http.Header)) {
	resp, err := p.ask(r)
	if err != nil {
		hangUp(w)
		return
	}
	defer resp.Body.Close()
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	change(w.Header())
	w.WriteHeader(resp.StatusCode)
	io.Copy(w, resp.Body)
}
