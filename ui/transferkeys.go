package ui

import (
	"fyne.io/fyne/v2"

	"chute/ui/internal/kit"
	"chute/ui/internal/model"
	"chute/uploader"
)

// This file is how rows of the list are selected, and what keys do to them.

// tap opens a row, or closes the one that is open.
func (t *transfers) tap(k model.Key) {
	if k == t.selected {
		t.choose(model.Key{})
		return
	}
	t.keyed = false
	t.choose(k) // before the focus, which would choose the first row
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		c.Focus(t)
	}
}

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

// TypedRune does nothing.
func (t *transfers) TypedRune(rune) {}

// TypedKey moves between rows and acts on the selected one.
func (t *transfers) TypedKey(e *fyne.KeyEvent) {
	if !t.keyed {
		t.keyed = true
		t.redraw(t.selected)
	}
	step := 0
	switch e.Name {
	case fyne.KeyUp:
		step = -1
	case fyne.KeyDown:
		step = 1
	case fyne.KeyPageUp:
		step = -8
	case fyne.KeyPageDown:
		step = 8
	case fyne.KeyHome:
		step = -1 << 30
	case fyne.KeyEnd:
		step = 1 << 30
	case fyne.KeyDelete, fyne.KeyBackspace:
		t.removeSelected()
	case fyne.KeyRight, fyne.KeyLeft:
		if g := t.model.Group(t.selected.Group); g != nil && g.Expanded == (e.Name == fyne.KeyLeft) {
			t.act(t.selected, actExpand)
		}
	case fyne.KeySpace:
		t.toggleSelected()
	case fyne.KeyReturn, fyne.KeyEnter:
		if t.model.Group(t.selected.Group) != nil {
			t.act(t.selected, actExpand)
		} else if s := t.model.Item(t.selected.ID); s != nil && s.State == uploader.Done {
			t.act(t.selected, actCopy)
		}
	default:
		kit.PassKey(t, e)
	}
	if step != 0 {
		if k, ok := t.list.Step(t.selected, step); ok {
			t.choose(k)
		}
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
