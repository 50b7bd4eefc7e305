package backend

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"

	"chute/uploader/fault"

	"golang.org/x/net/html"
)

// openSession is the session with a backend that wants one: its cookies, and
// the token against forged requests that each request repeats.
type openSession struct {
	signer *Signer
	jar    http.CookieJar

	mu    sync.Mutex
	began bool
	token string
	// renewal counts sessions, so that several requests that were refused
	// together make one new session.
	renewals int
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

// open returns the token to send with the next request, beginning a session
// where there is none yet, or where the last one is over.
func (o *openSession) open(ctx context.Context, over bool) (string, error) {
	d := o.signer.dialect.session
	if d == nil || d.path == nil {
		return "", nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.began && !over {
		return o.latest(), nil
	}
	sec := &section{name: "session", method: http.MethodGet, path: d.path}
	status, header, a, err := o.signer.exchange(ctx, sec, o.signer.vars(), "")
	if err != nil {
		return "", err
	}
	if status < 200 || status > 299 {
		return "", o.signer.refusal(sec, status, header, a)
	}
	if from, name, _ := strings.Cut(d.token, ":"); from != "cookie" && from != "" {
		if from == "meta" {
			o.token = metaContent(a.body, name)
		} else {
			o.token = a.str(places{name})
		}
	}
	if d.token != "" && o.latest() == "" {
		return "", o.signer.misunderstood(sec, fmt.Errorf("no token at %s", d.token))
	}
	o.began = true
	return o.latest(), nil
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

var _ = fault.Backend
