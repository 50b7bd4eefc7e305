package backend

import (
	"bytes"
	"context"
	"errors"
	"hash"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"
	"chute/uploader/storetest"
)

// here is the package's folder: the gateway changes the working directory.
var here string

func TestMain(m *testing.M) {
	here, _ = os.Getwd()
	os.Exit(storetest.Main(m))
}

// signer makes a Signer of a built-in dialect.
func signer(t testing.TB, dialect, url string, change ...func(*Config)) *Signer {
	t.Helper()
	d := Find(Builtin(), dialect)
	if d == nil {
		t.Fatalf("there is no dialect %s", dialect)
	}
	return signerOf(t, d, url, change...)
}

func signerOf(t testing.TB, d *Dialect, url string, change ...func(*Config)) *Signer {
	t.Helper()
	c := Config{URL: url, Dialect: d, Agent: "chute-test"}
	for _, f := range change {
		f(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// dialectOf reads a dialect from text.
func dialectOf(t testing.TB, text string) *Dialect {
	t.Helper()
	d, problems := Parse("test.toml", []byte("name = \"test\"\ntitle = \"Test\"\n"+text))
	for _, p := range problems {
		t.Fatal(p)
	}
	return d
}

// content is size bytes that are like no others.
func content(size int) []byte {
	b := make([]byte, size)
	rand.NewChaCha8([32]byte{byte(size), byte(size >> 8), 7}).Read(b)
	return b
}

// send uploads by the engine and returns how that ended.
func send(t testing.TB, s sign.Signer, name, key string, bytes []byte) uploader.Snapshot {
	t.Helper()
	path := filepath.Join(t.TempDir(), "source")
	if err := os.WriteFile(path, bytes, 0o600); err != nil {
		t.Fatal(err)
	}
	return sendSource(t, s, uploader.NewFile(name, path, int64(len(bytes))), key)
}

func sendSource(t testing.TB, s sign.Signer, source uploader.Source, key string) uploader.Snapshot {
	t.Helper()
	e := uploader.New(uploader.Options{})
	defer e.Close(context.WithoutCancel(t.Context()))
	transport := uploader.NewTransport(nil, nil)
	t.Cleanup(transport.CloseIdleConnections)
	id := e.Add(uploader.Job{
		Source: source, Key: key, Destination: "test", LinkLife: time.Hour,
		Open: func(context.Context) (uploader.Target, error) {
			return uploader.Target{Signer: s, Transport: transport}, nil
		},
	})
	if err := e.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	snap, _ := e.Snapshot(id)
	return snap
}

// fetch gets what a link leads to.
func fetch(t testing.TB, url string) (int, []byte) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, b
}

// wantFault checks code and variant of a failure.
func wantFault(t testing.TB, err error, code fault.Code, variant fault.Variant) *fault.Error {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != code || f.Variant != variant {
		t.Fatalf("got %v, want %s %s", err, code, variant)
	}
	return f
}

func object1(size int64) sign.Object {
	return sign.Object{Name: "a.txt", Key: "k/a.txt", Size: size, ContentType: "text/plain"}
}

func equal(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes that differ from the %d sent", what, len(got), len(want))
	}
}

func fixed(secret string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return secret, nil }
}

// serveAlone runs a handler that needs no store.
func serveAlone(t testing.TB, f http.HandlerFunc) string {
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return server.URL
}

// noDigest sums up an empty file.
func noDigest(context.Context, hash.Hash) error { return nil }
