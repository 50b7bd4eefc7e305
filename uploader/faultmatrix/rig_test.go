// Package faultmatrix tests what becomes of a transfer when something goes
// wrong: each fault that a store, a backend, the line or the disk can have,
// in each way of sending. Every cell says what is expected: that the object
// arrives, or which failure the user reads, and that nothing is left over.
package faultmatrix

import (
	"bytes"
	"context"
	"flag"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"chute/uploader"
	"chute/uploader/internal/haste"
	"chute/uploader/sign"
	"chute/uploader/sign/backend"
	"chute/uploader/sign/s3"
	"chute/uploader/storetest"

	"github.com/aws/aws-sdk-go-v2/credentials"
)

// faster is how many times sooner than in life patience runs out here.
const faster = 10

// cellsAtOnce is how many cells run at a time. They spend their time waiting.
const cellsAtOnce = "8"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", cellsAtOnce); err != nil {
		panic(err)
	}
	haste.Factor = faster
	os.Exit(storetest.Main(m))
}

// The sizes of what is sent: one request, or two parts, the smallest that a
// store takes, so that many cells fit into a test run.
const (
	partSize   = 5 << 20
	singleSize = 300 << 10
	multiSize  = partSize + 200<<10
)

// column is a way of sending.
type column struct {
	name    string
	multi   bool
	dialect string         // of the backend; empty: signed here
	carry   storetest.Kind // of the requests that carry bytes
	bytes   int            // how many such requests there are without a fault
}

var columns = []column{
	{"local single", false, "", storetest.Put, 1},
	{"local multipart", true, "", storetest.PartPut, 2},
	{"backend single", false, "three-endpoint", storetest.Put, 1},
	{"backend form", false, "post-form", storetest.Form, 1},
	{"backend multipart", true, "uppy-companion", storetest.PartPut, 2},
}

// rig is one cell: a store, maybe a backend, and an engine that sends there.
type rig struct {
	t       *testing.T
	column  column
	store   *storetest.Store
	backend *storetest.Backend // nil: signed here
	content []byte
	path    string
	met     atomic.Int32 // how often the fault was met

	// What a row may set before the engine starts.
	source    uploader.Source
	road      *http.Transport
	endpoint  string // of the store
	ask       string // the address of the backend
	byName    bool   // the addresses have names
	options   uploader.Options
	whileSent func(done <-chan struct{}) // runs beside the transfer
}

const key = "folder/k é.bin"

func newRig(t *testing.T, c column, tls bool) *rig {
	start := storetest.Start
	if tls {
		start = storetest.StartTLS
	}
	store := start(t)
	r := &rig{t: t, column: c, store: store, endpoint: store.Endpoint, road: uploader.NewTransport(nil, nil)}
	t.Cleanup(r.road.CloseIdleConnections)
	size := singleSize
	if c.multi {
		size = multiSize
	}
	r.content = make([]byte, size)
	rand.NewChaCha8([32]byte{1}).Read(r.content)
	r.path = filepath.Join(t.TempDir(), "k é.bin")
	if err := os.WriteFile(r.path, r.content, 0o600); err != nil {
		t.Fatal(err)
	}
	r.source = uploader.NewFile("k é.bin", r.path, int64(size))
	if c.dialect != "" {
		r.backend = store.StartBackend(t)
		r.ask = r.backend.URL
	}
	r.options.TempDir = t.TempDir()
	r.options.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	return r
}

func (r *rig) signer() sign.Signer {
	if r.backend != nil {
		s, err := backend.New(backend.Config{
			URL: r.ask, Dialect: backend.Find(backend.Builtin(), r.column.dialect), Bucket: r.store.Bucket, Transport: r.road, Store: r.road, AllowHTTP: r.byName,
		})
		if err != nil {
			r.t.Fatal(err)
		}
		return cut{s, r.column.multi}
	}
	s, err := s3.New(r.t.Context(), s3.Config{
		Endpoint: r.endpoint, Region: storetest.Region, Bucket: r.store.Bucket, PathStyle: true, Transport: r.road,
		Credentials: credentials.NewStaticCredentialsProvider(storetest.AccessKey, storetest.SecretKey, ""),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return struct {
		cut
		sign.Finder
	}{cut{s, r.column.multi}, s}
}

// cut makes the engine send by parts what is small enough for one request.
type cut struct {
	sign.Signer
	multi bool
}

func (c cut) Limits() sign.Limits {
	l := c.Signer.Limits()
	if c.multi {
		l.NoSingle, l.PartSize = true, partSize
	}
	return l
}

// send sends the rig's source to its end, closes the engine, and returns what
// the user sees.
func (r *rig) send() uploader.Snapshot {
	r.t.Helper()
	target := uploader.Target{Signer: r.signer(), Transport: r.road}
	ended := make(chan uploader.Snapshot, 1)
	r.options.Ended = func(s uploader.Snapshot) { ended <- s }
	e := uploader.New(r.options)
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := e.Close(ctx); err != nil {
			r.t.Errorf("close: %v", err)
		}
	}()
	done := make(chan struct{})
	if r.whileSent != nil {
		go r.whileSent(done)
	}
	e.Add(uploader.Job{
		Source: r.source, Destination: "test", Key: key, LinkLife: time.Hour,
		Open: func(context.Context) (uploader.Target, error) { return target, nil },
	})
	defer close(done)
	select {
	case s := <-ended:
		return s
	case <-time.After(time.Minute):
		r.t.Fatal("it does not end")
		return uploader.Snapshot{}
	}
}

// counted counts how often a fault is met.
func (r *rig) counted(f storetest.Fault) storetest.Fault {
	return func(p *storetest.Proxy, w http.ResponseWriter, req *http.Request) {
		r.met.Add(1)
		f(p, w, req)
	}
}

// arrived fails the test unless exactly the right object is in the store and
// the user has what there is to share.
func (r *rig) arrived(s uploader.Snapshot, stray bool) {
	r.t.Helper()
	if s.State != uploader.Done {
		r.t.Fatalf("it ended in state %d: %v", s.State, s.Err)
	}
	if !bytes.Equal(r.store.Get(s.Key), r.content) {
		r.t.Error("the object differs")
	}
	if s.Sent != int64(len(r.content)) {
		r.t.Errorf("%d bytes sent of %d", s.Sent, len(r.content))
	}
	if !stray {
		r.store.Holds(s.Key)
	}
	switch {
	case s.Link.URL == "":
		r.t.Error("there is no link")
	case r.column.dialect == "" || r.column.dialect == "post-form": // others give a plain address
		r.store.Heal()
		resp, err := (&http.Client{Transport: r.road}).Get(s.Link.URL)
		if err != nil {
			r.t.Fatal(err)
		}
		defer resp.Body.Close()
		if got, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(got, r.content) {
			r.t.Errorf("the link gives %s and %d bytes, %v", resp.Status, len(got), err)
		}
	}
}
