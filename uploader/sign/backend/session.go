package backend

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/yosida95/uritemplate/v3"
	"golang.org/x/net/html"
)

// openSession is the session with a backend that wants one: its cookies, and
// the token against forged requests that each request repeats.
type openSession struct {
	signer *Signer
	jar    http.CookieJar

	mu    sync.Mutex
	began int // how many sessions there were
	token string
}

func newSession(s *Signer) *openSession {
	o := &openSession{signer: s}
	if s.dialect.session != nil {
		o.jar, _ = cookiejar.New(nil) // for one host only; never fails
	}
	return o
}

// isOver says that a refusal with that status means: begin a new session.
func (o *openSession) isOver(status int) bool {
	d := o.signer.dialect.session
	return d != nil && slices.Contains(d.renew, status)
}

// open returns the token to send with the next request and the number of its
// session. It begins a session where there is none after number over, so that
// several requests that were refused together make one new session; the first
// call gives 0.
func (o *openSession) open(ctx context.Context, over int) (token string, number int, err error) {
	d := o.signer.dialect.session
	if d == nil || len(d.paths) == 0 {
		return "", 0, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.began > over {
		return o.latest(), o.began, nil
	}
	for _, path := range d.paths {
		found, err := o.visit(ctx, path)
		if err != nil {
			return "", 0, err
		}
		if found {
			break
		}
	}
	o.began++
	return o.latest(), o.began, nil
}

// visit asks a page for cookies and the token, and says whether it is one that
// gives them. One that does not is no failure: the backend may need none, and
// says so when it does.
func (o *openSession) visit(ctx context.Context, path *uritemplate.Template) (bool, error) {
	d := o.signer.dialect.session
	sec := &section{name: "session", method: http.MethodGet, path: path}
	status, _, a, err := o.signer.exchange(ctx, sec, o.signer.vars(), "")
	if err != nil || status < 200 || status > 299 {
		return false, err
	}
	switch from, name, _ := strings.Cut(d.token, ":"); from {
	case "meta":
		o.token = metaContent(a.body, name)
	case "json":
		o.token = a.str(places{name})
	}
	return d.token == "" || o.latest() != "", nil
}

// latest is the token as of now: one in a cookie may change with every answer.
func (o *openSession) latest() string {
	d := o.signer.dialect.session
	name, inCookie := strings.CutPrefix(d.token, "cookie:")
	if !inCookie {
		return o.token
	}
	for _, c := range o.jar.Cookies(o.signer.base) {
		if c.Name == name {
			if value, err := url.QueryUnescape(strings.ReplaceAll(c.Value, "+", "%2B")); err == nil {
				return value
			}
			return c.Value
		}
	}
	return ""
}

// metaContent finds <meta name="…" content="…"> in a page.
func metaContent(page []byte, name string) string {
	z := html.NewTokenizer(strings.NewReader(string(page)))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if t.Data != "meta" {
				continue
			}
			var found, content string
			for _, a := range t.Attr {
				switch a.Key {
				case "name":
					found = a.Val
				case "content":
					content = a.Val
				}
			}
			if found == name {
				return content
			}
		}
	}
}
