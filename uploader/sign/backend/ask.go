package backend

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"chute/uploader/fault"

	"golang.org/x/net/http/httpguts"
)

// maxRedirects bounds how often a backend may send on.
const maxRedirects = 5

// checkRedirect follows redirects that keep host and method: only then does
// what is sent, a secret included, go where the user said. https may replace
// http, not the other way round.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	sameHost := req.URL.Hostname() == first.URL.Hostname() && (req.URL.Port() == first.URL.Port() || req.URL.Scheme != first.URL.Scheme)
	secure := req.URL.Scheme == first.URL.Scheme || req.URL.Scheme == "https"
	if len(via) > maxRedirects || !sameHost || !secure || req.Method != first.Method {
		return http.ErrUseLastResponse
	}
	return nil
}

// ask sends the request of a section and returns what a success answers.
func (s *Signer) ask(ctx context.Context, sec *section, v values) (answer, error) {
	over := 0
	for {
		token, session, err := s.session.open(ctx, over)
		if err != nil {
			return answer{}, err
		}
		status, header, a, err := s.exchange(ctx, sec, v, token)
		if err != nil {
			return answer{}, err
		}
		if s.session.isOver(status) && session > 0 && over == 0 {
			over = session
			continue
		}
		if status < 200 || status > 299 {
			return answer{}, s.refusal(sec, status, header, a)
		}
		if f, ok := fault.WebPage(header, s.base.Host); ok {
			f.Err = errors.New(sec.name)
			return answer{}, f
		}
		if a.refused() {
			return answer{}, s.misunderstood(sec, errors.New("the answer is "+string(a.body)))
		}
		if reason, failed := a.find(sec.answer["error"]); failed && reason.String() != "false" {
			return answer{}, s.refusal(sec, status, header, a)
		}
		return a, nil
	}
}

// exchange is one request and its answer, whatever that says.
func (s *Signer) exchange(ctx context.Context, sec *section, v values, token string) (int, http.Header, answer, error) {
	req, err := s.request(ctx, sec, v)
	if err != nil {
		return 0, nil, answer{}, err
	}
	if token != "" {
		req.Header.Set(s.dialect.session.header, token)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, nil, answer{}, fault.FromTransport(err, s.base.Host)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return 0, nil, answer{}, fault.FromTransport(err, s.base.Host)
	}
	if len(body) > maxAnswer {
		return 0, nil, answer{}, s.misunderstood(sec, errors.New("the answer has no end"))
	}
	return resp.StatusCode, resp.Header, newAnswer(body, s.config.Now()), nil
}

// request builds the request of a section.
func (s *Signer) request(ctx context.Context, sec *section, v values) (*http.Request, error) {
	path, err := expandURL(sec.path, v)
	if err != nil {
		return nil, fault.New(fault.Internal, "", nil, err)
	}
	body, contentType, err := sec.body(v)
	if err != nil {
		return nil, fault.New(fault.Internal, "", nil, err)
	}
	req, err := http.NewRequestWithContext(ctx, sec.method, join(s.base.String(), path), bytes.NewReader(body))
	if err != nil {
		return nil, fault.New(fault.Config, "", nil, fmt.Errorf("the address of %s cannot be used", sec.name))
	}
	h := req.Header
	h.Set("Accept", "application/json")
	h.Set("User-Agent", s.config.Agent)
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	if s.dialect.session != nil {
		for _, p := range s.dialect.session.headers {
			h.Set(p.name, p.value.expand(v))
		}
	}
	for name, value := range s.config.Headers {
		h.Set(name, value)
	}
	return req, s.authorize(ctx, h)
}

// body makes what a section sends, and its type.
func (s *section) body(v values) (body []byte, contentType string, err error) {
	switch {
	case s.json != nil:
		body, err = s.json.marshal(v)
		return body, "application/json", err
	case s.form != nil:
		form := url.Values{}
		for _, p := range s.form {
			form.Set(p.name, p.value.expand(v))
		}
		return []byte(form.Encode()), "application/x-www-form-urlencoded", nil
	}
	return nil, "", nil
}

// join puts a path after the destination's address, whose own path stays.
func join(base, path string) string {
	if path == "" || path[0] == '?' {
		return base + path
	}
	return strings.TrimRight(base, "/") + "/" + strings.TrimLeft(path, "/")
}

// authorize adds the secret.
func (s *Signer) authorize(ctx context.Context, h http.Header) error {
	if s.config.Auth == "" || s.config.Auth == AuthNone {
		return nil
	}
	secret := ""
	if s.config.Secret != nil {
		var err error
		if secret, err = s.config.Secret(ctx); err != nil {
			return err
		}
	}
	if secret == "" {
		return s.denied(errors.New("no secret was entered"))
	}
	name, value := "Authorization", ""
	switch s.config.Auth {
	case AuthBearer:
		value = "Bearer " + secret
	case AuthBasic:
		value = "Basic " + base64.StdEncoding.EncodeToString([]byte(secret))
	default:
		name, value = strings.TrimPrefix(s.config.Auth, AuthHeader), secret
	}
	if !httpguts.ValidHeaderFieldValue(value) {
		return s.denied(errors.New("the secret has characters that no header can carry"))
	}
	h.Set(name, value)
	return nil
}

func (s *Signer) denied(err error) error {
	return fault.New(fault.Denied, fault.DeniedBackend, fault.Facts{"Host": s.base.Host}, err)
}

// misunderstood is an answer that makes no sense.
func (s *Signer) misunderstood(sec *section, err error) error {
	return fault.New(fault.Backend, fault.BackendAnswer, fault.Facts{"Host": s.base.Host}, fmt.Errorf("%s: %w", sec.name, err))
}

// commonReasons are where backends say what went wrong.
var (
	commonReasons = places{"error.message", "message", "error", "errors.0.message", "errors.0", "detail", "title"}
	commonCodes   = places{"error.type", "error.code", "code"}
)

// refusal turns an answer that says no into a failure.
func (s *Signer) refusal(sec *section, status int, header http.Header, a answer) error {
	// Reading the wish for a pause is the same as for stores.
	store := fault.FromStore(fault.StoreAnswer{Status: status, Header: header, Host: s.base.Host}, s.config.Now())
	theirs := a.str(slices.Concat(s.dialect.errors.code, commonCodes))
	f := &fault.Error{
		Code: fault.Backend, Status: status, RetryAfter: store.RetryAfter, Server: plain(theirs, 60),
		RequestID: plain(header.Get("X-Request-Id"), 60), Facts: fault.Facts{"Host": s.base.Host},
	}
	said := plain(a.str(slices.Concat(sec.answer["error"], s.dialect.errors.message, commonReasons)), 300)
	reason := cmp.Or(said, http.StatusText(status))
	f.Facts["Reason"] = reason
	f.Err = fmt.Errorf("%s: %d: %s", sec.name, status, reason)
	code, known := s.dialect.errors.codes[theirs]
	switch {
	case known:
		f.Code = code
		switch code {
		case fault.Denied:
			f.Variant = fault.DeniedBackend
		case fault.Throttled:
			f.Class = fault.Slow
		}
	case status == http.StatusUnauthorized, status == http.StatusForbidden, s.session.isOver(status):
		f.Code, f.Variant = fault.Denied, fault.DeniedBackend
	case status == http.StatusRequestEntityTooLarge:
		f.Code = fault.TooLarge
	case status == http.StatusUnsupportedMediaType:
		f.Code = fault.WrongType
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		f.Class = fault.Slow
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status >= 500 && status != http.StatusNotImplemented:
		f.Class = fault.Transient
	case sec.uses("upload_id") && (status == http.StatusNotFound || status == http.StatusGone):
		f.Code, f.Variant = fault.Changed, fault.StoreForgot
	case status == http.StatusFound, status == http.StatusSeeOther:
		f.Code, f.Variant, f.Class = fault.Offline, fault.SignIn, fault.Unreachable
	case status >= 300 && status < 400, status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		f.Variant = fault.BackendAnswer
	}
	if f.Variant == "" && f.Class == fault.Permanent && said != "" {
		f.Variant = refused[f.Code]
	}
	return f
}

// refused are the words for a refusal that has the backend's own.
var refused = map[fault.Code]fault.Variant{
	fault.Backend: fault.BackendRefused, fault.TooLarge: fault.RefusedSize, fault.WrongType: fault.RefusedType,
}

// plain makes a server's text fit for a line of a log or a window. Words that
// are addresses, or look signed, are left out.
func plain(s string, limit int) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	})
	for i, w := range words {
		if lower := strings.ToLower(w); strings.Contains(lower, "://") || strings.Contains(lower, "signature=") || strings.Contains(lower, "token=") {
			words[i] = "…"
		}
	}
	r := []rune(strings.Join(words, " "))
	if len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return string(r)
}
