// Package storetest gives tests a real S3 server with a proxy in front that
// can make it fail. It is for tests only.
package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"chute/uploader/gateway"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// What the gateway of a test process accepts.
const (
	AccessKey = "AKIACHUTETEST7QPA"
	SecretKey = "a-secret-that-only-tests-know/+="
	Region    = "eu-test-1"
)

// shared is the one gateway that a process can have. It ends with the process;
// TestMain removes its folder, see Main.
var shared struct {
	once sync.Once
	gw   *gateway.Gateway
	dir  string
	err  error
	// direct has few connections: the gateway serves only so many at a time.
	direct http.Client
}

// Main runs the tests of a package and removes the store's data after them.
// A package that calls Start has in its TestMain: os.Exit(storetest.Main(m)).
func Main(m *testing.M) int {
	code := m.Run()
	if shared.gw != nil {
		shared.gw.Close()
	}
	if shared.dir != "" {
		os.Chdir(os.TempDir()) // the gateway's folder is the working directory
		os.RemoveAll(shared.dir)
	}
	return code
}

// Store is a bucket of the shared gateway, reached through a proxy of its own.
type Store struct {
	*Proxy
	// Endpoint is the proxy's URL; requests are path-style.
	Endpoint string
	Bucket   string

	t      testing.TB
	direct *s3.Client
	server *httptest.Server
	door   *door
}

// Start gives a test a new bucket behind a proxy without faults. The working
// directory of the process changes with the first call: see gateway.Start.
func Start(t testing.TB) *Store { return start(t, (*httptest.Server).Start) }

// StartTLS is Start with TLS, by a certificate that only CAFile vouches for.
func StartTLS(t testing.TB) *Store { return start(t, (*httptest.Server).StartTLS) }

func start(t testing.TB, serve func(*httptest.Server)) *Store {
	t.Helper()
	gw, root := sharedGateway(t)
	bucket := "test-" + strings.ToLower(rand.Text()[:12])
	if err := os.Mkdir(filepath.Join(root, "objects", bucket), 0o700); err != nil {
		t.Fatal(err)
	}
	proxy := newProxy(gw.URL(), storeKind)
	server, door := front(t, proxy, serve)
	return &Store{
		Proxy: proxy, Endpoint: server.URL, Bucket: bucket, t: t, server: server, door: door,
		direct: client(gw.URL()),
	}
}

// front serves a proxy behind a door until the test ends.
func front(t testing.TB, proxy *Proxy, serve func(*httptest.Server)) (*httptest.Server, *door) {
	t.Helper()
	d, err := newDoor()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(proxy)
	server.Listener.Close()
	server.Listener = d
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes fail on purpose
	serve(server)
	t.Cleanup(func() {
		proxy.close()
		server.CloseClientConnections()
		server.Close()
	})
	return server, d
}

func sharedGateway(t testing.TB) (*gateway.Gateway, string) {
	t.Helper()
	shared.once.Do(func() {
		shared.direct.Transport = &http.Transport{MaxIdleConnsPerHost: 8}
		shared.dir, shared.err = os.MkdirTemp("", "chute-store-*")
		if shared.err != nil {
			return
		}
		shared.gw, shared.err = gateway.Start(context.Background(), gateway.Config{
			Dir: shared.dir, AccessKey: AccessKey, SecretKey: SecretKey, Region: Region, MD5: true,
		})
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.gw, shared.dir
}

func client(endpoint string) *s3.Client {
	return s3.New(s3.Options{
		Region: Region, BaseEndpoint: aws.String(endpoint), UsePathStyle: true,
		Credentials:                credentials.NewStaticCredentialsProvider(AccessKey, SecretKey, ""),
		HTTPClient:                 &shared.direct,
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	})
}

// Client reaches the gateway itself, past the proxy and its faults.
func (s *Store) Client() *s3.Client { return s.direct }

// CAFile writes the certificate of a StartTLS store as PEM and returns its path.
func (s *Store) CAFile() string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.server.Certificate().Raw})
	if err := os.WriteFile(path, block, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// Keys lists the objects in the bucket, sorted.
func (s *Store) Keys() []string {
	s.t.Helper()
	keys := []string{}
	pages := s3.NewListObjectsV2Paginator(s.direct, &s3.ListObjectsV2Input{Bucket: &s.Bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			s.t.Fatal(err)
		}
		for _, o := range page.Contents {
			keys = append(keys, *o.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Uploads lists unfinished multipart uploads, as "key uploadID".
func (s *Store) Uploads() []string {
	s.t.Helper()
	found, err := s.direct.ListMultipartUploads(context.Background(), &s3.ListMultipartUploadsInput{Bucket: &s.Bucket})
	if err != nil {
		s.t.Fatal(err)
	}
	uploads := []string{}
	for _, u := range found.Uploads {
		uploads = append(uploads, *u.Key+" "+*u.UploadId)
	}
	return uploads
}

// Get returns an object's bytes, read past the proxy.
func (s *Store) Get(key string) []byte {
	s.t.Helper()
	out, err := s.direct.GetObject(context.Background(), &s3.GetObjectInput{Bucket: &s.Bucket, Key: &key})
	if err != nil {
		s.t.Fatalf("get %q: %v", key, err)
	}
	defer out.Body.Close()
	b, err := io.ReadAll(out.Body)
	if err != nil {
		s.t.Fatalf("get %q: %v", key, err)
	}
	return b
}

// Put stores an object past the proxy.
func (s *Store) Put(key string, content []byte) {
	s.t.Helper()
	if _, err := s.direct.PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: &s.Bucket, Key: &key, Body: bytes.NewReader(content),
	}); err != nil {
		s.t.Fatal(err)
	}
}

// Holds fails the test unless the bucket holds exactly these objects and no
// unfinished upload.
func (s *Store) Holds(keys ...string) {
	s.t.Helper()
	slices.Sort(keys)
	if got := s.Keys(); !slices.Equal(got, keys) && len(got)+len(keys) > 0 {
		s.t.Errorf("the bucket holds %q, want %q", got, keys)
	}
	if left := s.Uploads(); len(left) > 0 {
		s.t.Errorf("unfinished uploads are left: %q", left)
	}
}

// URL is the path-style address of an object at the proxy, without a signature.
func (s *Store) URL(key string) string { return fmt.Sprintf("%s/%s/%s", s.Endpoint, s.Bucket, key) }
