package fault

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"
)

func answer(status int, code, message string, header ...string) StoreAnswer {
	a := StoreAnswer{Status: status, Code: code, Message: message, Header: http.Header{}, Host: "s3.example.org", Bucket: "media"}
	for i := 0; i+1 < len(header); i += 2 {
		a.Header.Set(header[i], header[i+1])
	}
	return a
}

func TestFromStore(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	late := now.Add(-20 * time.Minute).Format(http.TimeFormat)
	tests := []struct {
		name    string
		answer  StoreAnswer
		code    Code
		variant Variant
		class   Class
		wait    time.Duration
	}{
		{"expired URL", answer(403, "AccessDenied", "Request has expired"), Expired, "", Stale, 0},
		{"expired at a gateway", answer(400, "AccessDenied", "Request has expired"), Expired, "", Stale, 0},
		{"expired token", answer(400, "ExpiredToken", ""), Expired, KeysOver, Stale, 0},
		{"denied", answer(403, "AccessDenied", "Access Denied"), Denied, "", Permanent, 0},
		{"denied without a body", answer(403, "", ""), Denied, "", Permanent, 0},
		{"wrong key", answer(403, "InvalidAccessKeyId", ""), Signature, SignatureKey, Permanent, 0},
		{"wrong secret", answer(403, "SignatureDoesNotMatch", ""), Signature, SignatureSecret, Permanent, 0},
		{"wrong token", answer(400, "InvalidToken", ""), Signature, SignatureToken, Permanent, 0},
		{"skewed", answer(403, "RequestTimeTooSkewed", "", "Date", late), ClockSkew, "", Stale, 0},
		{"skewed, told by Date", answer(403, "AccessDenied", "Request has expired", "Date", late), ClockSkew, "", Stale, 0},
		{"skewed, as a wrong signature", answer(403, "SignatureDoesNotMatch", "", "Date", late), ClockSkew, "", Stale, 0},
		{"no bucket", answer(404, "NoSuchBucket", ""), NoBucket, "", Permanent, 0},
		{"redirect", answer(301, "PermanentRedirect", ""), WrongRegion, "", Permanent, 0},
		{"redirect without a body", answer(307, "", ""), WrongRegion, "", Permanent, 0},
		{"region in the signature", StoreAnswer{Status: 400, Code: "AuthorizationHeaderMalformed", Region: "eu-west-1"}, WrongRegion, "", Permanent, 0},
		{"malformed otherwise", answer(400, "AuthorizationHeaderMalformed", "no credential"), Signature, "", Permanent, 0},
		{"no object", answer(404, "NoSuchKey", ""), Changed, NotFound, Permanent, 0},
		{"no object by HEAD", answer(404, "", ""), Changed, NotFound, Permanent, 0},
		{"no upload", answer(404, "NoSuchUpload", ""), Changed, StoreForgot, Permanent, 0},
		{"too large", answer(400, "EntityTooLarge", ""), TooLarge, "", Permanent, 0},
		{"too large for a proxy", answer(413, "", ""), TooLarge, "", Permanent, 0},
		{"long key", answer(400, "KeyTooLongError", ""), Unsupported, KeyTooLong, Permanent, 0},
		{"not implemented", answer(501, "NotImplemented", ""), Unsupported, NoOperation, Permanent, 0},
		{"bad digest", answer(400, "BadDigest", ""), Checksum, "", Transient, 0},
		{"full", answer(507, "", ""), Internal, StoreFull, Permanent, 0},
		{"slow down", answer(503, "SlowDown", ""), Throttled, "", Slow, 0},
		{"slow down for 3 s", answer(503, "SlowDown", "", "Retry-After", "3"), Throttled, "", Slow, 3 * time.Second},
		{"slow down, AWS's header", answer(503, "SlowDown", "", "X-Amz-Retry-After", "1500"), Throttled, "", Slow, 1500 * time.Millisecond},
		{"slow down until", answer(429, "", "", "Retry-After", now.Add(time.Minute).Format(http.TimeFormat)), Throttled, "", Slow, time.Minute},
		{"nonsense in Retry-After", answer(503, "SlowDown", "", "Retry-After", "-9e9"), Throttled, "", Slow, 0},
		{"unavailable", answer(503, "ServiceUnavailable", ""), Throttled, "", Slow, 0},
		{"internal", answer(500, "InternalError", ""), Internal, StoreError, Transient, 0},
		{"internal in a 200", answer(200, "InternalError", ""), Internal, StoreError, Transient, 0},
		{"500 without a body", answer(500, "", ""), Internal, StoreError, Transient, 0},
		{"a proxy's 502", answer(502, "", ""), Internal, StoreError, Transient, 0},
		{"a proxy's 520", answer(520, "", ""), Internal, StoreError, Transient, 0},
		{"request timeout", answer(400, "RequestTimeout", ""), Internal, StoreError, Transient, 0},
		{"an unknown 400", answer(400, "Strange", ""), Internal, StoreError, Permanent, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := FromStore(test.answer, now)
			if f.Code != test.code || f.Variant != test.variant || f.Class != test.class || f.RetryAfter != test.wait {
				t.Errorf("got %s %q class %d after %v, want %s %q class %d after %v",
					f.Code, f.Variant, f.Class, f.RetryAfter, test.code, test.variant, test.class, test.wait)
			}
			if f.Code == ClockSkew && f.Facts["Skew"] != "20 minutes" {
				t.Errorf("skew is given as %q", f.Facts["Skew"])
			}
		})
	}
}

func TestReadStoreAnswer(t *testing.T) {
	const doc = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>PermanentRedirect</Code><Message>m</Message>` +
		`<BucketName>media</BucketName><Region>eu-west-1</Region><RequestId>R1</RequestId></Error>`
	resp := &http.Response{StatusCode: 301, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(doc))}
	f := FromStore(ReadStoreAnswer(resp), time.Now())
	if f.Code != WrongRegion || f.Server != "PermanentRedirect" || f.RequestID != "R1" {
		t.Errorf("got %+v", f)
	}
	if m, h := f.Message(), f.Hint(); !strings.Contains(m, "eu-west-1") || !strings.Contains(h, `region = "eu-west-1"`) {
		t.Errorf("words: %q, %q", m, h)
	}
}

func FuzzParseStoreError(f *testing.F) {
	f.Add([]byte("<Error><Code>SlowDown</Code></Error>"))
	f.Add([]byte("<html>502 Bad Gateway</html>"))
	f.Add([]byte("{}"))
	f.Add([]byte("<Error><Code>9999999999999</Code><Message>Fri, 31 Dec 9999 23:59:59 GMT</Message></Error>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		a := ParseStoreError(body)
		for _, name := range []string{"Retry-After", "X-Amz-Retry-After"} {
			a.Header = http.Header{name: {a.Code}, "Date": {a.Message}}
			if got := FromStore(a, time.Now()); got.Message() == "" || got.Hint() == "" || got.RetryAfter < 0 || got.RetryAfter > longestWish {
				t.Errorf("%s: %v after %v for %+v", name, got, got.RetryAfter, a)
			}
		}
	})
}

// Errors of real connections, as net/http wraps them.
func TestFromTransport(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	secure.Config.ErrorLog = nil
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		conn.Close()
	}))
	defer cut.Close()
	otherName := secure.Client().Transport.(*http.Transport).Clone()
	otherName.TLSClientConfig = &tls.Config{RootCAs: otherName.TLSClientConfig.RootCAs, ServerName: "other.example.net"}

	for name, test := range map[string]struct {
		url       string
		transport *http.Transport
		code      Code
		variant   Variant
		class     Class
	}{
		"self-signed":    {secure.URL, &http.Transport{}, TLS, SelfSigned, Permanent},
		"another name":   {secure.URL, otherName, TLS, WrongName, Permanent},
		"http, not TLS":  {strings.Replace(plain.URL, "http:", "https:", 1), &http.Transport{}, TLS, PlainHTTP, Permanent},
		"refused":        {"http://" + closed.Addr().String(), &http.Transport{}, Offline, NotAnswering, Unreachable},
		"cut":            {cut.URL, &http.Transport{}, Offline, NotAnswering, Transient},
		"no such domain": {"http://no-such-host.invalid", &http.Transport{}, Offline, NoSuchHost, Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			client := http.Client{Transport: test.transport}
			_, err := client.Get(test.url + "/object?X-Amz-Signature=sesame")
			f := FromTransport(err, "h")
			if f.Code != test.code || f.Variant != test.variant || f.Class != test.class {
				t.Errorf("%v: got %s %q class %d, want %s %q class %d", err, f.Code, f.Variant, f.Class, test.code, test.variant, test.class)
			}
			if strings.Contains(f.Error(), "sesame") {
				t.Errorf("the signature is in %q", f.Error())
			}
		})
	}
}

func TestFromTransportOddErrors(t *testing.T) {
	for _, test := range []struct {
		err   error
		code  Code
		class Class
	}{
		{&url.Error{Op: "Put", URL: "https://h/k?sig=sesame", Err: context.Canceled}, Cancelled, Permanent},
		{context.DeadlineExceeded, Offline, Transient},
		{io.ErrUnexpectedEOF, Offline, Transient},
		{fmt.Errorf("x: %w", syscall.ENETUNREACH), Offline, Unreachable},
		{&url.Error{Op: "Put", URL: "::bad::?sig=sesame", Err: io.EOF}, Offline, Transient},
	} {
		f := FromTransport(test.err, "h")
		if f.Code != test.code || f.Class != test.class || strings.Contains(f.Error(), "sesame") {
			t.Errorf("%v: got %v, class %d", test.err, f, f.Class)
		}
	}
}

func TestFromFile(t *testing.T) {
	for err, want := range map[error]Variant{
		fs.ErrNotExist: Vanished, fs.ErrPermission: NotAllowed, syscall.ENOSPC: NoDisk, syscall.EIO: "",
	} {
		f := FromFile(&fs.PathError{Op: "open", Path: "/f", Err: err}, "/f")
		if f.Code != Unreadable || f.Variant != want {
			t.Errorf("%v: got %s %q", err, f.Code, f.Variant)
		}
	}
}

func TestAs(t *testing.T) {
	if As(nil) != nil || CodeOf(nil) != "" {
		t.Error("no error has a code")
	}
	inner := New(Denied, "", nil, nil)
	if got := As(fmt.Errorf("part 3: %w", inner)); got != inner {
		t.Errorf("As = %v", got)
	}
	if got := As(errors.New("boom")); got.Code != Internal || got.Class != Permanent {
		t.Errorf("As = %v", got)
	}
}

// Every code and variant has words, and they read well without facts.
func TestWords(t *testing.T) {
	codes := []Code{
		Expired, ClockSkew, Denied, Signature, NoBucket, WrongRegion, TooLarge, WrongType, Throttled, Offline, TLS,
		Backend, Changed, Unreadable, Keyring, Checksum, Cancelled, Config, Unsupported, Internal,
	}
	check := func(f *Error) {
		t.Helper()
		m, h := f.Message(), f.Hint()
		if !strings.HasSuffix(m, ".") || !strings.HasSuffix(strings.TrimRight(h, `"`), ".") || strings.Contains(m+h, "{{") {
			t.Errorf("%s %s: %q, %q", f.Code, f.Variant, m, h)
		}
	}
	for _, c := range codes {
		if _, ok := byCode[c]; !ok {
			t.Errorf("%s has no words", c)
		}
		check(New(c, "", nil, nil))
	}
	if len(byCode) != len(codes) {
		t.Errorf("%d codes have words, want %d", len(byCode), len(codes))
	}
	for v := range byVariant {
		code, _, _ := strings.Cut(string(v), ".")
		if _, ok := byCode[Code(code)]; !ok {
			t.Errorf("variant %s belongs to no code", v)
		}
		check(New(Code(code), v, nil, nil))
		check(New(Code(code), v, Facts{"Host": "h", "Key": "7QPA"}, nil))
	}
}

func TestRegionFromTheMessage(t *testing.T) {
	for message, want := range map[string]string{
		"The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'": "eu-west-1",
		"Error parsing the credential; the region 'x' is wrong; expecting 'garage'":                     "garage",
		"expecting ''": "", "expecting '-x'": "", "expecting 'A b'": "", "expecting 'eu": "", "": "",
		"expecting '" + strings.Repeat("a", 64) + "'": "",
	} {
		f := FromStore(StoreAnswer{Status: 400, Code: "AuthorizationHeaderMalformed", Message: message}, time.Now())
		if f.Facts["Region"] != want || want != "" && f.Code != WrongRegion {
			t.Errorf("%q: region %q, code %s; want %q", message, f.Facts["Region"], f.Code, want)
		}
	}
	f := FromStore(StoreAnswer{Status: 301, Code: "PermanentRedirect", Region: "eu-west-3", Message: "expecting 'eu-west-1'"}, time.Now())
	if f.Facts["Region"] != "eu-west-3" {
		t.Error("what the store says in its own element counts before its message")
	}
}
