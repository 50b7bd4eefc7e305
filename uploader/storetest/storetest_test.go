package storetest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

// A client that signs for the proxy's address is understood by the gateway.
func TestProxyKeepsSignatures(t *testing.T) {
	s := Start(t)
	c := client(s.Endpoint)
	key := "a b/ü+&é.txt"
	if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &s.Bucket, Key: &key, Body: strings.NewReader("hello")}); err != nil {
		t.Fatal(err)
	}
	if got := string(s.Get(key)); got != "hello" {
		t.Errorf("got %q", got)
	}
	s.Holds(key)
	if s.Count(Put) != 1 || s.Bytes(Put) < 5 {
		t.Errorf("counted %d PUTs of %d bytes", s.Count(Put), s.Bytes(Put))
	}
}

func TestFaults(t *testing.T) {
	s := Start(t)
	s.Fault(On(Put).After(1).Times(1), Answer(403, "AccessDenied", "no"))
	s.Fault(On(Put).After(1).Times(1), CutAfter(2))
	c := client(s.Endpoint)
	put := func() error {
		key := "k"
		_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &s.Bucket, Key: &key, Body: strings.NewReader("hello")},
			func(o *s3.Options) { o.RetryMaxAttempts = 1 })
		return err
	}
	if err := put(); err != nil {
		t.Errorf("the first: %v", err)
	}
	var api smithy.APIError
	if err := put(); !errors.As(err, &api) || api.ErrorCode() != "AccessDenied" {
		t.Errorf("the second: %v", err)
	}
	if err := put(); err == nil || errors.As(err, &api) {
		t.Errorf("the third: %v", err)
	}
	if err := put(); err != nil {
		t.Errorf("the fourth: %v", err)
	}
}

func TestStallEndsWithTheClient(t *testing.T) {
	s := Start(t)
	s.Fault(On(Get), StallAfter(0))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.URL("k"), nil)
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Error("a stalled request was answered")
	}
}

// What waits in the proxy does not reach the store once its client has left.
func TestHeldRequestEndsWithTheClient(t *testing.T) {
	s := Start(t)
	gate, waits := make(chan struct{}), make(chan struct{})
	gone := make(chan struct{})
	s.Fault(On(Put), func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		close(waits)
		Hold(gate)(p, w, r)
		close(gone)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-waits
		cancel()
	}()
	key := "k"
	if _, err := client(s.Endpoint).PutObject(ctx, &s3.PutObjectInput{Bucket: &s.Bucket, Key: &key, Body: strings.NewReader("hello")}); err == nil {
		t.Error("a held request was answered")
	}
	<-gone
	close(gate)
	s.Holds()
}

func TestLeaveAndReturn(t *testing.T) {
	s := Start(t)
	get := func() error {
		resp, err := http.Get(s.URL("k"))
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := get(); err != nil {
		t.Fatal(err)
	}
	s.Leave()
	for range 2 { // a connection kept, then a new one
		if err := get(); err == nil {
			t.Error("a store that left answers")
		}
	}
	s.Return()
	if err := get(); err != nil {
		t.Errorf("after its return: %v", err)
	}
}

// What a client sees of answers that go wrong.
func TestAnswers(t *testing.T) {
	s := Start(t)
	s.Put("k", []byte("hello"))
	signed, err := s3.NewPresignClient(client(s.Endpoint)).PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: &s.Bucket, Key: new("k")})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		fault  Fault
		status int // 0: none
		body   string
		whole  bool
	}{
		"none":         {func(p *Proxy, w http.ResponseWriter, r *http.Request) { p.forward(w, r) }, 200, "hello", true},
		"dropped":      {DropAnswer(), 0, "", false},
		"cut early":    {CutAnswer(20), 0, "", false},
		"cut late":     {CutAnswer(1 << 20), 200, "hello", true},
		"trickling":    {TrickleAnswer(time.Microsecond), 200, "hello", true},
		"half closed":  {HalfClose(0), 0, "", false},
		"no HTTP":      {Raw("220 mail.example.org ESMTP\r\n"), 0, "", false},
		"a page":       {Page(200, "text/html", "<html>sign in</html>"), 200, "<html>sign in</html>", true},
		"long":         {Endless(200, 4), 200, "    ", true},
		"stripped":     {Strip("ETag"), 200, "hello", true},
		"another ETag": {Claim("ETag", `"x"`), 200, "hello", true},
	} {
		t.Run(name, func(t *testing.T) {
			s.Fault(On(Get), test.fault)
			defer s.Heal()
			resp, err := http.Get(signed.URL)
			if err != nil {
				if test.status != 0 {
					t.Error(err)
				}
				return
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if resp.StatusCode != test.status || string(body) != test.body || (err == nil) != test.whole {
				t.Errorf("%d %q, %v", resp.StatusCode, body, err)
			}
			if want := map[string]string{"stripped": "", "another ETag": `"x"`}; name == "stripped" || name == "another ETag" {
				if got := resp.Header.Get("ETag"); got != want[name] {
					t.Errorf("ETag %s", got)
				}
			}
		})
	}
}

// The head of an answer, and then nothing.
func TestStalledAnswer(t *testing.T) {
	s := Start(t)
	s.Fault(On(Get), StallAnswer())
	ctx, cancel := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.URL("k"), nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	cancel()
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("the body: %v", err)
	}
}
