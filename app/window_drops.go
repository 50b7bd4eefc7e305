package app

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"chute/app/history"
	"chute/ui"
	"chute/uploader"
)

// This file is how the window gives what was dropped, chosen or pasted.

// Look implements ui.Host. Of most files it looks at size and time alone.
func (h *host) Look(ctx context.Context, paths []string, destination string) ui.Drop {
	var d ui.Drop
	for _, p := range paths {
		info, err := os.Stat(p)
		if err == nil && info.IsDir() {
			d.Folders++
			continue
		}
		d.Files++
		if err != nil || !info.Mode().IsRegular() {
			continue // what it is will be said when its turn comes
		}
		if again, ok := h.app.sentBefore(ctx, p, info, destination); ok {
			d.Again = append(d.Again, ui.SentAgain{Path: p, Link: sentLink(history.Numbered{Entry: again})})
		}
	}
	return d
}

// sentBefore finds what was sent to the destination of the same file, as long as
// it has a link or can have one.
func (a *App) sentBefore(ctx context.Context, path string, info os.FileInfo, destination string) (history.Entry, bool) {
	entries, err := a.history.SameFile(ctx, destination, info.Size(), info.ModTime())
	if err != nil || len(entries) == 0 {
		return history.Entry{}, false
	}
	for _, e := range same(path, entries) {
		if e.URL != "" || !e.ExpiresAt.IsZero() {
			return e, true
		}
	}
	return history.Entry{}, false
}

// leftOut is what of a drop is not sent.
type leftOut struct {
	n     int
	names []string // of the first few, each name once
}

// leftOutNames is how many names are told.
const leftOutNames = 3

func (l *leftOut) note(path string) {
	l.n++
	name := filepath.Base(filepath.FromSlash(path))
	if len(l.names) < leftOutNames && !slices.Contains(l.names, name) {
		l.names = append(l.names, name)
	}
}

// String says it in English, for the command line.
func (l *leftOut) String() string {
	rest := ""
	if l.n > len(l.names) {
		rest = ", …"
	}
	return "Left out " + strconv.Itoa(l.n) + ": " + printable(strings.Join(l.names, ", ")) + rest
}

// IsPage implements ui.Host.
func (h *host) IsPage(id uploader.ID) bool { return h.pages.is(id) }
