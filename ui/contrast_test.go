package ui

import (
	"fmt"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"chute/ui/internal/look"
	"chute/ui/internal/pilot"
	"chute/ui/internal/wcag"
	"chute/uploader"
)

// over paints c over what is below.
func over(c, below color.NRGBA) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8((int(a)*int(c.A) + int(b)*(255-int(c.A))) / 255) }
	return color.NRGBA{R: mix(c.R, below.R), G: mix(c.G, below.G), B: mix(c.B, below.B), A: 255}
}

type painted struct {
	at   fyne.Position
	size fyne.Size
	fill color.NRGBA
}

// texts calls f for every text below o with its colour and what it lies on.
func texts(root fyne.CanvasObject, below color.NRGBA, f func(text string, fore, back color.NRGBA)) {
	var under []painted
	driver := fyne.CurrentApp().Driver()
	pilot.Walk(root, func(o fyne.CanvasObject) bool {
		at := driver.AbsolutePositionForObject(o)
		switch o := o.(type) {
		case *canvas.Rectangle:
			if fill := nrgba(o.FillColor); fill.A > 0 {
				under = append(under, painted{at, o.Size(), fill})
			}
		case *canvas.Text:
			if o.Text == "" || o.Color == nil {
				return true
			}
			middle := at.AddXY(o.MinSize().Width/2, o.MinSize().Height/2)
			back := below
			for _, p := range under {
				if middle.X >= p.at.X && middle.X < p.at.X+p.size.Width && middle.Y >= p.at.Y && middle.Y < p.at.Y+p.size.Height {
					back = over(p.fill, back)
				}
			}
			f(o.Text, over(nrgba(o.Color), back), back)
		}
		return true
	})
}

func nrgba(c color.Color) color.NRGBA {
	if c == nil {
		return color.NRGBA{}
	}
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}

// TestTextCanBeRead goes through all screens in both themes and computes the
// contrast of each text with what lies behind it: WCAG AA asks for 4.5 to 1.
func TestTextCanBeRead(t *testing.T) {
	for _, mode := range []look.Mode{look.Light, look.Dark} {
		t.Run(string(mode), func(t *testing.T) {
			pairs := map[[2]color.NRGBA]bool{}
			check := func(screen string, w *Window) {
				t.Helper()
				below := nrgba(look.Color(look.Background))
				roots := append([]fyne.CanvasObject{w.win.Canvas().Content()}, w.win.Canvas().Overlays().List()...)
				for i, root := range roots {
					if i > 0 {
						below = nrgba(theme.Color(theme.ColorNameOverlayBackground)) // of a pop-up
					}
					texts(root, below, func(text string, fore, back color.NRGBA) {
						pair := [2]color.NRGBA{fore, back}
						if ratio := wcag.Contrast(fore, back); ratio < wcag.AA && !pairs[pair] {
							t.Errorf("%s: %q has %.2f : 1, %v on %v", screen, text, ratio, fore, back)
						}
						pairs[pair] = true
					})
				}
			}
			open := func(screen string, tell []uploader.Snapshot, do func(*Window)) {
				h := newFakeHost()
				h.set.Theme = string(mode)
				h.groups[7] = Group{Name: "Photos", Files: 3}
				w := newTestWindow(t, h)
				h.tell(tell...)
				w.pull()
				do(w)
				w.list.peek.Leave() // its timer would run beside the test
				defer w.toast.Hide()
				check(screen, w)
				closeOverlays(w.win.Canvas())
			}
			for _, c := range rowCases() {
				open("row "+c.name, c.items, func(w *Window) {
					if c.open {
						w.list.openRow(w.list.model.Rows()[0])
					}
				})
			}
			some := []uploader.Snapshot{snapshot("a", uploader.Sending), snapshot("b", uploader.Paused), doneSnapshot("c", "https://x/c")}
			for screen, do := range map[string]func(*Window){
				"empty":    func(w *Window) { w.list.remove(w.list.model.All()) },
				"settings": func(w *Window) { w.openSettings() },
				"form": func(w *Window) {
					w.openSettings()
					w.settings.edit(Destination{Type: typeS3, Credentials: "keyring", Auth: "none"})
				},
				"question": func(w *Window) { w.Quit() },
				"keys":     func(w *Window) { w.showKeys() },
				"menu":     func(w *Window) { test.Tap(w.header.destination) },
				"toast":    func(w *Window) { w.toast.Show("3 links copied") },
				"hovered":  func(w *Window) { w.rowOf(t, "a").MouseIn(nil) },
			} {
				tell := some
				if screen == "empty" {
					tell = some[2:]
				}
				open(screen, tell, do)
			}
			if len(pairs) < 10 {
				t.Errorf("only %d pairs of colours were seen", len(pairs))
			}
			t.Log(fmt.Sprint(len(pairs), " pairs of colours"))
		})
	}
}
