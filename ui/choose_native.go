//go:build windows || darwin

package ui

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/lang"
	"github.com/ncruces/zenity"
)

// newChooser takes the system's own dialogs, and Fyne's where they fail.
func newChooser(win fyne.Window) chooser { return &native{win: win, fallback: inCanvas{win}} }

type native struct {
	win      fyne.Window
	fallback inCanvas
	open     bool // a dialog is shown: no second one
}

func (n *native) files(chosen func([]string)) {
	n.ask(func(o ...zenity.Option) ([]string, error) {
		return zenity.SelectFileMultiple(append(o, zenity.Title(lang.L("Add files")))...)
	}, chosen, n.fallback.files)
}

func (n *native) folder(chosen func([]string)) {
	n.ask(func(o ...zenity.Option) ([]string, error) {
		return zenity.SelectFileMultiple(append(o, zenity.Directory(), zenity.Title(lang.L("Add a folder")))...)
	}, chosen, n.fallback.folder)
}

func (n *native) save(name string, chosen func(string)) {
	n.ask(func(o ...zenity.Option) ([]string, error) {
		path, err := zenity.SelectFileSave(append(o, zenity.Filename(name), zenity.ConfirmOverwrite(), zenity.Title(lang.L("Save as")))...)
		return []string{path}, err
	}, func(paths []string) { chosen(paths[0]) }, func(func([]string)) { n.fallback.save(name, chosen) })
}

// ask shows a dialog on a goroutine of its own: it lasts as long as the user
// looks around.
func (n *native) ask(show func(...zenity.Option) ([]string, error), chosen func([]string), fallback func(func([]string))) {
	if n.open {
		return
	}
	n.open = true
	var options []zenity.Option
	if w, ok := n.win.(driver.NativeWindow); ok {
		w.RunNative(func(context any) {
			if c, ok := context.(driver.WindowsWindowContext); ok {
				options = append(options, zenity.Attach(c.HWND), zenity.Modal())
			}
		})
	}
	go func() {
		paths, err := show(options...)
		fyne.Do(func() {
			n.open = false
			switch {
			case errors.Is(err, zenity.ErrCanceled):
			case err != nil:
				fallback(chosen)
			case len(paths) > 0:
				chosen(paths)
			}
		})
	}()
}
