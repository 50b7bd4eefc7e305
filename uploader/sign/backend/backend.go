// Package backend asks a presign backend over HTTP for signed requests. How a
// kind of backend is spoken to, its dialect, is a TOML file; see Load.
//
// A backend is not trusted: its answers are at most 32 MiB, the addresses it
// gives must be https (http for this computer, or where the destination allows
// it), redirects keep its host, and the secret that it is asked with goes
// nowhere else.
package backend

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

// How a backend is asked; AuthHeader is followed by the name of a header.
const (
	AuthNone   = "none"
	AuthBearer = "bearer"
	AuthBasic  = "basic" // the secret is "user:password"
	AuthHeader = "header:"
)

// Config says which backend to ask, and how. The fields are those of a
// destination of type backend.
type Config struct {
	URL     string
	Dialect *Dialect
	Auth    string // AuthNone, AuthBearer, AuthBasic or AuthHeader and a name; empty: none
	// Secret is asked for each request, unless Auth is none; empty text: there
	// is none. Its error is returned as it is.
	Secret  func(context.Context) (string, error)
	Headers map[string]string // for the backend alone
	Vars    map[string]string // of the dialect

	Bucket    string // where the dialect uses it, or credentials come without one
	PublicURL string // where set, links are PublicURL/key and do not expire
	PartSize  int64  // bytes; 0: the dialect's, or planned
	// AllowHTTP lets the backend, and the addresses that it gives, be plain
	// http on other computers than this one.
	AllowHTTP bool

	// Transport carries requests to the backend, Store those that control an
	// upload at the store; nil: http.DefaultTransport.
	Transport, Store http.RoundTripper
	Agent            string // User-Agent
	// Now is the store's clock, by which requests and links end; nil: time.Now.
	Now func() time.Time
}

// Signer asks one backend. It implements [sign.Signer].
type Signer struct {
	config  Config
	dialect *Dialect
	base    *url.URL
	client  http.Client // for the backend
	store   http.Client
	session *openSession
	own     *lender // of a dialect with credentials; else nil
}

var _ sign.Signer = (*Signer)(nil)

// New makes a Signer. It asks nothing yet. Mistakes in c have code
// fault.Config and name the field of the destination.
func New(c Config) (*Signer, error) {
	if c.Dialect == nil {
		return nil, wrong("dialect", fault.ThereIsNone)
	}
	base, err := url.Parse(c.URL)
	if err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, wrong("url", fault.NotAnAddress)
	}
	if base.Scheme != "https" && !(base.Scheme == "http" && (c.AllowHTTP || sign.IsLoopback(base.Hostname()))) {
		return nil, wrong("url", fault.ServiceNoTLS)
	}
	c.Vars, err = c.Dialect.vars(c.Vars)
	if err != nil {
		return nil, err
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Store == nil {
		c.Store = http.DefaultTransport
	}
	s := &Signer{
		config: c, dialect: c.Dialect, base: base,
		store: http.Client{Transport: c.Store, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	s.session = newSession(s)
	s.client = http.Client{Transport: c.Transport, CheckRedirect: checkRedirect, Jar: s.session.jar}
	if s.dialect.credentials != nil {
		s.own = newLender(s)
	}
	return s, nil
}

func wrong(field string, what fault.Phrase) error {
	return fault.Wrong(nil, fault.Mistake{Field: field, What: what})
}

// vars adds the defaults to what a destination sets.
func (d *Dialect) vars(set map[string]string) (map[string]string, error) {
	all := maps.Clone(d.Vars)
	if all == nil {
		all = map[string]string{}
	}
	for name, value := range set {
		if _, known := all[name]; !known {
			return nil, wrong("vars", fault.NoSuchVariable.With("Dialect", d.Name, "Name", strconv.Quote(name), "Names", strings.Join(sortedKeys(d.Vars), ", ")))
		}
		all[name] = value
	}
	for _, name := range sortedKeys(all) {
		if all[name] == "" {
			return nil, wrong("vars", fault.VariableMissing.With("Dialect", d.Name, "Name", name))
		}
	}
	return all, nil
}

// batchSize is how many parts are asked for at once: few enough that their
// requests are used before they run out.
const batchSize = 16

// Limits implements [sign.Signer].
func (s *Signer) Limits() sign.Limits {
	if s.own != nil {
		return s.own.limits()
	}
	d, c := s.dialect, s.dialect.Capabilities()
	l := sign.Limits{
		MaxObject: d.maxSize, PartSize: d.partSize, EqualParts: d.equalParts,
		NoSingle: !c.Single, NoMulti: !c.Multipart,
		SizeFirst: d.create.uses("size", "md5", "sha256", "part_size"),
		CanList:   c.Resume, CanAbort: c.Abort, CanLink: c.Link || s.config.PublicURL != "",
		CanStat: d.link != nil && d.link.path != nil,
	}
	if s.config.PartSize > 0 {
		l.PartSize = s.config.PartSize
	}
	if d.batch != nil {
		l.Batch = batchSize
	}
	return l
}

// Begin implements [sign.Signer]. A backend may choose another key than the
// wanted one, and decide itself whether and how the object is cut: Ref of the
// Upload then has a PartSize, or no UploadID where the plan had parts.
func (s *Signer) Begin(ctx context.Context, o sign.Object) (sign.Upload, error) {
	if s.own != nil {
		return s.own.begin(ctx, o)
	}
	if s.dialect.maxSize > 0 && o.Size > s.dialect.maxSize {
		return nil, tooLarge(o.Size, s.dialect.maxSize)
	}
	u := &upload{
		s: s, parts: o.Parts, partSize: o.PartSize,
		ref: sign.Ref{
			Name: o.Name, Bucket: s.config.Bucket, Key: o.Key, ContentType: o.ContentType, Size: o.Size,
		},
		memory: memory{Asked: o.Key},
	}
	d := s.dialect
	create := d.create != nil && (d.single == nil || o.Parts != 0)
	first := d.single
	if create {
		first = d.create
	}
	if err := u.digest(ctx, first, o); err != nil {
		return nil, err
	}
	if create {
		if err := u.create(ctx); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// Resume implements [sign.Signer].
func (s *Signer) Resume(ctx context.Context, r sign.Ref) (sign.Upload, error) {
	if s.own != nil {
		return s.own.resume(ctx, r)
	}
	u := &upload{s: s, ref: r, partSize: r.PartSize, resumed: true}
	if r.Extra != "" {
		if err := json.Unmarshal([]byte(r.Extra), &u.memory); err != nil {
			return nil, fault.New(fault.Internal, "", nil, fmt.Errorf("backend: what was kept of an upload cannot be read: %w", err))
		}
	}
	if u.memory.Asked == "" {
		u.memory.Asked = r.Key
	}
	u.ref.Extra = ""
	return u, nil
}

// vars are the variables that every request may use.
func (s *Signer) vars() values {
	v := values{"bucket": s.config.Bucket}
	for name, value := range s.config.Vars {
		v[name] = value
	}
	return v
}
