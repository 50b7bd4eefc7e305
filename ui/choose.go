package ui

import (
	"path/filepath"
	"regexp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
)

// chooser asks the user for files and folders. Its methods return at once; the
// answer comes on the UI goroutine, and not at all when the user thinks better
// of it.
type chooser interface {
	files(chosen func(paths []string))
	folder(chosen func(paths []string))
	// save asks where to write a file that would be called name.
	save(name string, chosen func(path string))
}

// inCanvas is Fyne's own dialogs: they work everywhere, but take one file at a
// time.
type inCanvas struct{ win fyne.Window }

func (c inCanvas) files(chosen func([]string)) {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil || r == nil {
			return
		}
		path := r.URI().Path()
		r.Close()
		chosen([]string{path})
	}, c.win)
	d.Show()
	d.Resize(dialogSize(c.win)) // not before: there is nothing to resize yet
}

func (c inCanvas) folder(chosen func([]string)) {
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		if err == nil && u != nil {
			chosen([]string{u.Path()})
		}
	}, c.win)
	d.Show()
	d.Resize(dialogSize(c.win)) // not before: there is nothing to resize yet
}

func (c inCanvas) save(name string, chosen func(string)) {
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		if err == nil && f != nil {
			f.Close()
			chosen(f.URI().Path())
		}
	}, c.win)
	d.SetFileName(name)
	d.Show()
	d.Resize(dialogSize(c.win)) // not before: there is nothing to resize yet
}

func dialogSize(w fyne.Window) fyne.Size {
	s := w.Canvas().Size()
	return fyne.NewSize(max(s.Width-60, 400), max(s.Height-60, 300))
}

var webAddress = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:/`)

// droppedPaths turns what was dropped into what Host.Add takes: paths of files,
// and addresses as text.
//
// Fyne takes an address that is dropped, such as a link from a browser, for a
// relative file name and prepends the working directory, so that
// https://example.org/x arrives as file:///home/me/https:/example.org/x. That
// is undone here.
func droppedPaths(uris []fyne.URI) []string {
	here, _ := filepath.Abs(".")
	paths := make([]string, 0, len(uris))
	for _, u := range uris {
		if u.Scheme() != "file" {
			paths = append(paths, u.String())
			continue
		}
		path := u.Path()
		if rest, ok := strings.CutPrefix(filepath.ToSlash(path), strings.TrimSuffix(filepath.ToSlash(here), "/")+"/"); ok && webAddress.MatchString(rest) {
			path = strings.Replace(rest, ":/", "://", 1)
		}
		paths = append(paths, path)
	}
	return paths
}
