package uploader_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"
	"chute/uploader/sign/s3"
	"chute/uploader/storetest"

	"github.com/aws/aws-sdk-go-v2/credentials"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const mib = 1 << 20

// bench is an engine that sends to a test store.
type bench struct {
	t      testing.TB
	store  *storetest.Store
	engine *uploader.Engine
	target uploader.Target
	dir    string

	mu   sync.Mutex
	ends []uploader.Snapshot
}

func newBench(t testing.TB, options ...func(*uploader.Options)) *bench {
	t.Helper()
	return benchOn(t, storetest.Start(t), options...)
}

func benchOn(t testing.TB, store *storetest.Store, options ...func(*uploader.Options)) *bench {
	b := &bench{t: t, store: store, dir: t.TempDir()}
	b.target = target(t, s3.Config{
		Endpoint: store.Endpoint, Region: storetest.Region, Bucket: store.Bucket, PathStyle: true,
	})
	o := uploader.Options{TempDir: t.TempDir(), Ended: func(s uploader.Snapshot) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.ends = append(b.ends, s)
	}}
	for _, set := range options {
		set(&o)
	}
	b.engine = uploader.New(o)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := b.engine.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return b
}

// target makes the target of a store; the keys are those that it accepts.
func target(t testing.TB, c s3.Config) uploader.Target {
	t.Helper()
	road := uploader.NewTransport(nil, nil)
	t.Cleanup(road.CloseIdleConnections)
	if c.Transport == nil {
		c.Transport = road
	}
	if c.Credentials == nil {
		c.Credentials = credentials.NewStaticCredentialsProvider(storetest.AccessKey, storetest.SecretKey, "")
	}
	signer, err := s3.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return uploader.Target{Signer: signer, Transport: road}
}

// file writes size random bytes and returns path and content.
func (b *bench) file(name string, size int) (string, []byte) {
	b.t.Helper()
	content := make([]byte, size)
	rand.NewChaCha8([32]byte{byte(size), byte(size >> 8), byte(size >> 16)}).Read(content)
	path := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path, content
}

func (b *bench) job(source uploader.Source, key string) uploader.Job {
	return uploader.Job{
		Source: source, Destination: "test", Key: key, LinkLife: time.Hour,
		Open: func(context.Context) (uploader.Target, error) { return b.target, nil },
	}
}

func (b *bench) add(path, key string) uploader.ID {
	b.t.Helper()
	for found := range uploader.Walk(path) {
		return b.engine.Add(b.job(found.Source, key))
	}
	b.t.Fatalf("nothing at %s", path)
	return ""
}

// await waits until the transfer satisfies a condition.
func (b *bench) await(id uploader.ID, what string, ok func(uploader.Snapshot) bool) uploader.Snapshot {
	b.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		s, known := b.engine.Snapshot(id)
		if !known {
			b.t.Fatalf("no transfer %s", id)
		}
		if ok(s) {
			return s
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("%s: not %s within a minute: state %d, %d of %d, %v", s.Name, what, s.State, s.Sent, s.Size, s.Err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (b *bench) awaitState(id uploader.ID, state uploader.State) uploader.Snapshot {
	b.t.Helper()
	return b.await(id, fmt.Sprint("in state ", state), func(s uploader.Snapshot) bool { return s.State == state })
}

func (b *bench) done(id uploader.ID) uploader.Snapshot {
	b.t.Helper()
	s := b.await(id, "ended", func(s uploader.Snapshot) bool { return s.State.Ended() })
	if s.State != uploader.Done {
		b.t.Fatalf("%s ended in state %d: %v", s.Name, s.State, s.Err)
	}
	return s
}

func (b *bench) failed(id uploader.ID, code fault.Code) uploader.Snapshot {
	b.t.Helper()
	s := b.await(id, "ended", func(s uploader.Snapshot) bool { return s.State.Ended() })
	if s.State != uploader.Failed || s.Err == nil || s.Err.Code != code {
		b.t.Fatalf("%s ended in state %d with %v, want %s", s.Name, s.State, s.Err, code)
	}
	return s
}

// fetch reads a link as a browser would.
func fetch(t testing.TB, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the link answers %s: %.300s %v", resp.Status, body, err)
	}
	return body
}

// Every size around a border of the plan arrives, and the link gives it back.
func TestSizes(t *testing.T) {
	b := newBench(t)
	const part, threshold = 8 * mib, 16 * mib
	for _, size := range []int{0, 1, threshold - 1, threshold, threshold + 1, 3 * part, 3*part + 1, 5*part - 1} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			path, content := b.file("file.bin", size)
			key := fmt.Sprintf("size/%d", size)
			s := b.done(b.add(path, key))
			if s.Size != int64(size) || s.Sent != int64(size) || s.Key != key || s.Checksum == "" {
				t.Errorf("snapshot %+v", s)
			}
			if s.Again != 0 && s.Parts < 2 { // a part that is slow, as on a busy machine, is sent once more beside
				t.Errorf("%d bytes were sent in vain", s.Again)
			}
			if !bytes.Equal(b.store.Get(key), content) || !bytes.Equal(fetch(t, s.Link.URL), content) {
				t.Error("the bytes differ")
			}
		})
	}
	if left := b.store.Uploads(); len(left) > 0 {
		t.Errorf("unfinished: %q", left)
	}
}

func TestNames(t *testing.T) {
	b := newBench(t)
	var keys []string
	for _, name := range []string{
		"two words.txt", "a+b%20c#d&e?f.txt", `quote'"s.txt`, ".hidden", "caf\u00e9.txt", "cafe\u0301.txt",
		"日本語.txt", "🎬🎞.mov", strings.Repeat("n", 251) + ".txt", "semi;colon=equals,comma.txt", "<html>&amp;.htm",
	} {
		name = uploader.Possible(name)
		path, content := b.file(name, 100)
		key := "names/" + name
		s := b.done(b.add(path, key))
		resp, err := http.Get(s.Link.URL)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if !bytes.Equal(got, content) {
			t.Errorf("%q: the link gives %s %.100q", name, resp.Status, got)
		}
		keys = append(keys, key)
	}
	b.store.Holds(keys...)
}

func TestSameNameTwice(t *testing.T) {
	b := newBench(t)
	one, first := b.file("a/same.txt", 10)
	two, second := b.file("b/same.txt", 20)
	x, y := b.add(one, "1/same.txt"), b.add(two, "2/same.txt")
	if !bytes.Equal(fetch(t, b.done(x).Link.URL), first) || !bytes.Equal(fetch(t, b.done(y).Link.URL), second) {
		t.Error("the files were mixed up")
	}
}

func TestFolderOf3000Files(t *testing.T) {
	if testing.Short() {
		t.Skip("3,000 files")
	}
	b := newBench(t)
	for i := range 3000 {
		b.file(fmt.Sprintf("many/%d/%d/f%d.txt", i%7, i%11, i), i%50)
	}
	n := 0
	for found := range uploader.Walk(filepath.Join(b.dir, "many")) {
		b.engine.Add(b.job(found.Source, found.Source.Name()))
		n++
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	if err := b.engine.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if keys := b.store.Keys(); n != 3000 || len(keys) != 3000 {
		t.Errorf("found %d, stored %d", n, len(keys))
	}
	for _, s := range b.ends {
		if s.State != uploader.Done {
			t.Fatalf("%s: %v", s.Name, s.Err)
		}
	}
}

// The faults that a transfer survives, single and by parts.
func TestSurvives(t *testing.T) {
	late := storetest.Answer(503, "SlowDown", "", "Retry-After", "1")
	for name, test := range map[string]struct {
		single, part storetest.Fault
	}{
		"reset":                 {storetest.CutAfter(1000), storetest.CutAfter(mib)},
		"500":                   {storetest.Answer(500, "InternalError", ""), storetest.Answer(500, "InternalError", "")},
		"503":                   {storetest.Refuse(503, "SlowDown"), storetest.Refuse(503, "SlowDown")},
		"503 with Retry-After":  {late, late},
		"RequestTimeout":        {storetest.Answer(400, "RequestTimeout", ""), storetest.Answer(400, "RequestTimeout", "")},
		"expired":               {storetest.Answer(403, "AccessDenied", "Request has expired"), storetest.Answer(403, "AccessDenied", "Request has expired")},
		"lost answer":           {storetest.DropAnswer(), storetest.DropAnswer()},
		"flipped bit":           {storetest.Corrupt(10), storetest.Corrupt(mib)},
		"a proxy's 502 in HTML": {storetest.Answer(502, "", ""), storetest.Answer(502, "", "")},
		"an error inside a 200": {storetest.Answer(200, "InternalError", ""), storetest.Answer(200, "InternalError", "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.store.Fault(storetest.On(storetest.Put).Times(2), test.single)
			b.store.Fault(storetest.OnPart(2).Times(1), test.part)
			small, smallBytes := b.file("small", 5000)
			large, largeBytes := b.file("large", 17*mib)
			x, y := b.add(small, "small"), b.add(large, "large")
			s := b.done(x)
			if s.Retries < 1 || !bytes.Equal(fetch(t, s.Link.URL), smallBytes) {
				t.Errorf("single: %d retries", s.Retries)
			}
			s = b.done(y)
			if !bytes.Equal(fetch(t, s.Link.URL), largeBytes) {
				t.Error("the bytes of the large one differ")
			}
			b.store.Holds("small", "large")
		})
	}
}

// Nothing is sent again because completing failed. On a slow machine a part may
// have been hedged before.
func TestSurvivesTroubleAtCompletion(t *testing.T) {
	for name, f := range map[string]storetest.Fault{
		"an error inside a 200": storetest.Answer(200, "InternalError", "We encountered an internal error"),
		"500":                   storetest.Answer(500, "InternalError", ""),
		"lost answer":           storetest.DropAnswer(),
		"cut":                   storetest.CutAfter(10),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			var before atomic.Int64
			b.store.Fault(storetest.On(storetest.Complete).Times(1), func(p *storetest.Proxy, w http.ResponseWriter, r *http.Request) {
				before.Store(int64(p.Count(storetest.PartPut)))
				f(p, w, r)
			})
			path, content := b.file("f", 17*mib)
			s := b.done(b.add(path, "k"))
			if !bytes.Equal(fetch(t, s.Link.URL), content) {
				t.Error("the bytes differ")
			}
			b.store.Holds("k")
			if n := int64(b.store.Count(storetest.PartPut)); n != before.Load() || n < 3 {
				t.Errorf("%d parts were sent, %d of them before the first attempt to complete", n, before.Load())
			}
		})
	}
}

// A store that loses a part gets that part again.
func TestSurvivesLostPart(t *testing.T) {
	b := newBench(t)
	b.store.Fault(storetest.OnPart(2).Times(1), func(_ *storetest.Proxy, w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // taken, acknowledged and lost
		w.Header().Set("ETag", `"5d41402abc4b2a76b9719d911017c592"`)
	})
	path, content := b.file("f", 24*mib)
	s := b.done(b.add(path, "k"))
	if !bytes.Equal(fetch(t, s.Link.URL), content) {
		t.Error("the bytes differ")
	}
	if n := b.store.Count(storetest.PartPut); n != 4 || s.Sent != 24*mib || s.Again != 8*mib {
		t.Errorf("%d parts were sent, %d bytes and %d again", n, s.Sent, s.Again)
	}
	b.store.Holds("k")
}

// A store that forgets the upload gets it again from the start.
func TestSurvivesForgottenUpload(t *testing.T) {
	b := newBench(t)
	b.store.Fault(storetest.OnPart(2).Times(1), storetest.Answer(404, "NoSuchUpload", ""))
	path, content := b.file("f", 17*mib)
	s := b.done(b.add(path, "k"))
	if !bytes.Equal(fetch(t, s.Link.URL), content) {
		t.Error("the bytes differ")
	}
	b.store.Holds("k")
}

// What fails for good fails with its code, and leaves nothing at the store.
func TestFails(t *testing.T) {
	for name, test := range map[string]struct {
		on    storetest.Kind
		fault storetest.Fault
		size  int
		code  fault.Code
	}{
		"denied, single":          {storetest.Put, storetest.Answer(403, "AccessDenied", "no"), 100, fault.Denied},
		"denied, part":            {storetest.PartPut, storetest.Answer(403, "AccessDenied", "no"), 17 * mib, fault.Denied},
		"denied, create":          {storetest.Create, storetest.Answer(403, "AccessDenied", "no"), 17 * mib, fault.Denied},
		"denied, complete":        {storetest.Complete, storetest.Answer(403, "AccessDenied", "no"), 17 * mib, fault.Denied},
		"expired again and again": {storetest.Put, storetest.Answer(403, "AccessDenied", "Request has expired"), 100, fault.Expired},
		"full":                    {storetest.Put, storetest.Answer(507, "", ""), 100, fault.Internal},
		"too large":               {storetest.Put, storetest.Answer(400, "EntityTooLarge", ""), 100, fault.TooLarge},
		"wrong bytes, single":     {storetest.Put, storetest.Corrupt(0), 100, fault.Checksum},
		"wrong bytes, part":       {storetest.PartPut, storetest.Corrupt(0), 17 * mib, fault.Checksum},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.store.Fault(storetest.On(test.on), test.fault)
			bad, _ := b.file("bad", test.size)
			s := b.failed(b.add(bad, "bad"), test.code)
			if s.Err.Message() == "" || s.Err.Hint() == "" || s.Link.URL != "" {
				t.Errorf("%+v", s)
			}
			b.store.Heal()
			b.store.Holds()
			good, content := b.file("good", 100)
			if s := b.done(b.add(good, "good")); !bytes.Equal(fetch(t, s.Link.URL), content) {
				t.Error("the next one differs")
			}
		})
	}
}

// A store that gives no checksums is proven by MD5s: in flight once that is known.
func TestStoreWithoutChecksums(t *testing.T) {
	b := newBench(t)
	for _, k := range []storetest.Kind{storetest.Put, storetest.PartPut, storetest.Head} {
		b.store.Fault(storetest.On(k).After(1).Times(1), storetest.Strip("X-Amz-Checksum-Crc64nvme"))
	}
	b.store.Heal()
	strip := storetest.Strip("X-Amz-Checksum-Crc64nvme")
	b.store.Fault(storetest.On(storetest.Put).After(2).Times(1), storetest.Corrupt(3))
	for _, k := range []storetest.Kind{storetest.Put, storetest.PartPut, storetest.Head} {
		b.store.Fault(storetest.On(k), strip)
	}
	for i := range 4 {
		path, content := b.file(fmt.Sprint(i), 1000+i)
		if s := b.done(b.add(path, fmt.Sprint(i))); !bytes.Equal(fetch(t, s.Link.URL), content) {
			t.Errorf("file %d differs", i)
		}
	}
	if n := b.store.Count(storetest.Head); n != 1 {
		t.Errorf("%d HEADs, want one, for the first file", n)
	}
	b.store.Holds("0", "1", "2", "3")
}

// Pausing keeps what was acknowledged; going on sends only the rest.
func TestPauseAndResume(t *testing.T) {
	b := newBench(t)
	gate := make(chan struct{})
	for n := 4; n <= 8; n++ {
		b.store.Fault(storetest.OnPart(n), storetest.Hold(gate))
	}
	path, content := b.file("f", 64*mib)
	id := b.add(path, "k")
	b.await(id, "three parts far", func(s uploader.Snapshot) bool { return s.PartsDone >= 3 })
	b.engine.Pause(id)
	s := b.awaitState(id, uploader.Paused)
	if s.PartsDone != 3 || s.Active != 0 || s.Sent != 24*mib {
		t.Errorf("paused with %d parts done, %d under way, %d bytes sent", s.PartsDone, s.Active, s.Sent)
	}
	// Which, not how many: a request of before the pause may arrive only now,
	// and on a busy machine a slow part is sent once more beside.
	sent := b.store.Parts()
	b.store.Heal()
	close(gate)
	b.engine.Resume(id)
	s = b.done(id)
	if got, want := sent(), []int{4, 5, 6, 7, 8}; !slices.Equal(got, want) {
		t.Errorf("the parts %d were sent after the pause, want %d", got, want)
	}
	if b.store.Count(storetest.Create) != 1 || !bytes.Equal(fetch(t, s.Link.URL), content) {
		t.Error("the upload was not taken up again")
	}
	b.store.Holds("k")
}

func TestDetailsOfParts(t *testing.T) {
	b := newBench(t, func(o *uploader.Options) { o.KeepFailed = true })
	gate := make(chan struct{})
	b.store.Fault(storetest.OnPart(2), storetest.Hold(gate))
	b.store.Fault(storetest.OnPart(3), storetest.Answer(403, "AccessDenied", "no"))
	path, _ := b.file("f", 20*mib)
	id := b.add(path, "k")
	s := b.failed(id, fault.Denied)
	close(gate)
	all := b.engine.Details(nil, id, 1, 100)
	if len(all) != 3 {
		t.Fatalf("%d parts, want 3: %+v", len(all), all)
	}
	for i, d := range all {
		if size := min(8*mib, 20*mib-i*8*mib); d.Number != i+1 || d.Offset != int64(i*8*mib) || d.Size != int64(size) {
			t.Errorf("part %d: %+v", i+1, d)
		}
	}
	kept := int64(0)
	for _, d := range all {
		if d.State == uploader.PartDone {
			kept += d.Size
			if d.Speed <= 0 || d.Attempts != 1 || d.Err != nil {
				t.Errorf("done: %+v", d)
			}
		} else if d.Speed != 0 {
			t.Errorf("speed without sending: %+v", d)
		}
	}
	if s.Sent != kept {
		t.Errorf("%d bytes are said to be kept, %d are", s.Sent, kept)
	}
	if some := b.engine.Details(nil, id, 2, 2); len(some) != 1 || some[0].Number != 2 {
		t.Errorf("part 2 alone: %+v", some)
	}
	if none := b.engine.Details(nil, id, 4, 9); len(none) != 0 {
		t.Errorf("beyond the last part: %+v", none)
	}
	if none := b.engine.Details(nil, "unknown", 1, 9); len(none) != 0 {
		t.Errorf("of nothing: %+v", none)
	}
}

func TestSending(t *testing.T) {
	b := newBench(t)
	gate := make(chan struct{})
	b.store.Fault(storetest.OnPart(1), storetest.Hold(gate))
	if b.engine.Sending() {
		t.Error("an engine without work sends")
	}
	path, _ := b.file("f", 20*mib)
	id := b.add(path, "k")
	b.awaitState(id, uploader.Sending)
	if !b.engine.Sending() {
		t.Error("a transfer is under way, and the engine says that none is")
	}
	b.engine.Pause(id)
	b.awaitState(id, uploader.Paused)
	if b.engine.Sending() {
		t.Error("a paused transfer sends")
	}
	close(gate)
}

func TestSetLink(t *testing.T) {
	b := newBench(t)
	path, _ := b.file("f", 10)
	id := b.add(path, "k")
	b.done(id)
	w := b.engine.Watch()
	defer w.Close()
	w.Next(nil)
	b.engine.SetLink(id, sign.Link{URL: "https://x/new"})
	if changed := w.Next(nil); len(changed) != 1 || changed[0].Link.URL != "https://x/new" {
		t.Errorf("after the new link: %+v", changed)
	}
}

func TestPauseWhileQueued(t *testing.T) {
	b := newBench(t)
	gate := make(chan struct{})
	b.store.Fault(storetest.On(storetest.Put), storetest.Hold(gate))
	var ids []uploader.ID
	for i := range 40 {
		path, _ := b.file(fmt.Sprint(i), 10)
		ids = append(ids, b.add(path, fmt.Sprint(i)))
	}
	b.engine.Pause(ids[39])
	b.awaitState(ids[39], uploader.Paused)
	close(gate)
	for _, id := range ids[:39] {
		b.done(id)
	}
	if s, _ := b.engine.Snapshot(ids[39]); s.State != uploader.Paused {
		t.Errorf("the paused one is in state %d", s.State)
	}
	b.engine.Resume()
	b.done(ids[39])
}

func TestCancel(t *testing.T) {
	for name, hold := range map[string]storetest.Rule{
		"while a part is sent":  storetest.OnPart(2),
		"while it is created":   storetest.On(storetest.Create),
		"while it is completed": storetest.On(storetest.Complete),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			gate, reached := make(chan struct{}), make(chan struct{})
			var once sync.Once
			b.store.Fault(hold, func(p *storetest.Proxy, w http.ResponseWriter, r *http.Request) {
				once.Do(func() { close(reached) })
				storetest.Hold(gate)(p, w, r)
			})
			path, _ := b.file("f", 17*mib)
			id := b.add(path, "k")
			<-reached
			b.engine.Cancel(id)
			close(gate)
			s := b.awaitState(id, uploader.Cancelled)
			if s.Err == nil || s.Err.Code != fault.Cancelled {
				t.Errorf("ended with %v", s.Err)
			}
			b.store.Holds()
		})
	}
}

func TestCancelPaused(t *testing.T) {
	b := newBench(t)
	gate := make(chan struct{})
	defer close(gate)
	b.store.Fault(storetest.OnPart(3), storetest.Hold(gate))
	path, _ := b.file("f", 24*mib)
	id := b.add(path, "k")
	b.await(id, "two parts far", func(s uploader.Snapshot) bool { return s.PartsDone == 2 })
	b.engine.Pause(id)
	b.awaitState(id, uploader.Paused)
	b.engine.Cancel(id)
	b.awaitState(id, uploader.Cancelled)
	b.settled()
	b.store.Holds()
}

// settled waits for the cleaning that goes on behind ended transfers.
func (b *bench) settled() {
	b.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for len(b.store.Uploads()) > 0 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
}

// Whoever hears of a transfer's end may cancel or close: what is done stays.
func TestEndIsFinal(t *testing.T) {
	var b *bench
	ended := make(chan uploader.ID, 2)
	b = newBench(t, func(o *uploader.Options) {
		o.Ended = func(s uploader.Snapshot) {
			b.engine.Cancel(s.ID)
			go b.engine.Close(context.Background())
			ended <- s.ID
		}
	})
	path, content := b.file("f", 17*mib)
	id := b.add(path, "k")
	if got := <-ended; got != id {
		t.Errorf("%s ended", got)
	}
	if err := b.engine.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(b.store.Get("k"), content) {
		t.Error("the object differs")
	}
	b.store.Holds("k")
}

// A failed transfer that may be mended keeps its parts, and Retry uses them.
func TestRetryKeepsParts(t *testing.T) {
	b := newBench(t, func(o *uploader.Options) { o.KeepFailed = true })
	b.store.Fault(storetest.OnPart(3), storetest.Answer(403, "AccessDenied", "no"))
	b.store.Fault(storetest.OnPart(2), storetest.Delay(10*time.Millisecond))
	path, content := b.file("f", 24*mib)
	id := b.add(path, "k")
	b.failed(id, fault.Denied)
	b.store.Heal()
	b.engine.Retry(id)
	s := b.done(id)
	if b.store.Count(storetest.Create) != 1 || !bytes.Equal(fetch(t, s.Link.URL), content) {
		t.Error("it began anew")
	}
}

func TestRemoveFailedCleansUp(t *testing.T) {
	b := newBench(t, func(o *uploader.Options) { o.KeepFailed = true })
	b.store.Fault(storetest.OnPart(3), storetest.Answer(403, "AccessDenied", "no"))
	path, _ := b.file("f", 24*mib)
	id := b.add(path, "k")
	b.failed(id, fault.Denied)
	if len(b.store.Uploads()) != 1 {
		t.Error("the parts of a failed transfer are gone")
	}
	b.engine.Remove(id)
	b.settled()
	b.store.Holds()
}

// A file that changes while it is sent is noticed, however it changes.
func TestFileChanges(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"truncated": func(p string) error { return os.Truncate(p, 9*mib) },
		"grown": func(p string) error {
			f, err := os.OpenFile(p, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteString("more")
			return err
		},
		"written to": func(p string) error {
			f, err := os.OpenFile(p, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteAt([]byte("x"), 100)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			gate, reached := make(chan struct{}), make(chan struct{})
			b.store.Fault(storetest.OnPart(1).Times(1), func(p *storetest.Proxy, w http.ResponseWriter, r *http.Request) {
				close(reached)
				storetest.Hold(gate)(p, w, r)
			})
			path, _ := b.file("f", 40*mib)
			id := b.add(path, "k")
			<-reached
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			close(gate)
			b.failed(id, fault.Changed)
			b.store.Holds()

			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b.engine.Retry(id)
			if s := b.done(id); !bytes.Equal(fetch(t, s.Link.URL), content) {
				t.Error("the retried one differs from the new file")
			}
		})
	}
}

func TestFileGone(t *testing.T) {
	b := newBench(t)
	path, _ := b.file("f", 100)
	source := uploader.NewFile("f", path, 100)
	os.Remove(path)
	id := b.engine.Add(b.job(source, "k"))
	if s := b.failed(id, fault.Unreadable); s.Err.Variant != fault.Vanished {
		t.Errorf("variant %s", s.Err.Variant)
	}
	b.store.Holds()
}

// Streams of every length around a border.
func TestStreams(t *testing.T) {
	b := newBench(t)
	var keys []string
	for _, size := range []int{0, 1, 16*mib - 1, 16 * mib, 16*mib + 1, 24 * mib, 40*mib + 5} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			_, content := b.file("stream", size)
			key := fmt.Sprint("stream/", size)
			id := b.engine.Add(b.job(uploader.NewPipe("stdin", bytes.NewReader(content)), key))
			s := b.done(id)
			if s.Size != int64(size) || !bytes.Equal(fetch(t, s.Link.URL), content) {
				t.Errorf("%d bytes, or other ones", s.Size)
			}
			keys = append(keys, key)
		})
	}
	b.store.Holds(keys...)
}

func TestStreamSurvives(t *testing.T) {
	b := newBench(t)
	b.store.Fault(storetest.OnPart(1).Times(2), storetest.CutAfter(mib))
	b.store.Fault(storetest.OnPart(3).Times(1), storetest.Corrupt(5))
	_, content := b.file("stream", 40*mib)
	s := b.done(b.engine.Add(b.job(uploader.NewPipe("-", bytes.NewReader(content)), "k")))
	if !bytes.Equal(fetch(t, s.Link.URL), content) {
		t.Error("the bytes differ")
	}
	b.store.Holds("k")
}

type brokenReader struct{ io.Reader }

func (r brokenReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err == io.EOF {
		err = fmt.Errorf("the disk went away")
	}
	return n, err
}

func TestStreamBreaks(t *testing.T) {
	b := newBench(t)
	_, content := b.file("stream", 30*mib)
	b.failed(b.engine.Add(b.job(uploader.NewPipe("-", brokenReader{bytes.NewReader(content)}), "k")), fault.Unreadable)
	b.store.Holds()
}

// The watcher reports each change, in order, to each reader.
func TestWatcher(t *testing.T) {
	b := newBench(t)
	w := b.engine.Watch()
	defer w.Close()
	var ids []uploader.ID
	for i := range 20 {
		path, _ := b.file(fmt.Sprint(i), 10)
		ids = append(ids, b.add(path, fmt.Sprint(i)))
	}
	for _, id := range ids {
		b.done(id)
	}
	var got []uploader.ID
	for _, s := range w.Next(nil) {
		if s.State != uploader.Done {
			t.Errorf("%s is in state %d", s.Name, s.State)
		}
		got = append(got, s.ID)
	}
	if !slices.Equal(got, ids) {
		t.Errorf("reported %v, want %v", got, ids)
	}
	if more := w.Next(nil); len(more) > 0 {
		t.Errorf("reported %d without a change", len(more))
	}
	b.engine.Remove(ids[:3]...)
	b.engine.SetLink(ids[4], sign.Link{URL: "https://x"})
	b.engine.Remove(ids[4]) // changed, and removed before anybody looked
	if more := w.Next(nil); len(more) > 0 {
		t.Errorf("reported %d that were removed", len(more))
	}
}

// Wrong addresses and certificates fail with their own words.
func TestBadStores(t *testing.T) {
	store := storetest.StartTLS(t)
	b := benchOn(t, store)
	small, _ := b.file("small", 10)
	if s := b.failed(b.add(small, "k"), fault.TLS); s.Err.Variant != fault.SelfSigned {
		t.Errorf("variant %s", s.Err.Variant)
	}
	store.Holds()

	plain := newBench(t)
	plain.target = target(t, s3.Config{Endpoint: "http://127.0.0.1:1", Region: storetest.Region, Bucket: "b", PathStyle: true})
	if s := plain.failed(plain.add(small, "k"), fault.Offline); s.Err.Variant != fault.NotAnswering {
		t.Errorf("variant %s", s.Err.Variant)
	}
}
