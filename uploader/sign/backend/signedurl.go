package backend

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"chute/uploader/fault"
	"chute/uploader/sign"

	"github.com/tidwall/gjson"
	"golang.org/x/net/http/httpguts"
)

// maxURL is the longest address that is taken from a backend; those with
// session tokens have some 2,000 characters.
const maxURL = 16 << 10

// address checks a URL that a backend gave, and resolves a relative one. The
// error holds no part of it: it may be signed.
func (s *Signer) address(sec *section, raw string) (string, error) {
	if raw == "" {
		return "", s.misunderstood(sec, fmt.Errorf("no address at %s", strings.Join(sec.answer["url"], ", ")))
	}
	u, err := url.Parse(raw)
	switch {
	case len(raw) > maxURL, err != nil, strings.ContainsAny(raw, " <>\"\r\n\t"):
		return "", s.misunderstood(sec, errors.New("what should be an address is none"))
	case u.Scheme == "" && u.Host == "" && s.relative(sec, raw):
		// The destination's address counts as a folder.
		folder := *s.base
		folder.Path = strings.TrimRight(folder.Path, "/") + "/"
		folder.RawPath = ""
		u = folder.ResolveReference(u)
		raw = u.String()
	case u.Scheme == "":
		return "", s.misunderstood(sec, errors.New("what should be an address is none"))
	}
	plainHTTP := u.Scheme == "http" && (sign.IsLoopback(u.Hostname()) || s.config.AllowHTTP)
	if u.Scheme != "https" && !plainHTTP || u.Hostname() == "" || u.User != nil {
		return "", fault.New(fault.Backend, fault.BackendURL, fault.Facts{"Host": s.base.Host},
			fmt.Errorf("%s: an address with scheme %q", sec.name, plain(u.Scheme, 20)))
	}
	if cut := strings.IndexByte(raw, '#'); cut >= 0 {
		raw = raw[:cut]
	}
	return raw, nil
}

// relative tells a relative address from a text that is none, such as an error
// message: an answer in JSON is believed, plain text must look like one.
func (s *Signer) relative(sec *section, raw string) bool {
	return strings.HasPrefix(raw, "/") || strings.HasPrefix(raw, "?") || strings.HasPrefix(raw, ".") ||
		strings.ContainsAny(raw, "/?")
}

// belongs checks, as far as an address shows it, that it is for this part of
// this upload, or for no part at all (number 0): a backend that mixes uploads
// up would make an object out of two.
func belongs(raw, uploadID string, number int) error {
	u, err := url.Parse(raw)
	if err != nil {
		return err
	}
	q := u.Query()
	if number == 0 {
		if q.Has("partNumber") {
			return errors.New("the address is for a part, not for a whole object")
		}
		return nil
	}
	if id := q.Get("uploadId"); q.Has("uploadId") && uploadID != "" && id != uploadID {
		return errors.New("the address is for another upload")
	}
	if n := q.Get("partNumber"); q.Has("partNumber") && n != strconv.Itoa(number) {
		return fmt.Errorf("the address is for part %s, not %d", plain(n, 10), number)
	}
	return nil
}

// neverReplayed are headers of an answer that the client makes itself.
var neverReplayed = map[string]bool{
	"Host": true, "Content-Length": true, "Transfer-Encoding": true, "Connection": true, "Expect": true, "Te": true, "Trailer": true, "Upgrade": true,
}

// uploadHeader makes the headers of an upload request: those that the dialect
// fixes, and over them those of the answer.
func (s *Signer) uploadHeader(sec *section, v values, a answer) (http.Header, error) {
	h := make(http.Header)
	for _, p := range sec.headers {
		if value := p.value.expand(v); value != "" {
			h.Set(p.name, value)
		}
	}
	for _, place := range sec.headerPlaces {
		r, ok := a.find(place.places)
		if !ok {
			continue
		}
		prefix, several := strings.CutSuffix(place.name, "*")
		if !several {
			h[http.CanonicalHeaderKey(place.name)] = headerValues(r)
			continue
		}
		if !r.IsObject() && !(r.IsArray() && len(r.Array()) == 0) {
			return nil, s.misunderstood(sec, errors.New("the headers are no object"))
		}
		r.ForEach(func(name, value gjson.Result) bool {
			if values := headerValues(value); len(values) > 0 {
				h[http.CanonicalHeaderKey(prefix+name.String())] = values
			}
			return true
		})
	}
	for name, values := range h {
		if neverReplayed[name] {
			delete(h, name)
			continue
		}
		for _, value := range values {
			if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
				return nil, s.misunderstood(sec, fmt.Errorf("the header %q cannot be sent", plain(name, 40)))
			}
		}
	}
	return h, nil
}

// headerValues reads a header's value: a text, a number, or a list of them.
func headerValues(r gjson.Result) []string {
	var values []string
	if r.IsArray() {
		for _, v := range r.Array() {
			values = append(values, headerValues(v)...)
		}
		return values
	}
	switch r.Type {
	case gjson.String, gjson.Number, gjson.True, gjson.False:
		return []string{r.String()}
	}
	return nil
}
