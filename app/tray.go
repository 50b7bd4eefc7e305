package app

import (
	"bytes"
	"context"
	"image/png"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/systray"
)

// tray is the program's icon in the desktop's tray, as far as there is one.
type tray struct {
	app   desktop.App // nil: never
	there atomic.Bool // somebody shows the icon
	// menu is the same one always: Fyne shows the first that it got once more
	// when the tray is ready, which may be after others were set.
	menu *fyne.Menu
}

// newTray finds out whether the desktop shows icons, and goes on following that
// until ctx ends. tapped is called on the UI goroutine when the icon is, and
// gone when nobody shows it any longer. It is called before the program runs:
// later no icon can be made.
func newTray(ctx context.Context, f fyne.App, icon fyne.Resource, tapped, gone func()) *tray {
	t := &tray{menu: fyne.NewMenu("Chute")}
	app, ok := f.(desktop.App)
	if !ok {
		return t
	}
	possible := watchTray(ctx, func(there bool) {
		if t.there.Swap(there) && !there {
			fyne.Do(gone)
		}
	})
	if possible {
		t.app = app
		systray.SetOnTapped(func() { fyne.Do(tapped) })
		app.SetSystemTrayIcon(drawn(icon))
		app.SetSystemTrayMenu(t.menu) // its items follow, from the window
	}
	return t
}

// traySize is the side of the tray's icon in pixels: the largest that panels show.
const traySize = 64

// drawn makes a picture of an SVG. Fyne would do that itself, but on a goroutine
// of the tray's, beside the window's drawing, with which it shares its caches.
func drawn(icon fyne.Resource) fyne.Resource {
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(icon))
	c.Resize(fyne.NewSquareSize(traySize))
	var picture bytes.Buffer
	if err := png.Encode(&picture, c.Capture()); err != nil {
		return icon // a buffer takes everything: the picture is at fault
	}
	return fyne.NewStaticResource("tray.png", picture.Bytes())
}

// set shows a menu's items behind the icon. It is called on the UI goroutine.
func (t *tray) set(menu *fyne.Menu) {
	if t.app != nil {
		t.menu.Items = menu.Items
		t.app.SetSystemTrayMenu(t.menu)
	}
}
