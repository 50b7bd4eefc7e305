package uploader

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"chute/uploader/fault"
)

// write makes a file with its folders.
func write(t testing.TB, path string, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// walked lists what Walk finds: the name, and the variant of a refusal.
func walked(path string) (names []string, refused map[string]fault.Variant) {
	refused = make(map[string]fault.Variant)
	for found := range Walk(path) {
		names = append(names, found.Source.Name())
		if c, err := found.Source.Open(); err != nil {
			refused[found.Source.Name()] = fault.As(err).Variant
		} else {
			c.Close()
		}
	}
	return names, refused
}

// Possible is a name as this system can have it.
func Possible(name string) string {
	if runtime.GOOS != "windows" {
		return name
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/\|?*`, r) {
			return '_'
		}
		return r
	}, name)
}

func TestWalkNames(t *testing.T) {
	names := []string{
		"plain.txt", "two words.txt", "a+b%20c#d&e?f.txt", `quote'"s.txt`, ".hidden",
		"caf\u00e9.txt", "cafe\u0301.txt", "日本語.txt", "🎬🎞.mov", strings.Repeat("n", 255),
	}
	dir := t.TempDir()
	for _, name := range names {
		name = Possible(name)
		p := write(t, filepath.Join(dir, name), name)
		got, refused := walked(p)
		if len(got) != 1 || got[0] != name || len(refused) > 0 {
			t.Errorf("%q: found %q, refused %v", name, got, refused)
		}
	}
}

func TestWalkFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Photos")
	write(t, filepath.Join(dir, "img10.jpg"), "x")
	write(t, filepath.Join(dir, "img2.jpg"), "x")
	write(t, filepath.Join(dir, "b", "deep", "er.txt"), "x")
	write(t, filepath.Join(dir, "a.txt"), "")
	os.Mkdir(filepath.Join(dir, "empty"), 0o700)
	got, refused := walked(dir)
	want := []string{"Photos/a.txt", "Photos/b/deep/er.txt", "Photos/img2.jpg", "Photos/img10.jpg"}
	if !slices.Equal(got, want) || len(refused) > 0 {
		t.Errorf("found %q, refused %v, want %q", got, refused, want)
	}
	for found := range Walk(dir) {
		if found.Folder != "Photos" {
			t.Errorf("%s is in folder %q", found.Source.Name(), found.Folder)
		}
	}
}

func TestWalkManyFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "many")
	for i := range 3000 {
		write(t, filepath.Join(dir, fmt.Sprint(i%7), fmt.Sprint(i%11), fmt.Sprintf("f%d", i)), "")
	}
	got, refused := walked(dir)
	slices.Sort(got)
	if len(slices.Compact(got)) != 3000 || len(refused) > 0 {
		t.Errorf("found %d files, refused %v", len(got), refused)
	}
}

func TestWalkStopsWhenAsked(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		write(t, filepath.Join(dir, "s", fmt.Sprint(i)), "")
	}
	n := 0
	for range Walk(dir) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("went on to %d", n)
	}
}

func TestWalkRefuses(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	os.Mkdir(empty, 0o700)
	for path, want := range map[string]fault.Variant{
		filepath.Join(dir, "gone"):        fault.Vanished,
		empty:                             fault.EmptyFolder,
		"https://example.org/picture.jpg": fault.NotLocal,
		"smb://server/share/file":         fault.NotLocal,
	} {
		got, refused := walked(path)
		if len(got) != 1 || refused[got[0]] != want {
			t.Errorf("%s: found %q, refused %v, want %s", path, got, refused, want)
		}
	}
}

// A name as the file system gives it need not be UTF-8.
func TestWalkOddBytes(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "latin\xe9.txt")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Skip("the file system takes only UTF-8:", err)
	}
	if got, refused := walked(name); len(got) != 1 || len(refused) > 0 {
		t.Errorf("found %q, refused %v", got, refused)
	}
}

func TestFileNoticesChanges(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "f"), "hello")
	open := func() Content {
		c, err := NewFile("f", path, 5).Open()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for name, change := range map[string]func() error{
		"grown":     func() error { return os.WriteFile(path, []byte("hello, world"), 0o600) },
		"truncated": func() error { return os.Truncate(path, 1) },
		"touched": func() error {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			return os.Chtimes(path, info.ModTime(), info.ModTime().Add(1e9))
		},
	} {
		c := open()
		if err := c.Unchanged(); err != nil {
			t.Fatalf("before it was %s: %v", name, err)
		}
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if err := c.Unchanged(); fault.CodeOf(err) != fault.Changed {
			t.Errorf("%s: %v", name, err)
		}
		c.Close()
	}
	c := open()
	defer c.Close()
	if err := os.Remove(path); err != nil {
		if runtime.GOOS == "windows" {
			return // what is open stays
		}
		t.Fatal(err)
	}
	if err := c.Unchanged(); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("deleted while open: %v", err)
	}
}
