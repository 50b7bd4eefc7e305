package storetest

import (
	"context"
	"errors"
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
