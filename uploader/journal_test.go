package uploader

import (
	"testing"
	"time"

	"chute/uploader/sign"
)

// Whatever a journal holds, taking it up neither panics nor counts what was
// not sent.
func FuzzRestore(f *testing.F) {
	f.Add(int64(24<<20), int64(8<<20), 3, "U", 1, int64(8<<20), 2, int64(8<<20))
	f.Add(int64(0), int64(0), 1, "U", 1, int64(0), 0, int64(-1))
	f.Add(int64(1)<<62, int64(1), 1<<40, "U", 7, int64(1), 7, int64(1))
	f.Add(int64(17<<20), int64(8<<20), 3, "", 3, int64(1<<20), 3, int64(1<<20))
	f.Fuzz(func(t *testing.T, size, partSize int64, parts int, upload string, n1 int, size1 int64, n2 int, size2 int64) {
		e := New(Options{})
		s := Saved{
			ID: "one", Path: "/f", Name: "f", Key: "k", Added: time.Now(), Size: size, Begun: true,
			Ref: sign.Ref{Key: "k", UploadID: upload}, Plan: Plan{Size: size, PartSize: partSize, Parts: parts},
		}
		got := e.restored(Job{Source: NewFile("f", "/f", size)}, s, []SavedPart{
			{Ack: sign.Part{Number: n1, Size: size1, ETag: "a"}}, {Ack: sign.Part{Number: n2, Size: size2, ETag: "b"}},
		})
		if sent := got.sent.Load(); sent < 0 || sent > max(size, 0) || sent != got.resumed.Load() || int(got.done.Load()) > len(got.parts) {
			t.Errorf("%d of %d bytes sent, %d of %d parts", sent, size, got.done.Load(), len(got.parts))
		}
		if got.begun {
			if got.compare(nil); got.sent.Load() != 0 || got.done.Load() != 0 {
				t.Errorf("a store without parts leaves %d bytes", got.sent.Load())
			}
		}
		got.snapshot(time.Now())
	})
}
