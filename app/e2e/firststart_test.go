//go:build linux

package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chute/uploader/sign/s3"
	"chute/uploader/storetest"
)

// keys presses keys one after another, and waits for the window to have
// followed all of them.
func (w window) keys(names ...string) {
	w.t.Helper()
	before := w.settled(nil)
	w.key(names...)
	w.settled(before)
}

// types types a text into what has the focus.
func (w window) types(text string) {
	w.t.Helper()
	before := w.settled(nil)
	w.do("xdotool", "type", "--clearmodifiers", "--delay", "15", text)
	w.settled(before)
}

// picture is one that no other test pastes.
func somePicture(t *testing.T) []byte {
	t.Helper()
	p := image.NewNRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			p.SetNRGBA(x, y, color.NRGBA{uint8(x * y), uint8(x), uint8(y), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// copied puts a picture on the desktop's clipboard, as a screenshot tool does.
func (d *desktop) copied(kind string, content []byte) {
	d.t.Helper()
	path := filepath.Join(d.dir, "clipping")
	write(d.t, path, string(content))
	c := exec.Command("xclip", "-selection", "clipboard", "-t", kind, "-in", path)
	c.Env = append(os.Environ(), d.env...)
	if err := c.Run(); err != nil { // its child stays behind and serves
		d.t.Fatal(err)
	}
}

// linkOf waits for the link that a drop puts on the clipboard.
func (d *desktop) linkOf() string {
	d.t.Helper()
	var link string
	eventually(d.t, "a link on the clipboard", func() bool {
		link = d.clipboard()
		return strings.HasPrefix(link, "http")
	})
	return link
}

// From the first start to the first link without a pointer: the third way is
// taken, and a picture pasted.
func TestPasteAPictureAtTheFirstStart(t *testing.T) {
	d := newDesktop(t)
	_, w := d.chute()
	w.keys("Tab", "Tab", "Tab", "Return")
	picture := somePicture(t)
	d.copied("image/png", picture)
	w.key("ctrl+v")
	name, content := fetch(t, d.linkOf())
	if !strings.HasPrefix(name, "Pasted ") || !strings.HasSuffix(name, ".png") || !bytes.Equal(content, picture) {
		t.Errorf("%q has %d bytes, want the %d of the picture", name, len(content), len(picture))
	}
}

// Keys are entered, the bucket is given, and nothing else: the region is found
// out. All by keyboard.
func TestFirstStartWithKeysByKeyboard(t *testing.T) {
	store := storetest.Start(t)
	d := newDesktop(t)
	_, w := d.chute()
	w.keys("Tab", "Tab", "Return")
	minio := slices.IndexFunc(s3.Providers(), func(p s3.Provider) bool { return p.ID == "minio" })
	choose := slices.Repeat([]string{"Down"}, minio+1)
	w.keys("shift+Tab", "Down") // opens the list of providers
	w.keys(append(choose, "Return")...)
	w.keys("Tab")
	w.types(store.Endpoint)
	w.keys("Tab")
	w.types(storetest.AccessKey)
	w.keys("Tab")
	w.types(storetest.SecretKey)
	w.keys("Return") // leads to the bucket
	w.keys("ctrl+a")
	w.types(store.Bucket)
	w.keys("Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Return") // Save

	file := filepath.Join(d.dir, "report.bin")
	content := random(100_000)
	write(t, file, string(content))
	d.copied("text/uri-list", []byte("file://"+file+"\r\n"))
	w.key("ctrl+v")
	link := d.linkOf()
	if !strings.HasPrefix(link, store.Endpoint+"/"+store.Bucket+"/") {
		t.Errorf("the link does not lead to the bucket: %s", link)
	}
	if name, got := fetch(t, link); name != "report.bin" || !bytes.Equal(got, content) {
		t.Errorf("%q has %d bytes", name, len(got))
	}
}
