//go:build linux

package e2e

import (
	"bytes"
	"crypto/rand"
	"image"
	"io"
	"maps"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestDropOneFile(t *testing.T) {
	drop(t, map[string][]byte{"report.bin": random(100_000)})
}

func TestDropLargeFile(t *testing.T) {
	drop(t, map[string][]byte{"film.bin": random(40<<20 + 1)}) // in parts
}

func TestDropManyAndAFolder(t *testing.T) {
	drop(t, map[string][]byte{
		"a.txt": random(1), "b.txt": random(1000), "empty.txt": nil,
		"album/1.txt": random(2000), "album/nested/2.txt": random(3000),
	})
}

func TestDropNames(t *testing.T) {
	files := make(map[string][]byte)
	for _, name := range []string{
		"with two  spaces.txt", "100% + #1 & why?.txt", `‘quotes’ "and" 'more'.txt`, "📷 Grüße 日本語.txt", ".hidden",
	} {
		files[name] = random(1000)
	}
	drop(t, files)
}

// drop drags files (by their paths inside a folder) from a file manager's
// window onto the program's, all at once, and fetches them by the links that
// come to the clipboard.
func drop(t *testing.T, files map[string][]byte) {
	d := newDesktop(t)
	folder := filepath.Join(d.dir, "shown")
	hidden := filepath.Join(d.dir, "hidden")
	for _, dir := range []string{folder, hidden} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		write(t, filepath.Join(hidden, name), string(content))
	}

	_, target := d.chute()
	source := d.fileManager(folder)
	icon := source.appear(func() {
		entries, err := os.ReadDir(hidden)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if err := os.Rename(filepath.Join(hidden, e.Name()), filepath.Join(folder, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
	})

	var links []string
	arrived := func() bool {
		links = strings.Fields(d.clipboard())
		return len(links) == len(files)
	}
	// A file manager gives up a drag if the target has not answered by the time
	// the button is released, and nobody can see from outside whether it has.
	for range 3 {
		source.dragAll(icon, target)
		if slices.ContainsFunc(sorted(files), func(name string) bool { return strings.Contains(name, "/") }) {
			target.answer()
		}
		if within(t, patience/2, arrived) {
			break
		}
	}
	if !arrived() {
		t.Fatalf("%d links on the clipboard, want %d:\n%s", len(links), len(files), strings.Join(links, "\n"))
	}

	want := make(map[string][]byte)
	for name, content := range files {
		want[filepath.Base(name)] = content
	}
	got := make(map[string][]byte)
	for _, link := range links {
		name, content := fetch(t, link)
		got[name] = content
	}
	if !maps.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("fetched %q, want %q, byte for byte", sorted(got), sorted(want))
	}
}

// appear waits until what fill adds to the window's folder is shown, and
// returns a point on the first icon.
func (w window) appear(fill func()) image.Point {
	w.t.Helper()
	before := w.settled(nil)
	fill()
	shown := changes(before, w.settled(before))

	// The first icon is what is new in the uppermost rows, at the left.
	const iconSize = 32
	shown = slices.DeleteFunc(shown, func(p image.Point) bool { return p.Y >= shown[0].Y+iconSize })
	left := slices.MinFunc(shown, func(a, b image.Point) int { return a.X - b.X })
	shown = slices.DeleteFunc(shown, func(p image.Point) bool { return p.X >= left.X+iconSize })
	return shown[len(shown)/2]
}

// dragAll selects everything in a file manager's window and drags it by the
// icon at a point of it onto the middle of another window, as a hand does:
// press, move in steps, release.
func (w window) dragAll(icon image.Point, target window) {
	w.t.Helper()
	w.do("xdotool", "windowfocus", "--sync", w.id)
	w.do("xdotool", "key", "--clearmodifiers", "ctrl+a")

	move := func(to window, x, y int) {
		w.do("xdotool", "mousemove", "--window", to.id, strconv.Itoa(x), strconv.Itoa(y))
		time.Sleep(20 * time.Millisecond) // the pace of a hand; nothing relies on it
	}
	const step = 8
	move(w, icon.X, icon.Y)
	w.do("xdotool", "mousedown", "1")
	for i := 1; i <= 4; i++ { // a drag begins some pixels away from where it was pressed
		move(w, icon.X+i*step, icon.Y+i*step)
	}
	width, height := target.size()
	for i := -8; i <= 8; i++ {
		move(target, width/2+i*step, height/2)
	}
	w.do("xdotool", "mouseup", "1")
}

// answer waits for the question that a folder brings up, and takes its first answer.
func (w window) answer() {
	w.t.Helper()
	question := w.settled(nil)
	w.key("Return")
	w.settled(question)
}

// fetch gets what is behind a link: its bytes, and the name that a browser
// would save it under.
func fetch(t *testing.T, link string) (name string, content []byte) {
	t.Helper()
	resp, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s\n%s", link, resp.Status, content)
	}
	_, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition"))
	if err != nil {
		t.Fatalf("GET %s: Content-Disposition %q: %v", link, resp.Header.Get("Content-Disposition"), err)
	}
	return params["filename"], content
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func sorted(m map[string][]byte) []string { return slices.Sorted(maps.Keys(m)) }
