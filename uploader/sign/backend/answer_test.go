package backend

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

func TestExpiry(t *testing.T) {
	for raw, want := range map[string]string{
		"https://b/k?X-Amz-Date=20240101T000000Z&X-Amz-Expires=900&X-Amz-Signature=x":   "2024-01-01T00:15:00Z",
		"https://b/k?x-amz-date=20240101T000000Z&x-amz-expires=60":                      "2024-01-01T00:01:00Z",
		"https://b/k?AWSAccessKeyId=A&Signature=x%3D&Expires=1704067200":                "2024-01-01T00:00:00Z",
		"https://b/k?GoogleAccessId=a@b&Expires=1704067200&Signature=x":                 "2024-01-01T00:00:00Z",
		"https://b/k?X-Goog-Date=20240101T000000Z&X-Goog-Expires=3600&X-Goog-Signature": "2024-01-01T01:00:00Z",
		"https://b/k?x-oss-date=20240101T000000Z&x-oss-expires=1":                       "2024-01-01T00:00:01Z",
		"https://d.cloudfront.net/k?Expires=1704067200&Signature=x&Key-Pair-Id=K":       "2024-01-01T00:00:00Z",
		"https://a.blob.core.windows.net/c/k?sv=2023&se=2024-01-01T00%3A00%3A00Z&sig=x": "2024-01-01T00:00:00Z",
		"https://a.blob.core.windows.net/c/k?se=2024-01-01&sig=x":                       "2024-01-01T00:00:00Z",
		"https://b/k": "", "https://b/k?Expires=1704067200": "", "https://b/k?se=2024-01-01": "", "%": "",
		"https://b/k?X-Amz-Date=20240101T000000Z&X-Amz-Expires=-1":                  "",
		"https://b/k?X-Amz-Date=20240101T000000Z&X-Amz-Expires=9223372036854775807": "",
		"https://b/k?X-Amz-Date=tomorrow&X-Amz-Expires=60":                          "",
		"https://b/k?Signature=x&Expires=99999999999999":                            "",
	} {
		at, ok := Expiry(raw)
		if got := at.UTC().Format(time.RFC3339); ok != (want != "") || ok && got != want {
			t.Errorf("%s ends %s (%v), want %s", raw, got, ok, want)
		}
	}
}

func FuzzExpiry(f *testing.F) {
	f.Add("X-Amz-Date=20240101T000000Z&X-Amz-Expires=900")
	f.Add("Signature=x&Expires=1704067200")
	f.Add("se=2024-01-01T00:00Z&sig=x")
	f.Add("x-goog-date=00010101T000000Z&x-goog-expires=3153600000")
	f.Fuzz(func(t *testing.T, query string) {
		at, ok := Expiry("https://b/k?" + query)
		if ok && (at.Year() < -1 || at.Year() > 10100) {
			t.Errorf("%s ends in %v", query, at)
		}
	})
}

func TestAnswerExpires(t *testing.T) {
	now := time.Unix(1700000000, 0)
	sec := &section{answer: map[string]places{"expires_in": {"in"}, "expires_at": {"at"}}}
	for body, want := range map[string]int64{
		`{"in":800}`: 1700000800, `{"in":"60"}`: 1700000060, `{"in":1.5}`: 1700000001, `{"in":0}`: 0, `{"in":-5}`: 0,
		`{"in":1e300}`: 0, `{"in":"soon"}`: 0, `{"in":null}`: 0, `{}`: 0, `{"in":true}`: 0,
		`{"at":1700000005}`: 1700000005, `{"at":1700000005123}`: 1700000005, `{"at":"2023-11-14T22:13:25Z"}`: 1700000005,
		`{"at":"2023-11-14T23:13:25.5+01:00"}`: 1700000005, `{"at":"Tue, 14 Nov 2023 22:13:25 GMT"}`: 1700000005,
		`{"at":"never","in":800}`: 1700000800,
	} {
		got := newAnswer([]byte(body), now).expires(sec)
		if got.IsZero() != (want == 0) || want != 0 && got.Unix() != want {
			t.Errorf("%s ends at %v, want %d", body, got, want)
		}
	}
}

// A name beyond ASCII is escaped by its UTF-8 bytes, and nothing is escaped in
// what is no address.
func TestTemplates(t *testing.T) {
	d := dialectOf(t, `[single]
path = "/s{?name}{&key}&x={+key}/{content_type}/{size}"
json = { whole = "{size}", part = "n={size}", braces = "{} {Size", deep = [{ a = "{name}" }], n = 1.5 }
answer = { url = "url" }`)
	v := values{"name": "ü 日本 😀&+", "key": "a/b c", "content_type": "text/plain", "size": int64(7), "upload_id": "\x80"}
	got, err := expandURL(d.single.path, v)
	want := "/s?name=%C3%BC%20%E6%97%A5%E6%9C%AC%20%F0%9F%98%80%26%2B&key=a%2Fb%20c&x=a/b%20c/text%2Fplain/7"
	if err != nil || got != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	body, err := d.single.json.marshal(v)
	if want := `{"braces":"{} {Size","deep":[{"a":"ü 日本 😀\u0026+"}],"n":1.5,"part":"n=7","whole":7}`; err != nil || string(body) != want {
		t.Errorf("got  %s, %v\nwant %s", body, err, want)
	}
	if got, want := join("https://b/api/", "/x"), "https://b/api/x"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := join("https://b/api", ""), "https://b/api"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// An answer is relative to the destination's address as to a folder.
func TestRelativeAddresses(t *testing.T) {
	s := signer(t, "presign", "https://b.example/api")
	for raw, want := range map[string]string{
		"/up/1?sig=a%2Fb": "https://b.example/up/1?sig=a%2Fb", "up/1": "https://b.example/api/up/1", "./up": "https://b.example/api/up",
		"?x=1": "https://b.example/api/?x=1", "../up/ü": "https://b.example/up/%C3%BC", "https://s.example/k%2B?x#y": "https://s.example/k%2B?x",
	} {
		if got, err := s.address(s.dialect.single, raw); err != nil || got != want {
			t.Errorf("%s is %s (%v), want %s", raw, got, err, want)
		}
	}
}

// No answer makes the client send anywhere it must not, or say a signature.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		`{"presigned_url":"https://s.example/k?X-Amz-Signature=SECRET","resource_url":null}`,
		`{"url":"https://s.example/","fields":{"key":"k","policy":"e30="},"method":"post","expires":60}`,
		`{"files":[{"signedUrl":"https://s.example/k","file":{"type":"a/b","objectInfo":{"key":"k","metadata":{"a":"b"}}},"headers":[]}]}`,
		`{"multipart":{"files":[{"uploadId":"u","parts":[{"signedUrl":"https://s.example/k?partNumber=1&uploadId=u","partNumber":1}],"completeSignedUrl":"https://s.example/c","abortSignedUrl":"/a"}],"partSize":5242880}}`,
		`{"uploadId":"u","key":"k","presignedUrls":{"1":"http://evil.example/","x":7}}`,
		`{"url":"https://s.example/k","key":"k","headers":{"Host":["x"],"A":["b",["c"]],"Content-Length":1}}`,
		`"http://127.0.0.1:1/?X-Amz-Signature=SECRET"`, "null", "", "<html>", `[{"PartNumber":1,"ETag":"x","Size":"9"}]`,
		`{"credentials":{"AccessKeyId":"a","SecretAccessKey":"SECRET"},"bucket":"b","endpoint":"http://evil.example"}`,
		`{"error":{"type":"file_too_large","message":"https://s.example/?X-Amz-Signature=SECRET"}}`,
	} {
		f.Add(body, 200)
	}
	f.Add(`{"message":"at https://s.example/?X-Amz-Signature=SECRET","code":7}`, 400)
	f.Fuzz(func(t *testing.T, body string, status int) {
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			return reader(r, 200+(status%400+400)%400, body), nil
		})
		store := roundTrip(func(r *http.Request) (*http.Response, error) {
			if !safe(r.URL.String()) {
				t.Errorf("control request to %s", r.URL)
			}
			return reader(r, 200, body), nil
		})
		for _, d := range Builtin() {
			s, err := New(Config{URL: "https://b.example", Dialect: d, Vars: map[string]string{}, Transport: transport, Store: store})
			if d.Name == "better-upload" {
				s, err = New(Config{URL: "https://b.example", Dialect: d, Vars: map[string]string{"route": "r"}, Transport: transport, Store: store})
			}
			if err != nil {
				t.Fatal(err)
			}
			everything(t, s)
		}
	})
}

func reader(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
}

func safe(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.User == nil && (u.Scheme == "https" || u.Scheme == "http" && sign.IsLoopback(u.Hostname()))
}

// everything makes every call that a signer has.
func everything(t *testing.T, s *Signer) {
	ctx := context.Background()
	var failures []error
	check := func(r sign.Request, err error) {
		failures = append(failures, err)
		if err == nil && (!safe(r.URL) || r.Method != http.MethodPut && r.Method != http.MethodPost) {
			t.Errorf("%s: %s %s", s.dialect.Name, r.Method, r.URL)
		}
		for name := range r.Header {
			if neverReplayed[name] {
				t.Errorf("%s: header %s", s.dialect.Name, name)
			}
		}
	}
	for _, parts := range []int{0, 3} {
		o := object1(20 << 20)
		o.Parts, o.PartSize, o.Digest = parts, 8<<20, noDigest
		u, err := s.Begin(ctx, o)
		failures = append(failures, err)
		if err != nil {
			continue
		}
		check(u.Single(ctx))
		check(u.Part(ctx, 1, sign.PartInfo{}))
		_, err = u.Uploaded(ctx)
		failures = append(failures, err)
		_, err = u.Complete(ctx, []sign.Part{{Number: 1, ETag: "e"}})
		failures = append(failures, err)
		link, err := u.Link(ctx, time.Hour)
		if failures = append(failures, err); err == nil && !safe(link.URL) {
			t.Errorf("%s: link %s", s.dialect.Name, link.URL)
		}
		failures = append(failures, u.Abort(ctx))
		if stored, err := json.Marshal(u.Ref()); err != nil || strings.Contains(string(stored), "X-Amz-Signature=SECRET") {
			t.Errorf("%s: stored %s, %v", s.dialect.Name, stored, err)
		}
	}
	for _, err := range failures {
		if err == nil || errors.Is(err, sign.ErrUnsupported) {
			continue
		}
		if _, ok := errors.AsType[*fault.Error](err); !ok || strings.Contains(err.Error(), "Signature=SECRET") {
			t.Errorf("%s: %v", s.dialect.Name, err)
		}
	}
}

func TestEscapeKey(t *testing.T) {
	const key = "a b/ü+%2F#?&=日.txt"
	u, err := url.Parse("https://b.example/" + escapeKey(key))
	if err != nil || u.Path != "/"+key || strings.ContainsAny(u.String(), "+ ") || u.RawQuery != "" {
		t.Errorf("%v, %v", u, err)
	}
}
