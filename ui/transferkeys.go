package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/model"
	"chute/uploader"
)

// This file is how rows of the list are selected, and what keys do to them.

// tap opens a row, or closes the one that is open.
func (t *transfers) tap(k model.Key) {
	t.keyed = false
	t.choose(k) // before the focus, which would choose the first row
	if k == t.opened {
		k = model.Key{}
	}
	t.openRow(k)
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		c.Focus(t)
	}
}

// openRow shows the details of a row, and closes the one that was open; no key:
// it only closes.
func (t *transfers) openRow(k model.Key) {
	old := t.opened
	t.opened = k
	t.redraw(old, k)
	t.list.Reveal(k)
}

// choose makes a row the one that the keys act on.
func (t *transfers) choose(k model.Key) {
	old := t.selected
	t.selected = k
	t.redraw(old, k)
	t.list.Reveal(k)
}

// FocusGained shows which row the keys act on.
func (t *transfers) FocusGained() {
	t.focused = true
	if t.selected == (model.Key{}) {
		t.keyed = true // reached by Tab
	}
	if first, ok := t.list.Step(t.selected, 0); ok && t.selected == (model.Key{}) {
		t.choose(first)
		return
	}
	t.redraw(t.selected)
}

// FocusLost undoes FocusGained.
func (t *transfers) FocusLost() {
	t.focused = false
	t.redraw(t.selected)
}

// TypedRune hands runes on.
func (t *transfers) TypedRune(r rune) { kit.PassRune(t, r) }

// TypedShortcut copies what the selected row has to share.
func (t *transfers) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutCopy); ok {
		if len(t.model.IDs(t.selected, uploader.Done)) > 0 {
			t.act(t.selected, actCopy)
		}
		return
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(t).(fyne.Shortcutable); ok {
		c.TypedShortcut(s) // as if nothing had the focus
	}
}

// AccessibilityLabel names the list.
func (t *transfers) AccessibilityLabel() string { return lang.L("Transfers") }

// AccessibilityRole is a container's.
func (t *transfers) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// showMenu opens the menu of a row.
func (t *transfers) showMenu(k model.Key, at fyne.Position) {
	c := fyne.CurrentApp().Driver().CanvasForObject(t)
	if c == nil {
		return
	}
	var items []*fyne.MenuItem
	for _, a := range t.menu(k) {
		items = append(items, fyne.NewMenuItem(t.label(k, a), func() { t.act(k, a) }))
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c, at)
}

// TypedKey moves between rows and acts on the selected one.
func (t *transfers) TypedKey(e *fyne.KeyEvent) {
	if !t.keyed {
		t.keyed = true
		t.redraw(t.selected)
	}
	if step := kit.Steps(e.Name); step != 0 {
		if k, ok := t.list.Step(t.selected, step); ok {
			t.choose(k)
		}
		return
	}
	switch e.Name {
	case fyne.KeyDelete, fyne.KeyBackspace:
		t.removeSelected()
	case fyne.KeyRight, fyne.KeyLeft:
		if g := t.model.Group(t.selected.Group); g != nil && g.Expanded == (e.Name == fyne.KeyLeft) {
			t.act(t.selected, actExpand)
		}
	case fyne.KeySpace:
		t.toggleSelected()
	case fyne.KeyReturn, fyne.KeyEnter:
		if t.selected == t.opened {
			t.openRow(model.Key{})
		} else {
			t.openRow(t.selected)
		}
	case fyne.KeyEscape:
		if t.opened == (model.Key{}) {
			kit.PassKey(t, e)
		}
		t.openRow(model.Key{})
	case fyne.KeyF10:
		if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0 {
			t.TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu})
		}
	case desktop.KeyMenu:
		if r, ok := t.list.Live(t.selected); ok {
			t.showMenu(t.selected, fyne.CurrentApp().Driver().AbsolutePositionForObject(r).AddXY(rowText, rowTop))
		}
	default:
		kit.PassKey(t, e)
	}
}

// toggleSelected pauses the selected row or lets it go on.
func (t *transfers) toggleSelected() {
	switch {
	case len(t.model.IDs(t.selected, pausable...)) > 0:
		t.act(t.selected, actPause)
	case len(t.model.IDs(t.selected, uploader.Paused)) > 0:
		t.act(t.selected, actResume)
	}
}

// removeSelected takes the selected row off the list if all of it has ended;
// the next row is selected in its place.
func (t *transfers) removeSelected() {
	ids := t.model.IDs(t.selected, ended...)
	if len(ids) == 0 || len(ids) < len(t.model.IDs(t.selected)) {
		return
	}
	next, _ := t.list.Step(t.selected, 1)
	if next == t.selected {
		next, _ = t.list.Step(t.selected, -1)
	}
	if next == t.selected {
		next = model.Key{}
	}
	t.selected = next
	t.remove(ids)
}
