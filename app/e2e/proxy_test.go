//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"chute/uploader/storetest"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Hosts that only the proxy can reach.
const (
	serviceHost = "files.test"
	storeHost   = "store.test"
)

// Both the upload service and the store are asked through the proxy that the
// environment names, and a host in NO_PROXY is not.
func TestProxy(t *testing.T) {
	store := storetest.Start(t)
	upstream, err := url.Parse(store.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	endpoint := "http://" + storeHost
	signer := s3.NewPresignClient(store.Client(), s3.WithPresignExpires(10*time.Minute), func(o *s3.PresignOptions) {
		o.ClientOptions = append(o.ClientOptions, func(o *s3.Options) { o.BaseEndpoint = &endpoint })
	})
	service := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.URL.Query().Get("object_name")
		signed := ""
		if r.Method == http.MethodPost {
			p, err := signer.PresignPutObject(r.Context(), &s3.PutObjectInput{Bucket: &store.Bucket, Key: &key})
			if err != nil {
				t.Error(err)
				return
			}
			signed = p.URL
		} else {
			p, err := signer.PresignGetObject(r.Context(), &s3.GetObjectInput{Bucket: &store.Bucket, Key: &key})
			if err != nil {
				t.Error(err)
				return
			}
			signed = p.URL
		}
		json.NewEncoder(w).Encode(signed)
	})
	var mu sync.Mutex
	asked := map[string]int{}
	toStore := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = upstream.Scheme, upstream.Host
		r.Out.Host = storeHost // as it was signed
	}}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.URL.Host]++
		mu.Unlock()
		switch r.URL.Host {
		case serviceHost:
			service(w, r)
		case storeHost:
			toStore.ServeHTTP(w, r)
		default:
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	defer proxy.Close()

	count := func(host string) int {
		mu.Lock()
		defer mu.Unlock()
		return asked[host]
	}

	dir := t.TempDir()
	home, file := filepath.Join(dir, "home"), filepath.Join(dir, "a.bin")
	content := random(100_000)
	write(t, file, string(content))
	write(t, filepath.Join(home, "destinations.toml"), fmt.Sprintf(`
[[destination]]
name = "behind"
type = "backend"
url = "http://%s"
dialect = "presign"
bucket = %q
allow_http = true
`, serviceHost, store.Bucket))

	e := newEnv(t, dir).with("CHUTE_HOME="+home, "HTTP_PROXY="+proxy.URL)
	out, errs, err := run(t.Context(), e, "", program, "send", file)
	if err != nil {
		t.Fatalf("%v: %s", err, errs)
	}
	if count(serviceHost) < 2 || count(storeHost) < 1 {
		t.Errorf("the proxy was asked %d times for the service, %d times for the store", count(serviceHost), count(storeHost))
	}
	link := strings.TrimSpace(out)
	if !strings.HasPrefix(link, endpoint) {
		t.Fatalf("printed %q", link)
	}
	through, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(through)}}
	resp, err := client.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the link gives %s, %v", resp.Status, err)
	}

	before := count(serviceHost)
	if _, _, err := run(t.Context(), e.with("NO_PROXY="+serviceHost), "", program, "send", file); err == nil || count(serviceHost) != before {
		t.Errorf("a host in NO_PROXY was asked through the proxy: %v", err)
	}
}
