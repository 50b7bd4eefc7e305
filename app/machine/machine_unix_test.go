//go:build unix

package machine

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// made makes a folder of an administrator, which is this user.
func made(t *testing.T) Folder {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "chute")
	if err := os.MkdirAll(filepath.Join(dir, Dialects), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, Destinations), []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	return At(dir)
}

func TestRead(t *testing.T) {
	f := made(t)
	if text, ok, err := f.Read(Destinations); text != "text" || !ok || err != nil {
		t.Errorf("%q, %v, %v", text, ok, err)
	}
	if text, ok, err := f.Read(Settings); text != "" || ok || err != nil {
		t.Errorf("none: %q, %v, %v", text, ok, err)
	}
	for _, none := range []Folder{{}, At(filepath.Join(t.TempDir(), "none"))} {
		if text, ok, err := none.Read(Destinations); text != "" || ok || err != nil {
			t.Errorf("no folder: %q, %v, %v", text, ok, err)
		}
	}
}

// Each of these lets somebody else say where files go.
func TestUntrusted(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"file for the group":        func(dir string) error { return os.Chmod(filepath.Join(dir, Destinations), 0o664) },
		"file for all":              func(dir string) error { return os.Chmod(filepath.Join(dir, Destinations), 0o646) },
		"folder for all":            func(dir string) error { return os.Chmod(dir, 0o777) },
		"folder for the group":      func(dir string) error { return os.Chmod(dir, 0o775) },
		"folder above for all":      func(dir string) error { return os.Chmod(filepath.Dir(dir), 0o777) },
		"file of another user":      func(dir string) error { return os.Chown(filepath.Join(dir, Destinations), 65534, 0) },
		"folder of another user":    func(dir string) error { return os.Chown(dir, 65534, 0) },
		"link to another's file":    func(dir string) error { return linked(dir, 65534) },
		"something that is no file": func(dir string) error { return fifo(filepath.Join(dir, Destinations)) },
	} {
		t.Run(name, func(t *testing.T) {
			f := made(t)
			if err := spoil(f.path); errors.Is(err, os.ErrPermission) {
				t.Skip("needs root")
			} else if err != nil {
				t.Fatal(err)
			}
			text, ok, err := f.Read(Destinations)
			if u, is := errors.AsType[Untrusted](err); !is || ok || text != "" || !strings.Contains(u.Error(), "is not used") {
				t.Errorf("%q, %v, %v", text, ok, err)
			}
		})
	}
}

func linked(dir string, uid int) error {
	other := filepath.Join(dir, "theirs")
	return errors.Join(os.WriteFile(other, []byte("theirs"), 0o644), os.Chown(other, uid, uid),
		os.Remove(filepath.Join(dir, Destinations)), os.Symlink(other, filepath.Join(dir, Destinations)))
}

func fifo(path string) error {
	return errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o644))
}

// The folder of a dialect counts as well as the one above it.
func TestUntrustedWithin(t *testing.T) {
	f := made(t)
	name := filepath.Join(Dialects, "a.toml")
	if err := os.WriteFile(f.Path(name), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := f.Read(name); !ok || err != nil {
		t.Fatalf("%v, %v", ok, err)
	}
	if err := os.Chmod(f.Path(Dialects), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := f.Read(name); ok || err == nil {
		t.Error("a file was read that anybody could have put there")
	}
}

func TestTooLarge(t *testing.T) {
	f := made(t)
	if err := os.WriteFile(f.Path(Settings), make([]byte, maxFile+1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := f.Read(Settings); ok || err == nil {
		t.Errorf("%v, %v", ok, err)
	}
}
