package main

import (
	"errors"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"chute/ui/internal/kit"
)

// tapName taps the first button with that text or name.
func tapName(name string) func(fyne.Canvas) error {
	return tap(name, func(o fyne.CanvasObject) bool {
		a, ok := o.(fyne.Accessible)
		return ok && a.AccessibilityLabel() == name
	})
}

// tapText taps what holds the text.
func tapText(text string) func(fyne.Canvas) error {
	return tap(text, func(o fyne.CanvasObject) bool {
		s, ok := o.(fmt.Stringer)
		return ok && s.String() == text
	})
}

// enter writes text into the entry with that hint.
func enter(hint, text string) func(fyne.Canvas) error {
	return func(c fyne.Canvas) error {
		if !write(c.Content(), hint, text) {
			return fmt.Errorf("no entry that says %q", hint)
		}
		return nil
	}
}

func write(o fyne.CanvasObject, hint, text string) bool {
	if e, ok := o.(*kit.Entry); ok && e.PlaceHolder == hint && o.Visible() {
		e.SetText(text)
		return true
	}
	return slices.ContainsFunc(children(o), func(child fyne.CanvasObject) bool { return write(child, hint, text) })
}

func tap(what string, matches func(fyne.CanvasObject) bool) func(fyne.Canvas) error {
	return func(c fyne.Canvas) error {
		roots := append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...)
		for _, root := range roots {
			if find(root, nil, matches) {
				return nil
			}
		}
		return fmt.Errorf("nothing to tap that is called %q", what)
	}
}

// find taps the innermost tappable object around the first match.
func find(o fyne.CanvasObject, around fyne.Tappable, matches func(fyne.CanvasObject) bool) bool {
	if !o.Visible() {
		return false
	}
	if t, ok := o.(fyne.Tappable); ok {
		around = t
	}
	if matches(o) && around != nil {
		around.Tapped(&fyne.PointEvent{})
		return true
	}
	for _, child := range children(o) {
		if find(child, around, matches) {
			return true
		}
	}
	return false
}

func children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case fyne.Widget:
		return test.WidgetRenderer(o).Objects()
	}
	return nil
}

// pressKeys types into what has the focus, such as a menu that is open.
func pressKeys(keys ...fyne.KeyName) func(fyne.Canvas) error {
	return func(c fyne.Canvas) error {
		for _, k := range keys {
			if c.Focused() == nil {
				return errors.New("nothing has the focus")
			}
			c.Focused().TypedKey(&fyne.KeyEvent{Name: k})
		}
		return nil
	}
}
