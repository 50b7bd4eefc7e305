package uploader_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign/s3"
	"chute/uploader/storetest"
)

// The last part's request is accepted and then forgotten: it is sent again
// beside, long before it counts as stalled, and the object is whole.
func TestLastPartIsHedged(t *testing.T) {
	b := newBench(t)
	b.store.Proxy.Fault(storetest.OnPart(5).Times(1), storetest.StallAfter(1<<20))
	path, content := b.file("large.bin", 40*mib)
	s := b.done(b.add(path, "large.bin"))
	if got := b.store.Get("large.bin"); !bytes.Equal(got, content) {
		t.Fatal("the object differs")
	}
	if n := b.store.Proxy.Count(storetest.PartPut); n != 6 {
		t.Errorf("%d requests carried parts, want 6", n)
	}
	if s.Sent != s.Size || s.PartsDone != 5 {
		t.Errorf("%d of %d bytes, %d parts", s.Sent, s.Size, s.PartsDone)
	}
	if s.Again == 0 || s.Again > 8*mib {
		t.Errorf("%d bytes sent in vain", s.Again)
	}
	if s.Retries != 0 {
		t.Errorf("%d retries: nobody hedged before the stall was cut", s.Retries)
	}
}

// A computer whose clock is wrong sends all the same, its links work, and the
// user is told once.
func TestWrongClock(t *testing.T) {
	for _, off := range []time.Duration{-2 * time.Hour, 40 * time.Minute, -5 * time.Minute} {
		t.Run(off.String(), func(t *testing.T) {
			b := newBench(t)
			told := make(chan time.Duration, 10)
			clock := uploader.NewWrongClock(off, func(skew time.Duration) { told <- skew })
			b.target = target(t, s3.Config{
				Endpoint: b.store.Endpoint, Region: storetest.Region, Bucket: b.store.Bucket, PathStyle: true, Now: clock.Now,
				Transport: clock.Transport(uploader.NewTransport(nil, nil)),
			})
			b.target.Clock = clock
			for name, size := range map[string]int{"small": 1000, "large": 20 * mib} {
				path, content := b.file(name, size)
				s := b.done(b.add(path, name))
				if !bytes.Equal(fetch(t, s.Link.URL), content) {
					t.Errorf("%s: the link gives something else", name)
				}
				if life := time.Until(s.Link.Expires); life < 55*time.Minute || life > 65*time.Minute {
					t.Errorf("the link works for %v, want an hour", life)
				}
			}
			if len(told) != 1 || (<-told+off).Abs() > 3*time.Second {
				t.Errorf("told %d times", len(told)+1)
			}
		})
	}
}

// A signature that stays wrong although the clock was corrected is an error.
func TestClockIsNotTheCause(t *testing.T) {
	b := newBench(t)
	b.store.Proxy.Fault(storetest.On(storetest.Put), storetest.Answer(403, "RequestTimeTooSkewed", "too skewed"))
	path, _ := b.file("f", 1000)
	b.failed(b.add(path, "f"), fault.ClockSkew)
	if n := b.store.Proxy.Count(storetest.Put); n > 5 {
		t.Errorf("tried %d times", n)
	}
}

// A folder goes up as one archive, through faults and a pause, and a link
// gives a zip that is whole.
func TestZipIsSent(t *testing.T) {
	b := newBench(t)
	b.store.Proxy.Fault(storetest.OnPart(2).Times(1), storetest.Answer(500, "InternalError", ""))
	_, large := b.file("folder/large.bin", 20*mib)
	_, small := b.file("folder/small.txt", 3000)
	release := make(chan struct{})
	b.store.Proxy.Fault(storetest.OnPart(3).Times(1), storetest.Hold(release))
	id := b.engine.Add(b.job(uploader.NewZip(filepath.Join(b.dir, "folder")), "folder.zip"))
	b.await(id, "half sent", func(s uploader.Snapshot) bool { return s.PartsDone >= 2 })
	b.engine.Pause(id)
	b.awaitState(id, uploader.Paused)
	close(release)
	b.engine.Resume(id)
	s := b.done(id)
	got := fetch(t, s.Link.URL)
	archive, err := zip.NewReader(bytes.NewReader(got), int64(len(got)))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{"folder/large.bin": large, "folder/small.txt": small} {
		f, err := archive.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := io.ReadAll(f); err != nil || !bytes.Equal(data, want) {
			t.Errorf("%s differs (%v)", name, err)
		}
	}
	if s.Size != int64(len(got)) || s.Name != "folder.zip" {
		t.Errorf("%q of %d bytes, got %d", s.Name, s.Size, len(got))
	}
}

// nowhere is an address at which nobody listens.
type nowhere struct{ tries atomic.Int64 }

func (n *nowhere) RoundTrip(*http.Request) (*http.Response, error) {
	n.tries.Add(1)
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

// A folder sent to an address at which nobody listens fails within seconds,
// not within seconds a file.
func TestFolderToNowhere(t *testing.T) {
	const files, atOnce, tries = 200, 6, 8
	b := newBench(t)
	road := new(nowhere)
	b.target = target(t, s3.Config{
		Endpoint: "http://127.0.0.1:1", Region: storetest.Region, Bucket: b.store.Bucket, PathStyle: true, Transport: road,
	})
	b.target.Transport = road
	path, _ := b.file("small", 100)
	ids := make([]uploader.ID, files)
	for i := range ids {
		ids[i] = b.add(path, fmt.Sprintf("small %d", i))
	}
	for _, id := range ids {
		b.failed(id, fault.Offline)
	}
	if n := road.tries.Load(); n > atOnce*tries+files {
		t.Errorf("%d tries for %d files", n, files)
	}
}
