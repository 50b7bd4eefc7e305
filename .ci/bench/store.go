package main

import (
	"context"
	"encoding/xml"
	"fmt"
	"hash"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"chute/uploader/checksum"
	"chute/uploader/gateway"

	"github.com/minio/crc64nvme"
)

// The stores run as processes of their own: bench runs itself with one of
// these as its first argument.
const (
	storeDiscard = "store-discard"
	storeGateway = "store-gateway"
)

// Both take any program's signature by this key, and the gateway checks it.
const (
	accessKey = "benchbench"
	secretKey = "benchsecret"
	bucket    = "bench-bucket"
	region    = "us-east-1"
)

// serveGateway runs the embedded gateway until it is killed.
func serveGateway(dir string, port int) error {
	g, err := gateway.Start(context.Background(), gateway.Config{
		Dir: dir, Port: port, AccessKey: accessKey, SecretKey: secretKey, Region: region, Buckets: []string{bucket},
		Connections: 1024, // s5cmd has 256 workers
	})
	if err != nil {
		return err
	}
	<-g.Done()
	return nil
}

// discard is a store that keeps nothing but what it takes to answer as Amazon
// S3 does, checksums included.
type discard struct {
	faults  faults
	most    int64        // requests with a body at a time; 0: any number
	now     atomic.Int64 // so many are under way
	payload atomic.Int64 // bytes of bodies
	puts    atomic.Int64 // requests with a body
	first   atomic.Int64 // when the first of them came, Unix nanoseconds

	mu      sync.Mutex
	begun   int // uploads so far
	uploads map[string]map[int]piece
	objects map[string]piece
}

type piece struct {
	size int64
	crc  uint64
}

// faults are the shares of requests with a body that go wrong, by a seed.
type faults struct {
	fail, stall float64
	mu          sync.Mutex
	random      *rand.Rand
}

type fate int

const (
	fine fate = iota
	refused
	reset
	stalled
)

func (f *faults) next() fate {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.random == nil {
		return fine
	}
	switch n := f.random.Float64(); {
	case n < f.fail/2:
		return refused
	case n < f.fail:
		return reset
	case n < f.fail+f.stall:
		return stalled
	}
	return fine
}

// newDiscard makes a store; seed 0 means without faults.
func newDiscard(seed uint64, fail, stall float64, most int) *discard {
	d := &discard{uploads: make(map[string]map[int]piece), objects: make(map[string]piece)}
	d.faults.fail, d.faults.stall, d.most = fail, stall, int64(most)
	if seed != 0 {
		d.faults.random = rand.New(rand.NewPCG(seed, 0))
	}
	return d
}

func (d *discard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	w.Header().Set("X-Amz-Request-Id", "BENCH")
	if r.URL.Path == "/-/stats" {
		fmt.Fprintf(w, "%d %d %d", d.payload.Load(), d.puts.Load(), d.first.Load())
		return
	}
	switch {
	case r.Method == http.MethodPost && q.Has("uploads"):
		d.create(w, r)
	case r.Method == http.MethodPost:
		d.complete(w, r, q.Get("uploadId"))
	case r.Method == http.MethodPut:
		d.put(w, r, q.Get("uploadId"), q.Get("partNumber"))
	case r.Method == http.MethodGet && q.Has("uploadId"):
		d.list(w, q.Get("uploadId"))
	case r.Method == http.MethodHead, r.Method == http.MethodGet:
		d.stat(w, r)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (d *discard) put(w http.ResponseWriter, r *http.Request, upload, part string) {
	d.puts.Add(1)
	if now := d.now.Add(1); d.most > 0 && now > d.most {
		d.now.Add(-1)
		slowDown(w)
		return
	}
	defer d.now.Add(-1)
	d.first.CompareAndSwap(0, time.Now().UnixNano())
	switch fate, half := d.faults.next(), r.ContentLength/2; fate {
	case refused:
		slowDown(w)
		return
	case reset:
		n, _ := io.CopyN(io.Discard, r.Body, half)
		d.payload.Add(n)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}
		return
	case stalled:
		n, _ := io.CopyN(io.Discard, r.Body, half)
		d.payload.Add(n)
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Minute):
		}
		return
	}
	sum := crc64nvme.New()
	n, err := d.read(sum, r.Body)
	d.payload.Add(n)
	if err != nil {
		return
	}
	p := piece{n, sum.Sum64()}
	d.mu.Lock()
	if upload == "" {
		d.objects[r.URL.Path] = p
	} else {
		number, _ := strconv.Atoi(part)
		if d.uploads[upload] != nil {
			d.uploads[upload][number] = p
		}
	}
	d.mu.Unlock()
	w.Header().Set("ETag", fmt.Sprintf(`"%032x"`, p.crc))
	w.Header().Set("X-Amz-Checksum-Crc64nvme", checksum.EncodeCRC64(p.crc))
}

func slowDown(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	w.WriteHeader(http.StatusServiceUnavailable)
	fmt.Fprint(w, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>")
}

var buffers = sync.Pool{New: func() any { return new([256 << 10]byte) }}

func (d *discard) read(sum hash.Hash, body io.Reader) (int64, error) {
	buf := buffers.Get().(*[256 << 10]byte)
	defer buffers.Put(buf)
	return io.CopyBuffer(sum, struct{ io.Reader }{body}, buf[:])
}

func (d *discard) create(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	d.begun++
	id := fmt.Sprintf("upload-%d", d.begun)
	d.uploads[id] = make(map[int]piece)
	d.mu.Unlock()
	answer(w, "InitiateMultipartUploadResult", map[string]string{"UploadId": id, "Bucket": bucket})
}

// list answers ListParts, all in one page.
func (d *discard) list(w http.ResponseWriter, id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.uploads[id] == nil {
		w.WriteHeader(http.StatusNotFound)
		answer(w, "Error", map[string]string{"Code": "NoSuchUpload"})
		return
	}
	fmt.Fprint(w, "<ListPartsResult><IsTruncated>false</IsTruncated>")
	for n, p := range d.uploads[id] {
		fmt.Fprintf(w, "<Part><PartNumber>%d</PartNumber><Size>%d</Size><ETag>&quot;%032x&quot;</ETag><ChecksumCRC64NVME>%s</ChecksumCRC64NVME></Part>",
			n, p.size, p.crc, checksum.EncodeCRC64(p.crc))
	}
	fmt.Fprint(w, "</ListPartsResult>")
}

func (d *discard) complete(w http.ResponseWriter, r *http.Request, id string) {
	io.Copy(io.Discard, r.Body)
	d.mu.Lock()
	defer d.mu.Unlock()
	var whole piece
	parts := d.uploads[id]
	for n := 1; n <= len(parts); n++ {
		p := parts[n]
		whole = piece{whole.size + p.size, checksum.CombineCRC64(whole.crc, p.crc, p.size)}
	}
	d.objects[r.URL.Path] = whole
	delete(d.uploads, id)
	answer(w, "CompleteMultipartUploadResult", map[string]string{
		"ETag": fmt.Sprintf(`"%032x-%d"`, whole.crc, len(parts)), "ChecksumCRC64NVME": checksum.EncodeCRC64(whole.crc), "ChecksumType": "FULL_OBJECT",
	})
}

func answer(w http.ResponseWriter, name string, fields map[string]string) {
	fmt.Fprintf(w, "<%s>", name)
	for k, v := range fields {
		fmt.Fprintf(w, "<%s>", k)
		xml.EscapeText(w, []byte(v))
		fmt.Fprintf(w, "</%s>", k)
	}
	fmt.Fprintf(w, "</%s>", name)
}

func (d *discard) stat(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	p, ok := d.objects[r.URL.Path]
	d.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Length", strconv.FormatInt(p.size, 10))
	w.Header().Set("ETag", fmt.Sprintf(`"%032x"`, p.crc))
	w.Header().Set("X-Amz-Checksum-Crc64nvme", checksum.EncodeCRC64(p.crc))
}

// serveStore is what bench does as a store: KIND DIR SEED FAIL STALL MOST. It
// prints the address that it listens on.
func serveStore(args []string) error {
	kind, dir := args[0], args[1]
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	if kind == storeGateway {
		listener.Close()
		port, _ := strconv.Atoi(address[strings.LastIndexByte(address, ':')+1:])
		out := os.Stdout
		os.Stdout, os.Stderr = nil, nil // the gateway prints a banner
		go func() {
			for !gateway.Answers(context.Background(), "http://"+address) {
				time.Sleep(20 * time.Millisecond)
			}
			fmt.Fprintln(out, address)
		}()
		return serveGateway(dir, port)
	}
	seed, _ := strconv.ParseUint(args[2], 10, 64)
	fail, _ := strconv.ParseFloat(args[3], 64)
	stall, _ := strconv.ParseFloat(args[4], 64)
	most, _ := strconv.Atoi(args[5])
	fmt.Println(address)
	server := http.Server{Handler: newDiscard(seed, fail, stall, most), ErrorLog: log.New(io.Discard, "", 0)}
	return server.Serve(listener)
}
