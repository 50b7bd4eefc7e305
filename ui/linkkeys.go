package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
)

// This file is how links are selected, and what keys do to them.

// focusList is the list of links as what the Tab key leads to: the search above
// it has a focus of its own.
type focusList struct {
	widget.BaseWidget
	l *links
}

var (
	_ fyne.Focusable    = (*focusList)(nil)
	_ fyne.Shortcutable = (*focusList)(nil)
)

func newFocusList(l *links) *focusList {
	f := &focusList{l: l}
	f.ExtendBaseWidget(f)
	return f
}

// CreateRenderer is for Fyne.
func (f *focusList) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(f.l.list)
}

// AccessibilityLabel names the list.
func (f *focusList) AccessibilityLabel() string { return lang.L("Links") }

// AccessibilityRole is a container's.
func (f *focusList) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// FocusGained shows which row the keys act on.
func (f *focusList) FocusGained() {
	f.l.focused = true
	if f.l.selected == 0 {
		f.l.keyed = true // reached by Tab
		if first, ok := f.l.list.Step(0, 0); ok {
			f.l.choose(first)
		}
	}
	f.l.redraw(f.l.selected)
}

// FocusLost undoes FocusGained.
func (f *focusList) FocusLost() {
	f.l.focused = false
	f.l.redraw(f.l.selected)
}

// TypedRune does nothing.
func (f *focusList) TypedRune(rune) {}

// TypedShortcut copies the link of the selected row.
func (f *focusList) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutCopy); ok {
		if link, ok := f.l.read[f.l.selected]; ok {
			f.l.act(link, f.l.mainAction(link))
		}
		return
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(f).(fyne.Shortcutable); ok {
		c.TypedShortcut(s) // as if nothing had the focus
	}
}

// TypedKey moves between rows and acts on the selected one.
func (f *focusList) TypedKey(e *fyne.KeyEvent) {
	l := f.l
	if !l.keyed {
		l.keyed = true
		l.redraw(l.selected)
	}
	link, there := l.read[l.selected]
	if step := kit.Steps(e.Name); step != 0 {
		if n, ok := l.list.Step(l.selected, step); ok {
			l.choose(n)
		}
		return
	}
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if there {
			l.act(link, l.mainAction(link))
		}
	case fyne.KeyDelete, fyne.KeyBackspace:
		if there && !link.Deleted {
			l.act(link, actDelete)
		}
	case fyne.KeySpace, desktop.KeyMenu:
		if r, ok := l.list.Live(l.selected); ok && there {
			l.showMenu(link, below(r.more))
		}
	default:
		kit.PassKey(f, e)
	}
}

// tap selects a row.
func (l *links) tap(number int64) {
	l.keyed = false
	l.choose(number)
}

// choose makes a row the one that the keys act on.
func (l *links) choose(number int64) {
	old := l.selected
	l.selected = number
	l.redraw(old, number)
	l.list.Reveal(number)
	l.readWanted()
}

func (l *links) redraw(numbers ...int64) {
	set := map[int64]struct{}{}
	for _, n := range numbers {
		set[n] = struct{}{}
	}
	l.list.Changed(set)
}

// showMenu opens the menu of a row.
func (l *links) showMenu(link SentLink, at fyne.Position) {
	c := fyne.CurrentApp().Driver().CanvasForObject(l)
	if c == nil || link.ID == "" {
		return
	}
	var items []*fyne.MenuItem
	for _, a := range l.actions(link) {
		_, name := a.button()
		if a == actCopyMarkdown {
			name = lang.L("Copy as Markdown")
		}
		items = append(items, fyne.NewMenuItem(name, func() { l.act(link, a) }))
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c, at)
}
