package s3

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

// stub answers for a store and keeps the last request.
type stub struct {
	status int
	header map[string]string
	body   string
	err    error

	last *http.Request
}

func (s *stub) RoundTrip(r *http.Request) (*http.Response, error) {
	s.last = r
	if s.err != nil {
		return nil, s.err
	}
	h := http.Header{}
	for name, value := range s.header {
		h.Set(name, value)
	}
	body := s.body
	if r.Method == http.MethodHead {
		body = ""
	}
	return &http.Response{StatusCode: s.status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func errorDoc(code, more string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n<Error><Code>" + code + "</Code><Message>what it says</Message>" + more + "<RequestId>REQ1</RequestId></Error>"
}

const completed = `<?xml version="1.0"?><CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
	`<ETag>"abc-2"</ETag><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME></CompleteMultipartUploadResult>`

func TestAnswersBecomeFaults(t *testing.T) {
	ctx := context.Background()
	begin := func(s *Signer, _ sign.Upload) error {
		_, err := s.Begin(ctx, sign.Object{Key: "k", ContentType: "a/b", Parts: 2})
		return err
	}
	list := func(_ *Signer, u sign.Upload) error { _, err := u.Uploaded(ctx); return err }
	complete := func(_ *Signer, u sign.Upload) error { _, err := u.Complete(ctx, []sign.Part{{Number: 1}}); return err }
	stat := func(_ *Signer, u sign.Upload) error { _, err := u.Stat(ctx); return err }
	abort := func(_ *Signer, u sign.Upload) error { return u.Abort(ctx) }
	remove := func(_ *Signer, u sign.Upload) error { return u.Delete(ctx) }
	type facts = map[string]string

	for _, c := range []struct {
		name    string
		do      func(*Signer, sign.Upload) error
		answer  stub
		code    fault.Code
		variant fault.Variant
		class   fault.Class
		facts   facts
	}{
		{"create denied", begin, stub{status: 403, body: errorDoc("AccessDenied", "")}, fault.Denied, fault.DeniedUpload, fault.Permanent, facts{"Action": "s3:PutObject", "Bucket": "media", "Key": "1234"}},
		{"list denied", list, stub{status: 403, body: errorDoc("AccessDenied", "")}, fault.Denied, fault.DeniedUpload, fault.Permanent, facts{"Action": "s3:ListMultipartUploadParts"}},
		{"delete denied", remove, stub{status: 403, body: errorDoc("AccessDenied", "")}, fault.Denied, "", fault.Permanent, facts{"Action": "s3:DeleteObject"}},
		{"other region by element", begin, stub{status: 400, body: errorDoc("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>")}, fault.WrongRegion, "", fault.Permanent, facts{"Region": "eu-west-1"}},
		{"other region by header", begin, stub{status: 301, header: facts{"x-amz-bucket-region": "eu-west-3"}, body: errorDoc("PermanentRedirect", "<Endpoint>x</Endpoint>")}, fault.WrongRegion, "", fault.Permanent, facts{"Region": "eu-west-3"}},
		{"redirected", begin, stub{status: 307, header: facts{"Location": "https://elsewhere.example.com/"}}, fault.WrongRegion, "", fault.Permanent, nil},
		{"no bucket", begin, stub{status: 404, body: errorDoc("NoSuchBucket", "<BucketName>media</BucketName>")}, fault.NoBucket, "", fault.Permanent, facts{"Bucket": "media"}},
		{"key unknown", begin, stub{status: 403, body: errorDoc("InvalidAccessKeyId", "")}, fault.Signature, fault.SignatureKey, fault.Permanent, facts{"Key": "1234"}},
		{"token refused", begin, stub{status: 400, body: errorDoc("InvalidToken", "")}, fault.Signature, fault.SignatureToken, fault.Permanent, nil},
		{"token over", begin, stub{status: 400, body: errorDoc("ExpiredToken", "")}, fault.Expired, fault.KeysOver, fault.Stale, nil},
		{"slow down", begin, stub{status: 503, header: facts{"Retry-After": "7"}, body: errorDoc("SlowDown", "")}, fault.Throttled, "", fault.Slow, nil},
		{"a bad day", begin, stub{status: 500, body: errorDoc("InternalError", "")}, fault.Internal, fault.StoreError, fault.Transient, facts{"Host": "store.example.com"}},
		{"a proxy's page", begin, stub{status: 502, body: "<html>bad gateway</html>"}, fault.Internal, fault.StoreError, fault.Transient, nil},
		{"a login page", begin, stub{status: 200, body: "<html><body>Welcome<br></body></html>"}, fault.Internal, fault.StoreError, fault.Transient, nil},
		{"an empty answer", begin, stub{status: 200}, fault.Internal, fault.StoreError, fault.Transient, nil},
		{"half a page", list, stub{status: 200, body: "<ListPartsResult><Part><Part"}, fault.Internal, fault.StoreError, fault.Transient, nil},
		{"complete forgot", complete, stub{status: 404, body: errorDoc("NoSuchUpload", "")}, fault.Changed, fault.StoreForgot, fault.Permanent, nil},
		{"complete failed within 200", complete, stub{status: 200, body: errorDoc("InternalError", "")}, fault.Internal, fault.StoreError, fault.Transient, nil},
		{"the same after a long wait", complete, stub{status: 200, body: "  \n   " + strings.TrimPrefix(errorDoc("SlowDown", ""), `<?xml version="1.0" encoding="UTF-8"?>`)}, fault.Throttled, "", fault.Slow, nil},
		{"the same with the wait inside", complete, stub{status: 200, body: strings.Replace(errorDoc("NoSuchUpload", ""), "\n", "\n   \n  \n", 1)}, fault.Changed, fault.StoreForgot, fault.Permanent, nil},
		{"complete said nothing", complete, stub{status: 200}, fault.Internal, fault.StoreError, fault.Transient, nil},
		{"head denied", stat, stub{status: 403}, fault.Denied, "", fault.Permanent, facts{"Action": "s3:GetObject"}},
		{"head not found", stat, stub{status: 404}, fault.Changed, fault.NotFound, fault.Permanent, nil},
		{"head redirected", stat, stub{status: 301, header: facts{"X-Amz-Bucket-Region": "eu-west-1"}}, fault.WrongRegion, "", fault.Permanent, facts{"Region": "eu-west-1"}},
		{"head with a wrong clock", stat, stub{status: 403, header: facts{"Date": noon.Add(20 * time.Minute).Format(http.TimeFormat)}}, fault.ClockSkew, "", fault.Stale, facts{"Skew": "20 minutes"}},
		{"head later", stat, stub{status: 503}, fault.Throttled, "", fault.Slow, nil},
		{"abort not implemented", abort, stub{status: 501, body: errorDoc("NotImplemented", "")}, fault.Unsupported, fault.NoOperation, fault.Permanent, facts{"Host": "store.example.com"}},
		{"cut", begin, stub{err: io.ErrUnexpectedEOF}, fault.Offline, fault.NotAnswering, fault.Transient, facts{"Host": "store.example.com"}},
		{"too slow", begin, stub{err: context.DeadlineExceeded}, fault.Offline, fault.NotAnswering, fault.Transient, nil},
		{"cancelled", begin, stub{err: context.Canceled}, fault.Cancelled, "", fault.Permanent, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSigner(t, Config{Endpoint: "https://store.example.com", PathStyle: true, Credentials: static(testToken), Transport: &c.answer})
			err := c.do(s, finished(t, s, sign.Ref{Key: "k", UploadID: "u"}))
			if err == nil {
				t.Fatal("it worked")
			}
			f := fault.As(err)
			if f.Code != c.code || f.Variant != c.variant || f.Class != c.class {
				t.Fatalf("got %v, variant %q, class %d", err, f.Variant, f.Class)
			}
			for name, want := range c.facts {
				if f.Facts[name] != want {
					t.Errorf("%s is %q, want %q", name, f.Facts[name], want)
				}
			}
			if strings.Contains(c.answer.body, "REQ1") && c.answer.last.Method != http.MethodHead {
				if f.RequestID != "REQ1" || f.Server == "" || f.Status != c.answer.status || !strings.Contains(err.Error(), "what it says") {
					t.Errorf("details are lost: %v", err)
				}
			}
			checkNoSecret(t, err)
		})
	}
}

func TestGoneIsNoFailure(t *testing.T) {
	for _, answer := range []stub{
		{status: 404},
		{status: 404, body: errorDoc("NoSuchUpload", "")},
		{status: 404, body: errorDoc("NoSuchKey", "")},
		{status: 204},
	} {
		s := newSigner(t, Config{Endpoint: "https://store.example.com", PathStyle: true, Transport: &answer})
		u := finished(t, s, sign.Ref{Key: "k", UploadID: "u"})
		if err := errors.Join(u.Abort(t.Context()), u.Delete(t.Context())); err != nil {
			t.Errorf("%d %s: %v", answer.status, answer.body, err)
		}
	}
	s := newSigner(t, Config{Endpoint: "https://store.example.com", PathStyle: true, Transport: &stub{status: 404, body: errorDoc("NoSuchBucket", "")}})
	if err := finished(t, s, sign.Ref{Key: "k", UploadID: "u"}).Abort(t.Context()); fault.CodeOf(err) != fault.NoBucket {
		t.Errorf("no bucket: %v", err)
	}
}

func TestWhatTheStoreSays(t *testing.T) {
	answer := &stub{status: 200, body: completed}
	s := newSigner(t, Config{Endpoint: "https://store.example.com", PathStyle: true, Credentials: static(testToken), Transport: answer})
	u := finished(t, s, sign.Ref{Key: "k", UploadID: "u"})
	result, err := u.Complete(t.Context(), []sign.Part{{Number: 1, ETag: `"a"`}, {Number: 2, ETag: `"b"`}})
	if want := (sign.Result{Size: -1, ETag: `"abc-2"`, CRC64NVME: "AAAAAAAAAAA="}); err != nil || result != want {
		t.Errorf("complete: %+v, %v", result, err)
	}
	body, err := io.ReadAll(answer.last.Body)
	if err == nil && len(body) > 0 && strings.Contains(string(body), "Checksum") {
		t.Errorf("complete sends checksums: %s", body)
	}
	if got := answer.last.Header.Get("X-Amz-Security-Token"); got != testToken {
		t.Errorf("session token %q", got)
	}
	if got := answer.last.Header.Get("X-Amz-Date"); got != "20260304T120000Z" {
		t.Errorf("signed at %s", got)
	}

	*answer = stub{status: 200, header: map[string]string{"Content-Length": "42", "ETag": `"e"`, "X-Amz-Checksum-Crc64nvme": "AQIDBAUGBwg="}}
	result, err = u.Stat(t.Context())
	if want := (sign.Result{Size: 42, ETag: `"e"`, CRC64NVME: "AQIDBAUGBwg="}); err != nil || result != want {
		t.Errorf("stat: %+v, %v", result, err)
	}
	if got := answer.last.Header.Get("X-Amz-Checksum-Mode"); got != "ENABLED" {
		t.Errorf("checksum mode %q", got)
	}
}

// A single request is not retried here: that is for whoever asked.
func TestNoRetries(t *testing.T) {
	count := 0
	s := newSigner(t, Config{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		count++
		return (&stub{status: 503, body: errorDoc("SlowDown", "")}).RoundTrip(r)
	})})
	if _, err := s.Begin(t.Context(), sign.Object{Key: "k", Parts: 2}); err == nil {
		t.Error("it worked")
	}
	if count != 1 {
		t.Errorf("%d requests", count)
	}
}

// A list that never ends is left.
func TestEndlessList(t *testing.T) {
	s := newSigner(t, Config{Transport: &stub{status: 200, body: `<ListPartsResult><IsTruncated>true</IsTruncated>` +
		`<NextPartNumberMarker>1</NextPartNumberMarker><Part><PartNumber>1</PartNumber><ETag>"a"</ETag><Size>5</Size></Part></ListPartsResult>`}})
	parts, err := finished(t, s, sign.Ref{Key: "k", UploadID: "u"}).Uploaded(t.Context())
	if err != nil || len(parts) != 2 || parts[0].Number != 1 || parts[0].ETag != `"a"` {
		t.Errorf("%v, %v", parts, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
