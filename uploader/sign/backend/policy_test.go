package backend

import (
	"bytes"
	"encoding/base64"
	"mime/multipart"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
	"chute/uploader/storetest"
)

// policied is a backend that hands out forms with these conditions.
func policied(h *house, key string, d time.Duration, without []string, conditions ...any) string {
	return h.serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		f := h.form(key, d, conditions...)
		for _, name := range without {
			delete(f.Values, name)
		}
		reply(w, 200, object{"url": f.URL, "fields": f.Values})
	}))
}

// What the store would refuse after the bytes is refused before them.
func TestPolicyIsReadAhead(t *testing.T) {
	text := []any{"starts-with", "$Content-Type", "text/"}
	for name, c := range map[string]struct {
		conditions []any
		bytes      []byte
		code       fault.Code
		variant    fault.Variant
	}{
		"fits exactly": {[]any{[]any{"content-length-range", 3, 3}, text}, []byte("abc"), "", ""},
		"too large":    {[]any{[]any{"content-length-range", 0, 2}}, []byte("abc"), fault.TooLarge, fault.PartLimit},
		"too small":    {[]any{[]any{"content-length-range", 4, 9}}, []byte("abc"), fault.Unsupported, fault.TooSmall},
		"wrong type":   {[]any{[]any{"starts-with", "$Content-Type", "image/"}}, []byte("abc"), fault.WrongType, fault.TypeNotTaken},
		"another type": {[]any{map[string]string{"Content-Type": "image/png"}}, []byte("abc"), fault.WrongType, fault.TypeNotTaken},
		"exact type":   {[]any{[]any{"eq", "$content-type", "text/plain"}}, []byte("abc"), "", ""},
		"in quotes":    {[]any{[]any{"content-length-range", "0", "2"}}, []byte("abc"), fault.TooLarge, fault.PartLimit},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			snap := send(t, signer(t, "post-policy", policied(h, "k.txt", time.Minute, nil, c.conditions...)), "k.txt", "k.txt", c.bytes)
			if c.code == "" {
				if snap.Err != nil {
					t.Fatal(snap.Err)
				}
				h.Holds("k.txt")
				return
			}
			if snap.Err == nil || snap.Err.Code != c.code || snap.Err.Variant != c.variant {
				t.Errorf("%v, want %s", snap.Err, c.code)
			}
			if n := h.Count(storetest.Form); n != 0 {
				t.Errorf("%d forms were sent", n)
			}
		})
	}
}

// The gateway enforces the policies of these tests: what the client would have
// refused, the store refuses too.
func TestGatewayEnforcesPolicies(t *testing.T) {
	h := newHouse(t)
	for name, condition := range map[string][]any{
		"size": {"content-length-range", 0, 2}, "type": {"starts-with", "$Content-Type", "image/"},
	} {
		f := h.form("k", time.Minute, condition)
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for field, value := range f.Values {
			form.WriteField(field, value)
		}
		form.WriteField("Content-Type", "text/plain")
		file, err := form.CreateFormFile("file", "k")
		h.must(err)
		file.Write([]byte("abc"))
		form.Close()
		resp, err := http.Post(f.URL, form.FormDataContentType(), &body)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode < 400 {
			t.Errorf("%s: the gateway answers %d", name, resp.StatusCode)
		}
	}
	h.Holds()
}

// Fields that the policy leaves to the client are filled in.
func TestPolicyIsFilledIn(t *testing.T) {
	h := newHouse(t)
	// The signature covers the policy alone, so that the key may be any below the prefix.
	backend := h.serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		f := h.prefixForm("users/7/", time.Minute, []any{"starts-with", "$Content-Type", "text/"})
		reply(w, 200, object{"url": f.URL, "fields": f.Values})
	}))
	snap := send(t, signer(t, "post-policy", backend), "n.txt", "dir/n.txt", []byte("abc"))
	if snap.Err != nil || snap.Key != "users/7/dir/n.txt" {
		t.Fatalf("%q, %v", snap.Key, snap.Err)
	}
	h.Holds("users/7/dir/n.txt")
}

// A form that ran out is asked for again.
func TestExpiredForm(t *testing.T) {
	h := newHouse(t)
	var asked atomic.Int32
	backend := h.serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		d := time.Minute
		if asked.Add(1) == 1 {
			d = -time.Minute
		}
		f := h.form("k", d)
		reply(w, 200, object{"url": f.URL, "fields": f.Values})
	}))
	if snap := send(t, signer(t, "post-policy", backend), "k", "k", []byte("abc")); snap.Err != nil {
		t.Error(snap.Err)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
	h.Holds("k")
}

func encodePolicy(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestReadPolicy(t *testing.T) {
	p, ok := readPolicy(encodePolicy(`{"expiration":"2030-01-02T03:04:05.000Z","conditions":[
		{"bucket":"b"}, {"acl":"private"}, ["eq","$key","a/b"], ["starts-with","$x-amz-meta-a",""],
		["content-length-range",1,1e300], ["content-length-range","0","100"], ["odd"], 7, ["content-length-range","x",2]]}`))
	if !ok || p.expires.Unix() != 1893553445 || p.minSize != 1 || p.maxSize != 100 || p.exact["bucket"] != "b" || p.exact["key"] != "a/b" {
		t.Errorf("%+v, %v", p, ok)
	}
	for _, s := range []string{"", "%", "e30", encodePolicy("[]"), encodePolicy(`{"conditions":7}`), strings.Repeat("A", 1<<16)} {
		if p, ok := readPolicy(s); ok && len(p.exact) > 0 {
			t.Errorf("%.20s: %+v", s, p)
		}
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add(`{"expiration":"2030-01-02T03:04:05Z","conditions":[["starts-with","$key","u/"],{"bucket":"b"},["content-length-range",1,9]]}`, "k", "text/plain", int64(3))
	f.Add(`{"conditions":[["eq","$Content-Type","image/png"],["starts-with","$Content-Type","text/"]]}`, "", "", int64(-1))
	f.Add(`{"conditions":[["content-length-range",-1,99999999999999999999]]}`, "k", "a/b", int64(1)<<62)
	f.Fuzz(func(t *testing.T, doc, key, contentType string, size int64) {
		p, ok := readPolicy(encodePolicy(doc))
		if !ok {
			return
		}
		w := wanted{key: key, contentType: contentType, size: size}
		fields, err := p.fill([]sign.Field{{Name: "policy", Value: "x"}}, w)
		if err != nil {
			return
		}
		if size > p.maxSize || size >= 0 && size < p.minSize {
			t.Errorf("%d bytes pass %d to %d", size, p.minSize, p.maxSize)
		}
		if got, _ := field(fields, "Content-Type"); !p.allows("content-type", got) {
			t.Errorf("type %q passes %s", got, doc)
		}
	})
}
