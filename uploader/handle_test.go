package uploader

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"chute/uploader/fault"
)

func TestHandle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("first second"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.ReadFull(file, make([]byte, 6)); err != nil { // as another program did before
		t.Fatal(err)
	}
	h, ok := NewHandle("stdin", file)
	if !ok || h.Name() != "stdin" || h.Path() != "" || h.Size() != 6 {
		t.Fatalf("%+v, %v", h, ok)
	}
	for range 2 { // again after a failure
		c, err := h.Open()
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(io.NewSectionReader(c, 0, 100)); string(text) != "second" || err != nil || c.Identity().Size != 6 {
			t.Errorf("%q of %d bytes, %v", text, c.Identity().Size, err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := os.WriteFile(path, []byte("first second third"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Open(); fault.CodeOf(err) != fault.Changed {
		t.Errorf("a file that grew opens with %v", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if _, ok := NewHandle("pipe", r); ok {
		t.Error("a pipe counts as a file")
	}
	if dir, err := os.Open(t.TempDir()); err == nil {
		defer dir.Close()
		if _, ok := NewHandle("folder", dir); ok {
			t.Error("a folder counts as a file")
		}
	}
}
