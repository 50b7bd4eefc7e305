package desktop

import (
	"bytes"
	"context"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// clipPatience is how long the owner of the clipboard may take.
const clipPatience = 5 * time.Second

// The types in which a clipboard is offered, the best first.
var (
	fileTypes = []string{"x-special/gnome-copied-files", "text/uri-list"}
	textTypes = []string{"UTF8_STRING", "text/plain;charset=utf-8", "text/plain"}
)

const pngType = "image/png"

// source is a clipboard that can be asked for its types, and for its content as
// one of them.
type source interface {
	types(ctx context.Context) ([]string, error)
	read(ctx context.Context, kind string) ([]byte, error)
}

// Clipboard reads the clipboard. On X11 it asks the owner of the selection
// itself. On Wayland only the program that has the focus is told of the
// clipboard, which is Fyne, and Fyne knows texts alone: there it takes
// wl-paste's help, where that is installed.
func Clipboard(ctx context.Context, on Display) (Clip, error) {
	ctx, cancel := context.WithTimeout(ctx, clipPatience)
	defer cancel()
	if on == Wayland {
		path, err := exec.LookPath("wl-paste")
		if err != nil {
			return Clip{}, err
		}
		return readClip(ctx, wlPaste{path})
	}
	x, err := openSelection(ctx)
	if err != nil {
		return Clip{}, err
	}
	defer x.close()
	return readClip(ctx, x)
}

// readClip takes the best of what is offered.
func readClip(ctx context.Context, s source) (Clip, error) {
	offered, err := s.types(ctx)
	if err != nil {
		return Clip{}, err
	}
	get := func(kinds ...string) ([]byte, error) {
		for _, kind := range kinds {
			if slices.Contains(offered, kind) {
				return s.read(ctx, kind)
			}
		}
		return nil, nil
	}
	list, err := get(fileTypes...)
	if err != nil {
		return Clip{}, err
	}
	if files := parseURIs(string(list)); len(files) > 0 {
		return Clip{Files: files}, nil
	}
	picture, err := get(pngType)
	if err != nil {
		return Clip{}, err
	}
	if bytes.HasPrefix(picture, []byte("\x89PNG")) {
		return Clip{PNG: picture}, nil
	}
	text, err := get(textTypes...)
	return Clip{Text: strings.ToValidUTF8(string(text), "\uFFFD")}, err
}

// wlPaste reads by the program of that name, of wl-clipboard.
type wlPaste struct{ path string }

func (w wlPaste) types(ctx context.Context) ([]string, error) {
	out, err := exec.CommandContext(ctx, w.path, "--list-types").Output()
	return strings.Fields(string(out)), err
}

func (w wlPaste) read(ctx context.Context, kind string) ([]byte, error) {
	c := exec.CommandContext(ctx, w.path, "--no-newline", "--type", kind)
	var out limited
	c.Stdout = &out
	err := c.Run()
	return out.Bytes(), err
}

// limited keeps no more than maxClip.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > maxClip {
		return 0, bytes.ErrTooLarge
	}
	return l.Buffer.Write(p)
}
