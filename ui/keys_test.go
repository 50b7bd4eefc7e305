package ui

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"chute/ui/internal/pilot"
	"chute/uploader"
)

// typeKey types a key as the window gets it: to what has the focus, else to
// the window itself.
func (w *Window) typeKey(k fyne.KeyName) {
	c := w.win.Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: k})
		return
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: k})
}

func TestKeysAreListed(t *testing.T) {
	for name, open := range map[string]func(*Window){
		"F1":                     func(w *Window) { w.typeKey(fyne.KeyF1) },
		"?":                      func(w *Window) { w.win.Canvas().OnTypedRune()('?') },
		"? in the list":          func(w *Window) { w.win.Canvas().Focus(w.list); w.list.TypedRune('?') },
		"F1 on a button":         func(w *Window) { w.win.Canvas().Focus(w.header.add); w.typeKey(fyne.KeyF1) },
		"F1 while it is listed":  func(w *Window) { w.typeKey(fyne.KeyF1); w.typeKey(fyne.KeyF1) },
		"F1 with a menu open":    func(w *Window) { test.Tap(w.header.life); w.showKeys() },
		"? in the open settings": func(w *Window) { w.openSettings(); w.win.Canvas().OnTypedRune()('?') },
	} {
		t.Run(name, func(t *testing.T) {
			h := newFakeHost()
			w := newTestWindow(t, h)
			h.tell(snapshot("a", uploader.Sending))
			w.pull()
			open(w)
			top := w.win.Canvas().Overlays().Top()
			if top == nil {
				t.Fatal("nothing opened")
			}
			for _, s := range w.shortcuts() {
				if s.does == "" {
					continue // one of several in a line
				}
				if _, ok := pilot.Find(top, func(r *keyRow) bool { return r.does.String() == s.does && r.keys.String() == keyText(s.CustomShortcut) }); !ok {
					t.Errorf("%s is not listed", s.does)
				}
			}
			w.typeKey(fyne.KeyEscape)
			if w.win.Canvas().Overlays().Top() != nil {
				t.Error("Escape did not close it")
			}
		})
	}
}

func TestEscapeClosesWhatPopsUp(t *testing.T) {
	for name, open := range map[string]func(*testing.T, *Window){
		"question": func(t *testing.T, w *Window) { w.press(t, "Cancel all") },
		"quit":     func(_ *testing.T, w *Window) { w.Quit() },
		"code":     func(t *testing.T, w *Window) { pressIn(t, w.rowOf(t, "c"), "QR code") },
		"menu":     func(_ *testing.T, w *Window) { test.Tap(w.header.destination) },
		"row menu": func(t *testing.T, w *Window) { w.rowOf(t, "c").TappedSecondary(&fyne.PointEvent{}) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newFakeHost()
			w := newTestWindow(t, h)
			h.tell(snapshot("a", uploader.Sending), snapshot("b", uploader.Sending), doneSnapshot("c", "https://x/c"))
			w.pull()
			open(t, w)
			if w.win.Canvas().Overlays().Top() == nil {
				t.Fatal("nothing opened")
			}
			w.typeKey(fyne.KeyEscape)
			if w.win.Canvas().Overlays().Top() != nil {
				t.Error("Escape did not close it")
			}
			wantCalls(t, h)
		})
	}
}

func TestArrowsReachTheList(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	w.typeKey(fyne.KeyDown)
	if w.win.Canvas().Focused() != nil {
		t.Error("a list that is not shown got the focus")
	}
	h.tell(doneSnapshot("a", "https://x/a"), doneSnapshot("b", "https://x/b"))
	w.pull()
	w.typeKey(fyne.KeyDown)
	w.typeKey(fyne.KeyDown)
	if w.win.Canvas().Focused() != fyne.Focusable(w.list) || w.list.selected.ID != "b" {
		t.Errorf("%v has the focus, %v is selected", w.win.Canvas().Focused(), w.list.selected)
	}
}

// Every shortcut has a combination of its own, and Fyne can see it: one with
// Shift alone never arrives.
func TestShortcutsAreDistinct(t *testing.T) {
	w := newTestWindow(t, newFakeHost())
	seen := map[string]bool{}
	for _, s := range w.shortcuts() {
		if seen[s.ShortcutName()] {
			t.Errorf("%s twice", s.ShortcutName())
		}
		seen[s.ShortcutName()] = true
		if s.Modifier&^fyne.KeyModifierShift == 0 {
			t.Errorf("%s would never arrive", s.ShortcutName())
		}
	}
}

// TestEverythingHasAName walks all screens: what can be tapped or focused says
// what it is, for those who do not see it.
func TestEverythingHasAName(t *testing.T) {
	screens := map[string]func(*testing.T, *Window){
		"list": func(*testing.T, *Window) {},
		"open rows": func(_ *testing.T, w *Window) {
			for _, k := range w.list.model.Rows() {
				w.list.openRow(k)
				checkNames(t, w)
			}
		},
		"settings":    func(_ *testing.T, w *Window) { w.openSettings() },
		"form":        func(t *testing.T, w *Window) { w.openSettings(); w.press(t, "Add destination") },
		"question":    func(t *testing.T, w *Window) { w.press(t, "Cancel all") },
		"code":        func(t *testing.T, w *Window) { pressIn(t, w.rowOf(t, "c"), "QR code") },
		"keys":        func(_ *testing.T, w *Window) { w.showKeys() },
		"empty state": func(_ *testing.T, w *Window) { w.list.remove(w.list.model.All()) },
	}
	for name, open := range screens {
		t.Run(name, func(t *testing.T) {
			h := newFakeHost()
			w := newTestWindow(t, h)
			a := snapshot("a", uploader.Sending)
			a.Parts = 9
			h.tell(a, snapshot("b", uploader.Paused), doneSnapshot("c", "https://x/c"), failedSnapshot("d"))
			w.pull()
			open(t, w)
			checkNames(t, w)
		})
	}
}

func checkNames(t *testing.T, w *Window) {
	t.Helper()
	for _, root := range append(w.win.Canvas().Overlays().List(), w.win.Canvas().Content()) {
		pilot.Walk(root, func(o fyne.CanvasObject) bool {
			_, focusable := o.(fyne.Focusable)
			_, tappable := o.(fyne.Tappable)
			a, accessible := o.(fyne.Accessible)
			own := strings.HasPrefix(fmt.Sprintf("%T", o), "*ui.") || strings.HasPrefix(fmt.Sprintf("%T", o), "*kit.")
			if own && (focusable || tappable) && (!accessible || strings.TrimSpace(a.AccessibilityLabel()) == "") {
				t.Errorf("%T has no name", o)
			}
			return true
		})
	}
}
