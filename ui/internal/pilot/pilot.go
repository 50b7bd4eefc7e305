// Package pilot works the controls of a window as a user does, by what they
// say: for tests, and for the pictures of the window.
package pilot

import (
	"errors"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/test"

	"chute/ui/internal/kit"
)

// Find returns the first visible object below o, o included, that matches.
func Find[T fyne.CanvasObject](o fyne.CanvasObject, matches func(T) bool) (found T, ok bool) {
	Walk(o, func(c fyne.CanvasObject) bool {
		if x, is := c.(T); !ok && is && matches(x) {
			found, ok = x, true
		}
		return !ok
	})
	return found, ok
}

// Walk visits every visible object below o, o included, from the outside in. It
// leaves out what is below an object for which visit returns false.
func Walk(o fyne.CanvasObject, visit func(fyne.CanvasObject) bool) {
	if !o.Visible() || !visit(o) {
		return
	}
	for _, c := range children(o) {
		Walk(c, visit)
	}
}

// children lists what an object draws with.
func children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case fyne.Widget:
		return test.WidgetRenderer(o).Objects()
	}
	return nil
}

// Control is something that can be tapped and has a name.
type Control interface {
	fyne.CanvasObject
	fyne.Accessible
	fyne.Tappable
}

// Button returns the first control below o of that name, or that shows it as
// what is chosen.
func Button(o fyne.CanvasObject, name string) (Control, bool) {
	return Find(o, func(b Control) bool {
		label := b.AccessibilityLabel()
		return label == name || strings.HasSuffix(label, ": "+name)
	})
}

// Top is where the user can act: the topmost overlay, or the content.
func Top(c fyne.Canvas) fyne.CanvasObject {
	if top := c.Overlays().Top(); top != nil {
		return top
	}
	return c.Content()
}

// Tap taps the control of that name, given in English.
func Tap(name string) func(fyne.Canvas) error {
	return func(c fyne.Canvas) error {
		b, ok := Button(Top(c), lang.L(name))
		if !ok {
			return fmt.Errorf("nothing to tap that is called %q", name)
		}
		b.Tapped(&fyne.PointEvent{})
		return nil
	}
}

// TapText taps what holds the text: the innermost tappable object around it.
func TapText(text string) func(fyne.Canvas) error {
	return func(c fyne.Canvas) error {
		if o := around(Top(c), nil, text); o != nil {
			o.Tapped(&fyne.PointEvent{})
			return nil
		}
		return fmt.Errorf("nothing to tap that says %q", text)
	}
}

func around(o fyne.CanvasObject, outer fyne.Tappable, text string) fyne.Tappable {
	if !o.Visible() {
		return nil
	}
	if t, ok := o.(fyne.Tappable); ok {
		outer = t
	}
	if s, ok := o.(fmt.Stringer); ok && s.String() == text && outer != nil {
		return outer
	}
	for _, c := range children(o) {
		if t := around(c, outer, text); t != nil {
			return t
		}
	}
	return nil
}

// Enter writes text into the entry with that hint.
func Enter(hint, text string) func(fyne.Canvas) error {
	return func(c fyne.Canvas) error {
		e, ok := Find(Top(c), func(e *kit.Entry) bool { return e.PlaceHolder == hint })
		if !ok {
			return fmt.Errorf("no entry that says %q", hint)
		}
		e.SetText(text)
		return nil
	}
}

// Press types keys into what has the focus, such as a menu that is open.
func Press(keys ...fyne.KeyName) func(fyne.Canvas) error {
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
