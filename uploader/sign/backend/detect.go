package backend

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"chute/uploader/fault"

	"github.com/yosida95/uritemplate/v3"
	"golang.org/x/sync/errgroup"
)

// Candidate is a dialect that a backend seems to speak.
type Candidate struct {
	Dialect *Dialect
	// URL is what to enter as the destination's url: the address that was
	// given, or one above it.
	URL string
	// NeedsSecret says that the backend refused the probe for want of a
	// secret, so that the place is right and the rest is a guess.
	NeedsSecret bool
	// sure counts what the answer proved.
	sure int
}

const (
	// probeTime bounds one probe.
	probeTime = 10 * time.Second
	// probesAtOnce is few enough not to look like an attack.
	probesAtOnce = 4
	// parentsTried is how far up from a pasted address the backend may be.
	parentsTried = 2
)

// Detect asks a backend which of the dialects it speaks, best guess first, by
// requests without consequences: each dialect's own probe, which signs
// something at most. No secret is sent. The error is a *fault.Error; a backend
// that answers and speaks none of them gives no candidate and no error.
func Detect(ctx context.Context, rawURL string, client *http.Client, dialects []*Dialect) ([]Candidate, error) {
	bases, err := parents(rawURL)
	if err != nil {
		return nil, err
	}
	asker := *client
	asker.CheckRedirect, asker.Jar, asker.Timeout = checkRedirect, nil, probeTime

	// What the backend answers to a path that nobody has tells what means nothing.
	nowhere, _ := uritemplate.New("/" + strings.ToLower(rand.Text()))
	control := map[string]outcome{}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		sec := section{name: "probe", method: method, path: nowhere}
		if method == http.MethodPost {
			sec.json = &tree{map[string]any{}}
		}
		o, err := try(ctx, &asker, bases[0], &sec, values{})
		if err != nil {
			return nil, err
		}
		control[method] = o
	}

	found := make([]*Candidate, len(bases)*len(dialects))
	var work errgroup.Group
	work.SetLimit(probesAtOnce)
	for i, base := range bases {
		for j, d := range dialects {
			if d.probe == nil {
				continue
			}
			work.Go(func() error {
				v := values{}
				for name, value := range d.Vars {
					v[name] = value
				}
				o, err := try(ctx, &asker, base, &d.probe.section, v)
				if err == nil {
					found[i*len(dialects)+j] = d.probe.judge(o, control[d.probe.method], base.String(), d)
				}
				return nil // one probe that fails says nothing of the others
			})
		}
	}
	_ = work.Wait()
	return rank(found), context.Cause(ctx)
}

// rank sorts by certainty and keeps one address for each dialect.
func rank(found []*Candidate) []Candidate {
	var all []Candidate
	for _, c := range found {
		if c != nil {
			all = append(all, *c)
		}
	}
	slices.SortStableFunc(all, func(a, b Candidate) int { return cmp.Compare(b.sure, a.sure) })
	var best []Candidate
	for _, c := range all {
		if !slices.ContainsFunc(best, func(b Candidate) bool { return b.Dialect == c.Dialect }) {
			best = append(best, c)
		}
	}
	return best
}

// parents lists where a backend may be that somebody pasted an address of.
func parents(raw string) ([]*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, wrong("url", fault.NotAnAddress)
	}
	u.RawQuery, u.Fragment, u.RawPath = "", "", ""
	u.Path = strings.TrimRight(u.Path, "/")
	list := []*url.URL{u}
	for range parentsTried {
		if u.Path == "" {
			break
		}
		up := *u
		up.Path = up.Path[:strings.LastIndexByte(up.Path, '/')]
		u = &up
		list = append(list, u)
	}
	return list, nil
}

// outcome is what a probe met.
type outcome struct {
	status int
	answer answer
}

func try(ctx context.Context, client *http.Client, base *url.URL, sec *section, v values) (outcome, error) {
	s := &Signer{base: base, client: *client, dialect: &Dialect{}, config: Config{
		Headers: map[string]string{"X-Requested-With": "XMLHttpRequest"}, Now: time.Now,
	}}
	status, _, a, err := s.exchange(ctx, sec, v, "")
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Code == fault.Backend {
		return outcome{}, nil // an answer, if a useless one
	}
	return outcome{status, a}, err
}

// judge says whether an outcome speaks for the dialect; nil: it does not.
func (b *probe) judge(o, control outcome, base string, d *Dialect) *Candidate {
	switch {
	case b.accepts(o):
		if b.accepts(control) {
			return nil
		}
		return &Candidate{Dialect: d, URL: base, sure: 1 + len(b.needs)}
	case (o.status == http.StatusUnauthorized || o.status == http.StatusForbidden) && control.status != o.status:
		return &Candidate{Dialect: d, URL: base, NeedsSecret: true}
	}
	return nil
}

func (b *probe) accepts(o outcome) bool {
	if !slices.Contains(b.status, o.status) {
		return false
	}
	for _, place := range b.needs {
		r, ok := o.answer.find(places{place})
		if !ok {
			return false
		}
		// A text alone, not a value in an object, must be an address: any
		// page is a text.
		if whole := string(o.answer.body); (!o.answer.isJSON || strings.HasPrefix(whole, `"`)) && !strings.HasPrefix(r.String(), "http") {
			return false
		}
	}
	return true
}
