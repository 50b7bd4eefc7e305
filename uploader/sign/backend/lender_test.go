package backend

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// Lent credentials are renewed before they end, and not before that.
func TestCredentialsAreRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		transport := roundTrip(func(*http.Request) (*http.Response, error) {
			asked++
			body, _ := json.Marshal(object{
				"credentials": object{"AccessKeyId": accessKey, "SecretAccessKey": secretKey, "Expiration": time.Now().Add(15 * time.Minute)},
				"bucket":      "b", "region": "eu-test-1",
			})
			return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(body))}, nil
		})
		u, err := signer(t, "sts", "https://b.example", func(c *Config) { c.Transport = transport }).Begin(t.Context(), object1(3))
		if err != nil {
			t.Fatal(err)
		}
		end := time.Now().Add(15 * time.Minute)
		for _, step := range []struct {
			wait time.Duration
			asks int
		}{{0, 1}, {12 * time.Minute, 1}, {time.Minute + time.Second, 2}, {12 * time.Minute, 2}, {time.Hour, 3}} {
			time.Sleep(step.wait)
			r, err := u.Single(t.Context())
			if err != nil || asked != step.asks || !r.Expires.After(time.Now()) || step.asks == 1 && r.Expires.After(end) {
				t.Errorf("after %v: asked %d times, want %d; until %v, %v", step.wait, asked, step.asks, r.Expires, err)
			}
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCredentialsInAnyCase(t *testing.T) {
	sec := Find(Builtin(), "sts").credentials
	for _, body := range []string{
		`{"credentials":{"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":"2030-01-02T03:04:05.000Z"}}`,
		`{"credentials":{"accessKeyId":"A","secretAccessKey":"S","sessionToken":"T","expiration":1893553445000}}`,
		`{"token":{"Credentials":{"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":"2030-01-02T03:04:05Z"}}}`,
		`{"access_key_id":"A","secret_access_key":"S","session_token":"T","expiration":1893553445,"bucket":"b"}`,
	} {
		c, err := readCredentials(sec, newAnswer([]byte(body), time.Now()))
		if err != nil || c.AccessKeyID != "A" || c.SecretAccessKey != "S" || c.SessionToken != "T" || c.Expires.Unix() != 1893553445 {
			t.Errorf("%s: %+v, %v", body, c, err)
		}
	}
	for _, body := range []string{`{}`, `null`, `{"credentials":null}`, `{"credentials":{"AccessKeyId":"A"}}`, `<html>`} {
		if c, err := readCredentials(sec, newAnswer([]byte(body), time.Now())); err == nil {
			t.Errorf("%s: %+v", body, c)
		}
	}
	if c, _ := readCredentials(sec, newAnswer([]byte(`{"AccessKeyId":"A","SecretAccessKey":"S"}`), time.Unix(1000, 0))); !c.Expires.Equal(time.Unix(1000, 0).Add(leastLife)) {
		t.Errorf("without an end they end at %v", c.Expires)
	}
}
