//go:build linux

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// desktop is an X server without a screen, with a window manager.
type desktop struct {
	t   *testing.T
	dir string // of everything that its programs keep
	env env

	pictured sync.Once // at the first failure
}

// windowManager places the windows side by side, without decoration, so that
// none covers another.
const windowManager = `<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <applications>
    <application title="Chute*" type="normal">
      <decor>no</decor><position force="yes"><x>620</x><y>0</y></position>
    </application>
    <application class="Pcmanfm" type="normal">
      <decor>no</decor><position force="yes"><x>0</x><y>0</y></position>
      <size><width>600</width><height>600</height></size>
    </application>
  </applications>
</openbox_config>
`

// fileManager shows a folder as icons, also those whose names begin with a dot,
// and no status bar: what changes in its window is what is in the folder.
const fileManager = `[ui]
view_mode=icon
show_hidden=1
sort=name;ascending;
show_statusbar=0
win_width=600
win_height=600
`

// newDesktop starts a desktop that lasts as long as the test.
func newDesktop(t *testing.T) *desktop {
	t.Helper()
	need(t, "Xvfb", "openbox", "pcmanfm", "xdotool", "xclip", "import")
	// Not t.TempDir: sockets live here, and the paths of sockets must be short.
	dir, err := os.MkdirTemp("", "chute-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	d := &desktop{t: t, dir: dir, env: newEnv(t, dir)}

	display := filepath.Join(dir, "display")
	write(t, display, "")
	// The shell opens the file on which the server reports the free display
	// number that it chose, once it answers.
	start(t, d.env, nil, "sh", "-c", `exec Xvfb -displayfd 3 -screen 0 1600x800x24 -nolisten tcp 3>"$0"`, display)
	eventually(t, "an X server", func() bool {
		number, err := os.ReadFile(display)
		d.env = d.env.with("DISPLAY=:"+strings.TrimSpace(string(number)), "LIBGL_ALWAYS_SOFTWARE=1")
		return err == nil && bytes.HasSuffix(number, []byte("\n"))
	})

	write(t, filepath.Join(dir, "rc.xml"), windowManager)
	start(t, d.env, nil, "openbox", "--config-file", filepath.Join(dir, "rc.xml"))
	eventually(t, "a window manager", func() bool {
		_, err := d.try("xdotool", "get_num_desktops")
		return err == nil
	})
	return d
}

// open starts a program that shows a window, and waits for the window.
func (d *desktop) open(e env, title, name string, args ...string) (*process, window) {
	d.t.Helper()
	p := start(d.t, e, nil, name, args...)
	d.t.Cleanup(func() { // before the program ends, so that it is in the picture
		if d.t.Failed() {
			d.pictured.Do(d.keepPicture)
		}
	})
	var id string
	eventually(d.t, "a window titled "+title, func() bool {
		if !p.running() {
			d.t.Fatalf("%s ended instead of showing a window", name)
		}
		ids, _ := d.try("xdotool", "search", "--onlyvisible", "--name", title)
		id, _, _ = strings.Cut(ids, "\n")
		return id != ""
	})
	w := window{d, id}
	w.settled(nil)
	return p, w
}

// chute opens the program under test.
func (d *desktop) chute(args ...string) (*process, window) {
	d.t.Helper()
	home := "CHUTE_HOME=" + filepath.Join(d.dir, "home")
	p, w := d.open(d.env.with(home), "^Chute", program, args...)
	d.t.Cleanup(func() {
		if d.t.Failed() {
			d.pictured.Do(d.keepPicture)
		}
		p.stop(d.t)
		checkOutput(d.t, p.output.Bytes())
	})
	return p, w
}

// fileManager opens a file manager on a folder.
func (d *desktop) fileManager(folder string) window {
	d.t.Helper()
	config := filepath.Join(d.dir, "xdg_config_home")
	write(d.t, filepath.Join(config, "pcmanfm", "default", "pcmanfm.conf"), fileManager)
	write(d.t, filepath.Join(config, "libfm", "libfm.conf"), "[config]\nsingle_click=0\n")
	_, w := d.open(d.env, "^"+filepath.Base(folder), "pcmanfm", "--new-win", folder)
	return w
}

// clipboard returns the text on the clipboard; none where it is empty.
func (d *desktop) clipboard() string {
	text, err := d.try("xclip", "-selection", "clipboard", "-out")
	if err != nil {
		return ""
	}
	return text
}

// try runs a tool on this desktop and returns what it printed.
func (d *desktop) try(name string, args ...string) (string, error) {
	out, errOut, err := run(d.t.Context(), d.env, "", name, args...)
	if err != nil {
		return "", fmt.Errorf("%s %q: %w: %s", name, args, err, errOut)
	}
	return strings.TrimSpace(out), nil
}

// do is try for what must work.
func (d *desktop) do(name string, args ...string) string {
	d.t.Helper()
	out, err := d.try(name, args...)
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

// keepPicture saves what the whole desktop looks like and says where.
func (d *desktop) keepPicture() {
	dir, err := os.MkdirTemp("", "chute-e2e-failed-")
	if err != nil {
		d.t.Log(err)
		return
	}
	file := filepath.Join(dir, "desktop.png")
	// The test's own context has ended by now.
	if _, errOut, err := run(context.Background(), d.env, "", "import", "-window", "root", file); err != nil {
		d.t.Logf("no picture of the desktop: %v: %s", err, errOut)
		return
	}
	d.t.Logf("the desktop at the end: %s", file)
}

// window is a window on a desktop.
type window struct {
	*desktop
	id string
}

// size returns the window's width and height in pixels.
func (w window) size() (width, height int) {
	w.t.Helper()
	for line := range strings.Lines(w.do("xdotool", "getwindowgeometry", "--shell", w.id)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		n, _ := strconv.Atoi(value)
		switch name {
		case "WIDTH":
			width = n
		case "HEIGHT":
			height = n
		}
	}
	return width, height
}

// picture returns what the window looks like, and nil where it cannot be had.
func (w window) picture() *image.RGBA {
	data, err := w.try("import", "-window", w.id, "-depth", "8", "png32:-")
	if err != nil {
		return nil
	}
	img, err := png.Decode(strings.NewReader(data))
	if err != nil {
		return nil
	}
	rgba := image.NewRGBA(img.Bounds())
	for y := range rgba.Rect.Dy() {
		for x := range rgba.Rect.Dx() {
			rgba.Set(x, y, img.At(x, y))
		}
	}
	return rgba
}

// settled waits until the window has been painted, no longer changes and looks
// different from before, and returns its picture.
func (w window) settled(before *image.RGBA) *image.RGBA {
	w.t.Helper()
	var last *image.RGBA
	eventually(w.t, "a window that has been painted", func() bool {
		now := w.picture()
		same := now != nil && last != nil && len(changes(last, now)) == 0
		last = now
		return same && !blank(now) && (before == nil || len(changes(before, now)) > 0)
	})
	return last
}

// changes returns the points at which two pictures differ, from the top down;
// all of them where their sizes differ.
func changes(a, b *image.RGBA) []image.Point {
	var points []image.Point
	for y := range b.Rect.Dy() {
		for x := range b.Rect.Dx() {
			if a.Rect != b.Rect || a.RGBAAt(x, y) != b.RGBAAt(x, y) {
				points = append(points, image.Pt(x, y))
			}
		}
	}
	return points
}

// blank reports whether a picture has one colour only.
func blank(p *image.RGBA) bool {
	for i := 4; i < len(p.Pix); i++ {
		if p.Pix[i] != p.Pix[i-4] {
			return false
		}
	}
	return true
}

// write writes a file, and the folders above it.
func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
