package desktop

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Without a file manager that shows files, the folder is opened, by a program
// that may go on for as long as it likes.
func TestRevealOpensTheFolder(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(bin, "nobody"))
	opener := func(script string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "a b.txt")

	said := filepath.Join(bin, "said")
	opener(`printf %s "$1" >` + said + "; exec sleep 30\n")
	begun := time.Now()
	if err := Reveal(t.Context(), path); err != nil {
		t.Error(err)
	}
	if got, _ := os.ReadFile(said); string(got) != filepath.Dir(path) {
		t.Errorf("it opens %q", got)
	}
	if time.Since(begun) > 20*time.Second {
		t.Error("it waits for the file manager's end")
	}
	opener("exit 3\n")
	if err := Reveal(t.Context(), path); err == nil {
		t.Error("nothing opened, and nobody says so")
	}
}
