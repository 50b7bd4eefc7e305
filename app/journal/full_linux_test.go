package journal_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"chute/uploader"
	"chute/uploader/storetest"
)

// A disk without room for the journal does not stop an upload, and the journal
// works again as soon as there is room.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	switch err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=2m"); {
	case errors.Is(err, syscall.EPERM):
		t.Skip("NOT TESTED: a full disk under the journal. Only the superuser can mount a small one.")
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	store := storetest.Start(t)
	s := newSender(t, disk, store)
	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	if err := s.j.Save(saved("none")); err == nil {
		t.Fatal("a full disk takes more")
	}

	content := bytes.Repeat([]byte("0123456789abcdef"), 20<<16)
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	id := s.engine.Add(uploader.Job{
		Source: uploader.NewFile("f", path, int64(len(content))), Destination: "work", Key: "k", Open: s.open,
	})
	s.await(id, done)
	if !bytes.Equal(store.Get("k"), content) {
		t.Error("the object differs")
	}
	store.Holds("k")

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := s.j.Save(saved("later")); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// fill writes a file until its disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.Copy(f, endless{}); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
