package app

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"chute/app/desktop"
	"chute/ui"
	"chute/uploader/fault"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
)

// This file makes files of what is on the clipboard.

// Pasted files are kept as long as an upload of them may be resumed.
const pastedLife = 7 * 24 * time.Hour

// Paste implements ui.Host. Files come before a picture of them, and both before
// a text that names them.
func (h *host) Paste(ctx context.Context, text string) ([]string, error) {
	clip, err := desktop.Clipboard(ctx, h.display())
	if err != nil {
		h.app.log.Info("clipboard", "cause", err) // the text is there all the same
	}
	if clip.Text == "" {
		clip.Text = text
	}
	switch {
	case len(clip.Files) > 0:
		return clip.Files, nil
	case len(clip.PNG) > 0:
		return h.pasted("png", clip.PNG)
	}
	if paths := pathsIn(clip.Text); len(paths) > 0 {
		return paths, nil
	}
	if strings.TrimSpace(clip.Text) == "" {
		return nil, nil
	}
	return h.pasted("txt", []byte(clip.Text))
}

// pasted writes a file of what was pasted, called by the time.
func (h *host) pasted(extension string, content []byte) ([]string, error) {
	dir := h.app.home.Pasted()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.FromFile(err, dir)
	}
	clearPasted(dir, time.Now())
	// Each in a folder of its own: two pastes within a second have one name.
	own, err := os.MkdirTemp(dir, "")
	if err != nil {
		return nil, fault.FromFile(err, dir)
	}
	path := filepath.Join(own, ui.PastedName(time.Now())+"."+extension)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return nil, fault.FromFile(err, path)
	}
	return []string{path}, nil
}

// clearPasted removes what was pasted long ago.
func clearPasted(dir string, now time.Time) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > pastedLife {
			os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

// pathsIn reads a text that is nothing but paths of files that are there, or
// addresses of such files, one a line: what file managers offer as a text.
func pathsIn(text string) []string {
	const most = 10_000
	var paths []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		if len(paths) == most {
			return nil
		}
		if u, err := url.Parse(line); err == nil && u.Scheme == "file" {
			line = fileOf(u)
		}
		if !filepath.IsAbs(line) {
			return nil
		}
		if _, err := os.Stat(line); err != nil {
			return nil
		}
		paths = append(paths, line)
	}
	return paths
}

// fileOf is the path of a file's address.
func fileOf(u *url.URL) string {
	if runtime.GOOS == "windows" {
		return filepath.FromSlash(strings.TrimPrefix(u.Path, "/"))
	}
	return u.Path
}

// display says how the window is shown, which decides how the clipboard is read.
func (h *host) display() desktop.Display {
	on := desktop.Other
	h.mu.Lock()
	w := h.window
	h.mu.Unlock()
	if w == nil {
		return on
	}
	fyne.DoAndWait(func() {
		if native, ok := w.Fyne().(driver.NativeWindow); ok {
			native.RunNative(func(context any) {
				switch context.(type) {
				case driver.X11WindowContext:
					on = desktop.X11
				case driver.WaylandWindowContext:
					on = desktop.Wayland
				}
			})
		}
	})
	return on
}
