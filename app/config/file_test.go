package config

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Whoever edits at the same time, nobody's edit is lost.
func TestEditsTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "destinations.toml")
	f := NewDestinationsFile(path, known)
	const n = 8
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := f.Put("", Destination{Name: fmt.Sprint("d", i), Type: TypeLocal}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if all := load(t, f); len(all.All) != n+1 {
		t.Errorf("there are %d destinations: %q", len(all.All), all.Names())
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("files are left behind: %v, %v", left, err)
	}
}

// An edit by another program between reading and writing is kept.
func TestEditMeanwhile(t *testing.T) {
	f := &file{path: filepath.Join(t.TempDir(), "f")}
	calls := 0
	err := f.edit(func(text string) (string, error) {
		if calls++; calls == 1 {
			if err := os.WriteFile(f.path, []byte("theirs\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return text + "ours\n", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(f.path); string(b) != "theirs\nours\n" || calls != 2 {
		t.Errorf("after %d calls the file holds %q", calls, b)
	}
}

// A file that somebody else writes all the time is an error, not a loop.
func TestEditNeverQuiet(t *testing.T) {
	f := &file{path: filepath.Join(t.TempDir(), "f")}
	calls := 0
	err := f.edit(func(text string) (string, error) {
		calls++
		if err := os.WriteFile(f.path, fmt.Append(nil, calls), 0o600); err != nil {
			t.Fatal(err)
		}
		return "ours", nil
	})
	if err == nil || calls != maxEdits {
		t.Errorf("after %d calls: %v", calls, err)
	}
}

func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no permission bits")
	}
	dir := t.TempDir()
	real := filepath.Join(dir, "dotfiles", "d.toml")
	link := filepath.Join(dir, "chute", "destinations.toml")
	for _, p := range []string{real, link} {
		if err := os.Mkdir(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(real, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	f := NewDestinationsFile(link, known)
	if err := f.Put("", Destination{Name: "a", Type: TypeLocal}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if info, err := os.Stat(real); err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 {
		t.Errorf("the file is %v, %v", info, err)
	}
}

func TestUnreadable(t *testing.T) {
	f := NewDestinationsFile(t.TempDir(), known) // a folder
	if _, err := f.Load(); err == nil || !strings.HasPrefix(err.Error(), "config: ") {
		t.Errorf("got %v", err)
	}
	if err := f.Put("", Destination{Name: "a", Type: TypeLocal}); err == nil || !strings.HasPrefix(err.Error(), "config: ") {
		t.Errorf("got %v", err)
	}
}

func TestHome(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv(HomeEnv, "here")
	h, err := FindHome()
	if err != nil {
		t.Fatal(err)
	}
	base, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	base = filepath.Join(base, "here")
	for got, want := range map[string]string{
		h.Destinations(): "destinations.toml", h.Settings(): "settings.toml", h.State(): "state.db",
		h.Log(): "chute.log", h.Dialects(): "dialects", h.Store(): "store",
	} {
		if got != filepath.Join(base, want) {
			t.Errorf("%s is at %s", want, got)
		}
	}
	if got, ok := h.Portable(); !ok || got != base {
		t.Errorf("portable: %q, %v", got, ok)
	}
	if err := h.Make(); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{base, h.Dialects(), h.Store()} {
		info, err := os.Stat(folder)
		if err != nil || !info.IsDir() || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", folder, info, err)
		}
	}
}

func TestPlatformHome(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the folders of XDG")
	}
	t.Setenv(HomeEnv, "")
	t.Setenv("HOME", "/home/me")
	t.Setenv("XDG_CONFIG_HOME", "/cfg")
	t.Setenv("XDG_STATE_HOME", "")
	h, err := FindHome()
	if err != nil {
		t.Fatal(err)
	}
	if h.Destinations() != "/cfg/chute/destinations.toml" || h.State() != "/home/me/.local/state/chute/state.db" {
		t.Errorf("got %+v", h)
	}
	if dir, ok := h.Portable(); ok || dir != "" {
		t.Error("portable without CHUTE_HOME")
	}
}
