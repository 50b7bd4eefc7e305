package backend

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"
	"chute/uploader/storetest"
)

// begin opens a multipart upload of two parts, the first of 5 MiB.
func begin(t *testing.T, s *Signer) sign.Upload {
	t.Helper()
	o := object1(5<<20 + 3)
	o.Parts, o.PartSize = 2, 5<<20
	u, err := s.Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// restart is what a journal does with an upload between two processes.
func restart(t *testing.T, s *Signer, u sign.Upload) sign.Upload {
	t.Helper()
	stored, err := json.Marshal(u.Ref())
	if err != nil {
		t.Fatal(err)
	}
	var ref sign.Ref
	if err := json.Unmarshal(stored, &ref); err != nil {
		t.Fatal(err)
	}
	if secrets := string(stored); strings.Contains(secrets, "Signature") {
		t.Errorf("a signature is stored: %s", secrets)
	}
	again, err := s.Resume(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if again.Ref() != ref {
		t.Errorf("resumed as %+v, was %+v", again.Ref(), ref)
	}
	return again
}

// An upload goes on after a restart wherever parts can be signed again.
func TestGoesOnAfterRestart(t *testing.T) {
	for _, f := range flows {
		if !f.multi || f.dialect == "sts" || f.dialect == "better-upload" {
			continue
		}
		t.Run(f.dialect+f.variant, func(t *testing.T) {
			h := newHouse(t)
			s := signer(t, f.dialect, h.serve(f.serve(h)))
			u, want := begin(t, s), content(5<<20+3)
			first := partOf(t, u, 1, want[:5<<20])
			u = restart(t, s, u)
			listed, err := u.Uploaded(t.Context())
			if can := f.can().Resume; can != (err == nil) || can && (len(listed) != 1 || listed[0] != first) {
				t.Errorf("listed %+v, %v", listed, err)
			}
			second := partOf(t, u, 2, want[5<<20:])
			if _, err := u.Complete(t.Context(), []sign.Part{second, first}); err != nil {
				t.Fatal(err)
			}
			equal(t, "the object", h.Get(u.Ref().Key), want)
			u = restart(t, s, u)
			link, err := u.Link(t.Context(), time.Hour)
			if f.link == "public" && (err != nil || link.URL == "") || f.link == "" && !errors.Is(err, sign.ErrUnsupported) {
				t.Errorf("link %v, %v", link, err)
			}
		})
	}
}

func partOf(t *testing.T, u sign.Upload, number int, b []byte) sign.Part {
	t.Helper()
	r, err := u.Part(t.Context(), number, sign.PartInfo{Size: int64(len(b))})
	if err != nil {
		t.Fatal(err)
	}
	return sign.Part{Number: number, Size: int64(len(b)), ETag: put(t, r, b)}
}

func TestAbort(t *testing.T) {
	for _, f := range flows {
		if !f.multi || f.dialect == "sts" {
			continue
		}
		t.Run(f.dialect+f.variant, func(t *testing.T) {
			h := newHouse(t)
			s := signer(t, f.dialect, h.serve(f.serve(h)), func(c *Config) {
				if f.config != nil {
					f.config(h, c)
				}
			})
			o := object1(20 << 20)
			o.Parts, o.PartSize = 3, 8<<20
			u, err := s.Begin(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			err = u.Abort(t.Context())
			if !f.can().Abort {
				if !errors.Is(err, sign.ErrUnsupported) || len(h.Uploads()) != 1 {
					t.Errorf("%v", err)
				}
				return
			}
			if left := h.Uploads(); err != nil || len(left) > 0 {
				t.Errorf("%v; left: %q", err, left)
			}
			if err := u.Abort(t.Context()); err != nil && f.dialect != "uppy-companion" { // Companion calls it a failure of its own
				t.Errorf("the second time: %v", err)
			}
		})
	}
}

// better-upload signs once: after a restart, or when time is over, the upload
// has to begin again.
func TestBetterUploadCannotResign(t *testing.T) {
	h := newHouse(t)
	s := signer(t, "better-upload", h.serve(betterUpload(h, 5<<20, 1<<30)), func(c *Config) { c.Vars = map[string]string{"route": "files"} })
	u := begin(t, s)
	if r := u.Ref(); r.PartSize != 5<<20 || r.UploadID == "" {
		t.Errorf("%+v", r)
	}
	r, err := u.Part(t.Context(), 1, sign.PartInfo{Size: 5 << 20})
	if err != nil || r.Expires.IsZero() {
		t.Fatalf("%v, %v", r, err)
	}
	_, err = u.Part(t.Context(), 1, sign.PartInfo{Size: 5 << 20})
	wantFault(t, err, fault.Expired, "")
	u = restart(t, s, u)
	_, err = u.Part(t.Context(), 2, sign.PartInfo{Size: 3})
	wantFault(t, err, fault.Changed, fault.StoreForgot)
	_, err = u.Complete(t.Context(), nil)
	wantFault(t, err, fault.Changed, fault.StoreForgot)
	if err := u.Abort(t.Context()); !errors.Is(err, sign.ErrUnsupported) {
		t.Error(err)
	}
}

// What the backend will not take is told by its own code, before a byte moves.
func TestBetterUploadRefuses(t *testing.T) {
	h := newHouse(t)
	s := signer(t, "better-upload", h.serve(betterUpload(h, 5<<20, 1<<20)), func(c *Config) { c.Vars = map[string]string{"route": "files"} })
	if snap := send(t, s, "a.txt", "k", content(2<<20)); snap.Err == nil || snap.Err.Code != fault.TooLarge || snap.Err.Facts["Reason"] != "refused: file_too_large" {
		t.Errorf("%v", snap.Err)
	}
	o := object1(1)
	o.ContentType = "video/mp4"
	_, err := s.Begin(t.Context(), o)
	wantFault(t, err, fault.WrongType, fault.RefusedType)
	s = signer(t, "better-upload", h.serve(betterUpload(h, 5<<20, 1<<20)), func(c *Config) { c.Vars = map[string]string{"route": "nope"} })
	_, err = s.Begin(t.Context(), object1(1))
	wantFault(t, err, fault.Backend, fault.BackendRefused)
	if n := h.Count(storetest.Put) + h.Count(storetest.PartPut); n != 0 {
		t.Errorf("%d requests reached the store", n)
	}
}

// A request that the gateway finds expired is signed again, and that is no
// failed attempt.
func TestExpiredIsSignedAgain(t *testing.T) {
	h := newHouse(t)
	var asked atomic.Int32
	backend := h.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.URL.Query().Get("object_name")
		if asked.Add(1) > 2 {
			reply(w, 200, h.put(key, "", time.Minute))
			return
		}
		old, err := h.signAt(r.Context(), http.MethodPut, key, url.Values{}, time.Now().Add(-10*time.Minute), time.Minute)
		h.must(err)
		reply(w, 200, old)
	}))
	s := signer(t, "presign", backend, func(c *Config) { c.Bucket, c.PublicURL = h.Bucket, "https://files.example/x" })
	want := content(1 << 20)
	snap := send(t, s, "a+b.txt", "dir/a+b.txt", want)
	if snap.Err != nil || snap.Link.URL != "https://files.example/x/dir/a%2Bb.txt" || !snap.Link.Expires.IsZero() {
		t.Fatalf("%+v, %v", snap.Link, snap.Err)
	}
	equal(t, "the object", h.Get("dir/a+b.txt"), want)
	if n := asked.Load(); n != 3 {
		t.Errorf("signed %d times", n)
	}
}

// The list of all parts' addresses lives shorter than the upload.
func TestListOfPartsRunsOut(t *testing.T) {
	h := newHouse(t)
	s := signer(t, "aws-mpu-sample", h.serve(mpuSample(h, time.Second)))
	u := begin(t, s).(*upload)
	if _, err := u.Part(t.Context(), 1, sign.PartInfo{}); err != nil {
		t.Fatal(err)
	}
	u.mu.Lock()
	kept := u.ready[2]
	u.mu.Unlock()
	if now := kept.given; !kept.fresh(now) || kept.fresh(now.Add(600*time.Millisecond)) {
		t.Errorf("kept %v after it was given at %v", kept.request.Expires, kept.given)
	}
	kept.given = kept.given.Add(-time.Second)
	u.mu.Lock()
	u.ready[2] = kept
	u.mu.Unlock()
	if _, err := u.Part(t.Context(), 2, sign.PartInfo{}); err != nil {
		t.Fatal(err)
	}
	if n := h.count("POST /getPreSignedUrls"); n != 2 {
		t.Errorf("asked %d times for the list", n)
	}
}

// A batch is asked for once for all who wait, and each request given once.
func TestBatch(t *testing.T) {
	h := newHouse(t)
	s := signer(t, "uppy-companion", h.serve(companion(h, "")))
	o := object1(40 << 20)
	o.Parts, o.PartSize = 8, 5<<20
	u, err := s.Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	given := make(chan string)
	for n := range 8 {
		go func() {
			r, err := u.Part(t.Context(), n+1, sign.PartInfo{})
			if err != nil || time.Until(r.Expires) < 10*time.Minute {
				t.Errorf("part %d: until %v, %v", n+1, r.Expires, err)
			}
			given <- r.URL
		}()
	}
	all := map[string]bool{}
	for range 8 {
		all[<-given] = true
	}
	batches := h.count("GET /s3/multipart/" + u.Ref().UploadID + "/batch")
	if len(all) != 8 || batches < 1 || batches > 8 {
		t.Errorf("%d requests from %d batches", len(all), batches)
	}

	// One after the other they come from one batch; after a failure a part is
	// asked for again.
	if u, err = s.Begin(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for i, number := range []int{1, 2, 3, 4, 5, 6, 7, 8, 3} {
		if _, err := u.Part(t.Context(), number, sign.PartInfo{}); err != nil {
			t.Fatal(err)
		}
		if got, want := h.count("GET /s3/multipart/"+u.Ref().UploadID+"/batch"), 1+i/8; got != want {
			t.Errorf("request %d: %d batches, want %d", i+1, got, want)
		}
	}
}

// A stream has no size before its end.
func TestStream(t *testing.T) {
	for _, dialect := range []string{"uppy-companion", "aws-mpu-sample", "uppy-sign"} {
		t.Run(dialect, func(t *testing.T) {
			h := newHouse(t)
			serve := map[string]http.Handler{
				"uppy-companion": companion(h, ""), "aws-mpu-sample": mpuSample(h, 5*time.Minute), "uppy-sign": uppySign(h),
			}[dialect]
			want := content(20 << 20)
			snap := sendSource(t, signer(t, dialect, h.serve(serve)), uploader.NewPipe("s.bin", io.MultiReader(bytes.NewReader(want))), "k")
			if snap.Err != nil {
				t.Fatal(snap.Err)
			}
			equal(t, "the object", h.Get(snap.Key), want)
		})
	}
}

// An answer to complete that gets lost does not end in a failure, nor in an
// upload that was thought to be unfinished.
func TestCompleteAnswerGetsLost(t *testing.T) {
	for dialect, serve := range map[string]func(*house) http.Handler{
		"three-endpoint": threeEndpoint, "uppy-sign": uppySign,
		"uppy-companion": func(h *house) http.Handler { return companion(h, "") },
	} {
		t.Run(dialect, func(t *testing.T) {
			h := newHouse(t)
			inner := serve(h)
			var lost atomic.Bool
			h.quiet = true // the handlers' second complete fails, as it should
			backend := h.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "complete") && lost.CompareAndSwap(false, true) {
					inner.ServeHTTP(discard{http.Header{}}, r)
					panic(http.ErrAbortHandler)
				}
				inner.ServeHTTP(w, r)
			}))
			if dialect == "uppy-sign" { // completed at the store itself
				h.Fault(storetest.On(storetest.Complete).Times(1), storetest.DropAnswer())
				lost.Store(true)
			}
			want := content(20 << 20)
			snap := send(t, signer(t, dialect, backend), "a.bin", "k", want)
			if snap.Err != nil || !lost.Load() {
				t.Fatal(snap.Err)
			}
			equal(t, "the object", h.Get(snap.Key), want)
			if left := h.Uploads(); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func TestStat(t *testing.T) {
	h := newHouse(t)
	s := signer(t, "presign", h.serve(presignServer(h)), func(c *Config) { c.Bucket = h.Bucket })
	u, err := s.Begin(t.Context(), object1(3))
	if err != nil {
		t.Fatal(err)
	}
	_, err = u.Stat(t.Context())
	wantFault(t, err, fault.Changed, fault.NotFound)
	// The empty one comes last: asked for a part of it, the store leaves its
	// file open, and Windows replaces no open file.
	for _, b := range []string{"abc", strings.Repeat("x", 1<<20), ""} {
		h.Put("k/a.txt", []byte(b))
		got, err := u.Stat(t.Context())
		if err != nil || got.Size != int64(len(b)) {
			t.Errorf("%d bytes: %+v, %v", len(b), got, err)
		}
	}
	page := serveAlone(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "please sign in") })
	d := dialectOf(t, "[single]\npath = \"/x\"\nanswer = { url = \"url\" }\n[link]\npath = \"/x\"\nanswer = { url = \"url\" }")
	s = signerOf(t, d, serveAlone(t, func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, object{"url": page + "/k"}) }))
	if u, err = s.Begin(t.Context(), object1(3)); err != nil {
		t.Fatal(err)
	}
	if got, err := u.Stat(t.Context()); !errors.Is(err, sign.ErrUnsupported) {
		t.Errorf("a page counts as an object: %+v, %v", got, err)
	}
}
