package ui

import (
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
)

func TestDroppedPaths(t *testing.T) {
	for _, c := range []struct {
		uri  fyne.URI
		want string
	}{
		{storage.NewFileURI("/home/ada/x.pdf"), "/home/ada/x.pdf"},
		{storage.NewFileURI("/home/ada/a+b %41 #?&é 日本 😀.pdf"), "/home/ada/a+b %41 #?&é 日本 😀.pdf"},
		// As Fyne delivers a link that is dragged out of a browser.
		{storage.NewFileURI("https://example.org/x?y=1"), "https://example.org/x?y=1"},
		{storage.NewFileURI("smb://server/share/x"), "smb://server/share/x"},
		// A file whose name looks a little like that.
		{storage.NewFileURI("/srv/https:/x"), "/srv/https:/x"},
	} {
		if got := droppedPaths([]fyne.URI{c.uri}); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%v: %q, want %q", c.uri, got, c.want)
		}
	}
	here, err := filepath.Abs("notes: 1.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got := droppedPaths([]fyne.URI{storage.NewFileURI(here)}); got[0] != here {
		t.Errorf("a file in the working directory became %q", got[0])
	}
}

func TestDialogsInTheWindow(t *testing.T) {
	w := newTestWindow(t, newFakeHost())
	c := inCanvas{w.win}
	for name, open := range map[string]func(func([]string)){"files": c.files, "folder": c.folder} {
		open(func([]string) { t.Errorf("%s: chosen without the user", name) })
		if w.win.Canvas().Overlays().Top() == nil {
			t.Fatalf("%s: no dialog", name)
		}
		w.press(t, "Cancel")
		if w.win.Canvas().Overlays().Top() != nil {
			t.Errorf("%s: the dialog did not close", name)
		}
	}
}
