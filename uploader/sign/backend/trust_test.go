package backend

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
	"chute/uploader/storetest"
)

// The secret goes to the backend, in the way that is configured, and nowhere else.
func TestAuthorization(t *testing.T) {
	for _, c := range []struct{ auth, secret, header, want string }{
		{AuthNone, "unused", "Authorization", ""},
		{AuthBearer, "s3cret", "Authorization", "Bearer s3cret"},
		{AuthBasic, "me:pass word", "Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("me:pass word"))},
		{AuthHeader + "uppy-auth-token", "s3cret", "Uppy-Auth-Token", "s3cret"},
		{AuthHeader + "Cookie", "session=abc", "Cookie", "session=abc"},
	} {
		t.Run(c.auth, func(t *testing.T) {
			h := newHouse(t)
			inner := uploadURL(h)
			var got, team, accept string
			backend := h.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got, team, accept = r.Header.Get(c.header), r.Header.Get("X-Team"), r.Header.Get("Accept")
				inner.ServeHTTP(w, r)
			}))
			var mu sync.Mutex
			var leaked []string
			h.Seen(func(_ storetest.Kind, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				for name := range r.Header {
					if name == "X-Team" || name == c.header {
						leaked = append(leaked, name)
					}
				}
			})
			s := signer(t, "upload-url", backend, func(f *Config) {
				f.Auth, f.Secret, f.Headers = c.auth, fixed(c.secret), map[string]string{"X-Team": "video"}
			})
			if snap := send(t, s, "a.txt", "k", []byte("x")); snap.Err != nil {
				t.Fatal(snap.Err)
			}
			if got != c.want || team != "video" || accept != "application/json" {
				t.Errorf("the backend got %q, X-Team %q, Accept %q; want %q", got, team, accept, c.want)
			}
			if len(leaked) > 0 {
				t.Errorf("the store got %v", leaked)
			}
		})
	}
}

func TestNoSecret(t *testing.T) {
	h := newHouse(t)
	s := signer(t, "upload-url", h.serve(uploadURL(h)), func(c *Config) { c.Auth, c.Secret = AuthBearer, fixed("") })
	u, err := s.Begin(t.Context(), object1(1))
	if err != nil {
		t.Fatal(err)
	}
	_, err = u.Single(t.Context())
	wantFault(t, err, fault.Denied, fault.DeniedBackend)
	if n := h.count("POST /api/upload-url"); n != 0 {
		t.Errorf("the backend was asked %d times without a secret", n)
	}
}

// single asks a backend that answers as given for a single request.
func single(t *testing.T, dialect string, handler http.HandlerFunc, change ...func(*Config)) (sign.Request, error) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	u, err := signer(t, dialect, server.URL, change...).Begin(t.Context(), object1(3))
	if err != nil {
		return sign.Request{}, err
	}
	return u.Single(t.Context())
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		status  int
		body    string
		header  string // name: value
		code    fault.Code
		variant fault.Variant
		class   fault.Class
		wait    time.Duration
		reason  string
	}{
		{status: 400, body: `{"error":"s3: no"}`, code: fault.Backend, variant: fault.BackendRefused, reason: "s3: no"},
		{status: 401, code: fault.Denied, variant: fault.DeniedBackend},
		{status: 403, body: "<html>", code: fault.Denied, variant: fault.DeniedBackend},
		{status: 404, code: fault.Backend, variant: fault.BackendAnswer},
		{status: 405, code: fault.Backend, variant: fault.BackendAnswer},
		{status: 408, code: fault.Backend, class: fault.Transient},
		{status: 413, code: fault.TooLarge},
		{status: 415, code: fault.WrongType},
		{status: 422, body: `{"errors":[{"message":"bad name"}]}`, code: fault.Backend, variant: fault.BackendRefused, reason: "bad name"},
		{status: 429, header: "Retry-After: 7", code: fault.Backend, class: fault.Slow, wait: 7 * time.Second},
		{status: 500, body: `{"message":"see https://x/?X-Amz-Signature=abc now"}`, code: fault.Backend, class: fault.Transient, reason: "see … now"},
		{status: 501, code: fault.Backend},
		{status: 502, body: "<html>Bad gateway", code: fault.Backend, class: fault.Transient},
		{status: 503, header: "Retry-After: 3", code: fault.Backend, class: fault.Slow, wait: 3 * time.Second},
	} {
		t.Run(fmt.Sprint(c.status), func(t *testing.T) {
			_, err := single(t, "upload-url", func(w http.ResponseWriter, _ *http.Request) {
				if name, value, ok := strings.Cut(c.header, ": "); ok {
					w.Header().Set(name, value)
				}
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
			})
			f := wantFault(t, err, c.code, c.variant)
			if f.Class != c.class || f.RetryAfter != c.wait || f.Status != c.status {
				t.Errorf("class %v after %v, status %d", f.Class, f.RetryAfter, f.Status)
			}
			if c.reason != "" && f.Facts["Reason"] != c.reason {
				t.Errorf("reason %q, want %q", f.Facts["Reason"], c.reason)
			}
			if strings.Contains(f.Error(), "Signature") {
				t.Errorf("%v", f)
			}
		})
	}
}

// What makes no sense is said plainly, and no signature is quoted.
func TestUselessAnswers(t *testing.T) {
	const sig = "X-Amz-Signature=5eC4e7"
	answers := map[string]struct {
		dialect, body string
		variant       fault.Variant
	}{
		"garbage":            {"upload-url", "\x00\xff{", fault.BackendAnswer},
		"nothing":            {"upload-url", "", fault.BackendAnswer},
		"null":               {"presign", "null", fault.BackendAnswer},
		"false":              {"upload-url", "false", fault.BackendAnswer},
		"null values":        {"three-endpoint", `{"presigned_url":null,"resource_url":null}`, fault.BackendAnswer},
		"no key":             {"upload-url", `{"upload_url":"https://s.example/k?` + sig + `"}`, fault.BackendAnswer},
		"null key":           {"upload-url", `{"upload_url":"https://s.example/k?` + sig + `","key":null}`, fault.BackendAnswer},
		"plain http":         {"presign", `"http://s.example/k?` + sig + `"`, fault.BackendURL},
		"another scheme":     {"presign", `"ftp://s.example/k?` + sig + `"`, fault.BackendURL},
		"a file":             {"presign", `"file:///etc/passwd"`, fault.BackendURL},
		"with a password":    {"presign", `"https://a:b@s.example/k?` + sig + `"`, fault.BackendURL},
		"scheme-relative":    {"presign", `"//s.example/k?` + sig + `"`, fault.BackendAnswer},
		"a word":             {"presign", `"error"`, fault.BackendAnswer},
		"a sentence":         {"presign", `"no such bucket /x"`, fault.BackendAnswer},
		"too long":           {"presign", `"https://s.example/` + strings.Repeat("k", maxURL) + `"`, fault.BackendAnswer},
		"a number":           {"upload-url", `{"upload_url":17,"key":"k"}`, fault.BackendAnswer},
		"a list":             {"upload-url", `[1,2]`, fault.BackendAnswer},
		"for a part":         {"presign", `"https://s.example/k?partNumber=1&uploadId=u&` + sig + `"`, fault.BackendAnswer},
		"fields as text":     {"post-form", `{"url":"https://s.example/","fields":"key=1"}`, fault.BackendAnswer},
		"fields of objects":  {"post-form", `{"url":"https://s.example/","fields":{"key":{"a":1}}}`, fault.BackendAnswer},
		"method":             {"uppy-companion", `{"method":"DELETE","url":"https://s.example/k?` + sig + `"}`, fault.BackendAnswer},
		"form by PUT":        {"uppy-companion", `{"method":"PUT","url":"https://s.example/","fields":{"key":"k"}}`, fault.BackendAnswer},
		"a header injection": {"laravel-vapor", `{"url":"https://s.example/k","key":"k","headers":{"X":"a\r\nb: c"}}`, fault.BackendAnswer},
		"headers as text":    {"laravel-vapor", `{"url":"https://s.example/k","key":"k","headers":"X: y"}`, fault.BackendAnswer},
		"deep nesting":       {"upload-url", strings.Repeat("[", 1<<20), fault.BackendAnswer},
	}
	for name, c := range answers {
		t.Run(name, func(t *testing.T) {
			r, err := single(t, c.dialect, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, c.body) })
			if err == nil {
				t.Fatalf("no failure: %s %s %v", r.Method, r.URL, r.Header)
			}
			f := wantFault(t, err, fault.Backend, c.variant)
			if f.Class != fault.Permanent || f.Facts["Host"] == "" || strings.Contains(f.Error(), "5eC4e7") {
				t.Errorf("%v (class %d)", f, f.Class)
			}
		})
	}
}

func TestEndlessAnswer(t *testing.T) {
	page := []byte(strings.Repeat("x", 1<<20))
	_, err := single(t, "upload-url", func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(page); err != nil {
				return
			}
		}
	})
	wantFault(t, err, fault.Backend, fault.BackendAnswer)
}

// A backend that mixes uploads up is found out before anything is sent.
func TestRequestsOfAnotherUpload(t *testing.T) {
	for name, c := range map[string]struct{ part, batch string }{
		"another upload": {part: "https://s.example/k?partNumber=2&uploadId=other"},
		"another part":   {part: "https://s.example/k?partNumber=3&uploadId=u/1+="},
		"in a batch":     {batch: `{"2":"https://s.example/k?partNumber=2&uploadId=other"}`},
		"not in batch":   {batch: `{"7":"https://s.example/k?partNumber=7&uploadId=u/1%2B="}`},
		"no number":      {batch: `{"two":"https://s.example/k"}`},
		"no address":     {batch: `{"2":null}`},
		"no list":        {batch: `"soon"`},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.Method == http.MethodPost:
					reply(w, 200, object{"uploadId": "u/1+=", "key": "k"})
				case strings.HasSuffix(r.URL.Path, "/batch"):
					io.WriteString(w, `{"presignedUrls":`+c.batch+`}`)
				default:
					reply(w, 200, object{"url": c.part})
				}
			}))
			defer server.Close()
			d := *Find(Builtin(), "uppy-companion")
			if c.part != "" {
				d.batch = nil
			}
			o := object1(20 << 20)
			o.Parts, o.PartSize = 3, 8<<20
			u, err := signerOf(t, &d, server.URL).Begin(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			_, err = u.Part(t.Context(), 2, sign.PartInfo{})
			wantFault(t, err, fault.Backend, fault.BackendAnswer)
		})
	}
}

func TestAllowHTTP(t *testing.T) {
	answer := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "http://s.example/k") }
	r, err := single(t, "presign", answer, func(c *Config) { c.AllowHTTP = true })
	if err != nil || r.URL != "http://s.example/k" || r.Method != http.MethodPut {
		t.Errorf("%v, %v", r, err)
	}
	for url, ok := range map[string]bool{
		"https://b.example": true, "http://b.example": false, "http://localhost:1": true, "http://[::1]:1": true,
		"http://127.9.9.9": true, "http://localhost.example": false, "ftp://b": false, "https://u:p@b": false, "b.example": false,
	} {
		_, err := New(Config{URL: url, Dialect: Find(Builtin(), "presign")})
		if (err == nil) != ok {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// Redirects keep the host and the method, and so the secret.
func TestRedirects(t *testing.T) {
	foreign := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the other host was asked")
	}))
	defer foreign.Close()
	for name, c := range map[string]struct {
		status int
		to     string
		code   fault.Code // empty: it works
	}{
		"same host":      {307, "/moved", ""},
		"another host":   {307, foreign.URL + "/moved", fault.Backend},
		"method changes": {302, "/moved", fault.Offline},
		"in circles":     {307, "/api/upload-url", fault.Backend},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := single(t, "upload-url", func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/moved" {
					if r.Header.Get("Authorization") != "Bearer s3cret" {
						t.Errorf("the secret got lost")
					}
					if b, _ := io.ReadAll(r.Body); !strings.Contains(string(b), "text/plain") {
						t.Errorf("the body got lost: %q", b)
					}
					io.WriteString(w, `{"upload_url":"https://s.example/k","key":"k"}`)
					return
				}
				http.Redirect(w, r, c.to, c.status)
			}, func(f *Config) { f.Auth, f.Secret = AuthBearer, fixed("s3cret") })
			if c.code == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantFault(t, err, c.code, map[fault.Code]fault.Variant{fault.Backend: fault.BackendAnswer, fault.Offline: fault.SignIn}[c.code])
		})
	}
}

func TestUnreachable(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	u, err := signer(t, "upload-url", server.URL).Begin(t.Context(), object1(1))
	if err != nil {
		t.Fatal(err)
	}
	_, err = u.Single(t.Context())
	if f := wantFault(t, err, fault.Offline, fault.NotAnswering); f.Class != fault.Unreachable {
		t.Errorf("class %d", f.Class)
	}
}

// A page for people, such as the one that a public network puts in place of
// everything else, is waited for to go away.
func TestWebPages(t *testing.T) {
	for name, c := range map[string]struct{ dialect, body string }{
		"a page":            {"upload-url", "<!DOCTYPE html><title>Sign in</title>"},
		"a page as address": {"presign", "<!DOCTYPE html><a href='https://s/?X-Amz-Signature=5eC4e7'>"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := single(t, c.dialect, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, c.body) })
			f := wantFault(t, err, fault.Offline, fault.SignIn)
			if f.Class != fault.Unreachable || f.Facts["Host"] == "" || strings.Contains(f.Error(), "5eC4e7") {
				t.Errorf("%v (class %d)", f, f.Class)
			}
		})
	}
}
