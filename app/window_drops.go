package app

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"chute/app/config"
	"chute/app/history"
	"chute/ui"
	"chute/uploader"

	"fyne.io/fyne/v2"
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

// Add implements ui.Host.
func (h *host) Add(paths []string, how ui.Sending) {
	h.mu.Lock()
	life := h.settings.LinkLife
	h.mu.Unlock()
	dest, err := h.app.destination(how.To)
	if err != nil {
		h.app.notice(err)
		return
	}
	adder := h.app.newAdder(dest, addOptions{life: life})
	h.groups.begin(adder.batch)
	p := &page{h: h, adder: adder, title: pageTitle(paths), states: map[uploader.ID]uploader.State{}, done: map[uploader.ID]arrived{}}
	if how.Page {
		h.pages.begin(p)
	}
	go func() {
		var left leftOut
		for _, path := range paths {
			h.addItem(adder, path, how.Zip, &left, func(id uploader.ID) {
				if how.Page { // else it may be a million
					p.ids = append(p.ids, id)
				}
			})
		}
		if dest.Type == config.TypeLocal {
			h.app.noKeyring()
		}
		h.mu.Lock()
		w := h.window
		h.mu.Unlock()
		if left.n > 0 && w != nil {
			fyne.Do(func() { w.LeftOut(left.n, left.names) })
		}
		if how.Page {
			h.pages.added(p) // which ends the batch
			return
		}
		h.groups.end(adder.batch)
	}()
}

// addItem queues one of the things that were dropped, and tells each transfer.
func (h *host) addItem(adder *adder, path string, zip bool, left *leftOut, added func(uploader.ID)) {
	group := uploader.GroupID(h.app.newID())
	defer h.groups.scanned(group)
	adder.item(0)
	if info, err := os.Stat(path); zip && err == nil && info.IsDir() {
		added(adder.add(context.Background(), uploader.Found{Source: uploader.NewZip(path)}))
		for range uploader.WalkNoting(path, left.note) { // what the archive leaves out is told as well
		}
		return
	}
	for f := range adder.paced(uploader.WalkNoting(path, left.note)) {
		if f.Folder != "" {
			adder.group = group
			h.groups.found(group, f.Folder)
		}
		added(adder.add(context.Background(), f))
	}
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
