package desktop

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
)

func TestParseURIs(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil,
		"file:///home/ada/a%20b+c%25.pdf\r\nfile:///home/ada/%C3%A9\r\n":      {"/home/ada/a b+c%.pdf", "/home/ada/é"},
		"copy\nfile:///a\nfile:///b":                                          {"/a", "/b"},
		"cut\nfile:///a\x00":                                                  {"/a"},
		"# a comment\r\nfile://localhost/a\r\nhttps://example.org/x\r\n":      {"/a"},
		"file://nas/share/a\nfile:relative\nfile:///a%00b\nfile:///%zz\n/a\n": nil,
	} {
		if got := parseURIs(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzParseURIs(f *testing.F) {
	f.Add("copy\nfile:///a b\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range parseURIs(text) {
			if !filepath.IsAbs(p) || strings.ContainsRune(p, 0) {
				t.Errorf("%q in %q", p, text)
			}
		}
	})
}

// offers is a clipboard that holds the same in several types.
type offers map[string]string

func (o offers) types(context.Context) ([]string, error) {
	var all []string
	for kind := range o {
		all = append(all, kind)
	}
	return all, nil
}

func (o offers) read(_ context.Context, kind string) ([]byte, error) {
	if o[kind] == "fails" {
		return nil, errors.New("fails")
	}
	return []byte(o[kind]), nil
}

func TestTheBestOfAClipboardIsTaken(t *testing.T) {
	const picture = "\x89PNG\r\n"
	for name, c := range map[string]struct {
		offers offers
		want   Clip
		fails  bool
	}{
		"nothing":         {},
		"files":           {offers{"text/uri-list": "file:///a", "image/png": picture, "text/plain": "/a"}, Clip{Files: []string{"/a"}}, false},
		"GNOME's files":   {offers{"x-special/gnome-copied-files": "copy\nfile:///a", "text/uri-list": "file:///b"}, Clip{Files: []string{"/a"}}, false},
		"a web address":   {offers{"text/uri-list": "https://example.org", "UTF8_STRING": "https://example.org"}, Clip{Text: "https://example.org"}, false},
		"a picture":       {offers{"image/png": picture, "text/plain": "alt"}, Clip{PNG: []byte(picture)}, false},
		"no real picture": {offers{"image/png": "GIF", "text/plain": "alt"}, Clip{Text: "alt"}, false},
		"a text":          {offers{"text/plain": "latin", "UTF8_STRING": "ü\xff"}, Clip{Text: "ü\uFFFD"}, false},
		"a failure":       {offers{"image/png": "fails"}, Clip{}, true},
	} {
		got, err := readClip(t.Context(), c.offers)
		if (err != nil) != c.fails || !slices.Equal(got.Files, c.want.Files) || !bytes.Equal(got.PNG, c.want.PNG) || got.Text != c.want.Text {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// A real X server, and xclip as the program that has the clipboard.
func TestClipboardOfX(t *testing.T) {
	for _, tool := range []string{"Xvfb", "xclip"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	display := xServer(t)
	t.Setenv("DISPLAY", display)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()

	if got, err := Clipboard(ctx, X11); err != nil || len(got.Files)+len(got.PNG)+len(got.Text) != 0 {
		t.Errorf("an empty clipboard: %+v, %v", got, err)
	}
	owner := func() xproto.Window {
		t.Helper()
		x, err := openSelection(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer x.close()
		clipboard, err := x.atom("CLIPBOARD")
		if err != nil {
			t.Fatal(err)
		}
		reply, err := xproto.GetSelectionOwner(x.conn, clipboard).Reply()
		if err != nil {
			t.Fatal(err)
		}
		return reply.Owner
	}
	put := func(kind string, content []byte) {
		t.Helper()
		before := owner()
		c := exec.Command("xclip", "-selection", "clipboard", "-t", kind, "-in")
		c.Stdin = bytes.NewReader(content)
		if err := c.Run(); err != nil { // its child stays behind and serves
			t.Fatalf("xclip: %v", err)
		}
		for owner() == before { // the child may not have got to it yet
			if ctx.Err() != nil {
				t.Fatal("xclip does not take the clipboard")
			}
			time.Sleep(time.Millisecond)
		}
	}
	var picture bytes.Buffer
	noise := image.NewNRGBA(image.Rect(0, 0, 900, 700)) // more than fits into one answer
	for i := range noise.Pix {
		noise.Pix[i] = byte(i * i >> 7 * 31)
	}
	if err := png.Encode(&picture, noise); err != nil {
		t.Fatal(err)
	}
	put("image/png", picture.Bytes())
	if got, err := Clipboard(ctx, X11); err != nil || !bytes.Equal(got.PNG, picture.Bytes()) {
		t.Errorf("a picture of %d bytes came as %d, %v", picture.Len(), len(got.PNG), err)
	}
	put("text/uri-list", []byte("file:///home/ada/a%20b\r\n"))
	if got, err := Clipboard(ctx, X11); err != nil || !slices.Equal(got.Files, []string{"/home/ada/a b"}) {
		t.Errorf("files: %+v, %v", got, err)
	}
	put("UTF8_STRING", []byte("grüß dich"))
	if got, err := Clipboard(ctx, X11); err != nil || got.Text != "grüß dich" {
		t.Errorf("a text: %+v, %v", got, err)
	}
}

// xServer starts an X server for the test and returns its name.
func xServer(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	c := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "64x64x24", "-nolisten", "tcp", "-noreset")
	c.ExtraFiles = []*os.File{w}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal("no X server: ", err)
	}
	return ":" + strings.TrimSpace(number)
}
