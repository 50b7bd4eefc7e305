// Package kit holds Chute's widgets: what Fyne does not have in the look that
// package look describes, or not cheaply enough to draw several times a second.
// They emit what the user wants by callbacks and know nothing of uploads.
package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/look"
)

// Kind says how much a button stands out.
type Kind int

const (
	// Quiet buttons have no border; the tertiary actions of a row.
	Quiet Kind = iota
	// Outlined buttons are the secondary actions.
	Outlined
	// Filled buttons are the main action; one to a screen or card.
	Filled
	// Danger buttons are filled and destroy something.
	Danger
)

// Button is a button with a text, an icon, or both. A button without text
// shows its Name beside the pointer.
type Button struct {
	widget.DisableableWidget
	Kind     Kind
	Text     string
	Icon     string // a name that look.Colored knows
	Trailing string // an icon behind the text
	Prefix   string // a muted word before the text
	Name     string // what it does, where there is no text
	Small    bool   // caption-sized text, for bars
	// On marks the chosen one of several quiet buttons: a tab.
	On bool
	// Wide buttons have their text at the left and the trailing icon at the right edge.
	Wide  bool
	OnTap func()

	hovered, focused bool
}

var (
	_ fyne.Focusable    = (*Button)(nil)
	_ fyne.Tappable     = (*Button)(nil)
	_ fyne.Accessible   = (*Button)(nil)
	_ desktop.Hoverable = (*Button)(nil)
)

// NewButton makes a button with a text.
func NewButton(kind Kind, text string, tap func()) *Button {
	return extend(&Button{Kind: kind, Text: text, OnTap: tap})
}

// NewIconButton makes a quiet button with an icon and a name.
func NewIconButton(icon, name string, tap func()) *Button {
	return extend(&Button{Icon: icon, Name: name, OnTap: tap})
}

func extend(b *Button) *Button {
	b.ExtendBaseWidget(b)
	return b
}

// AccessibilityLabel is the text or the name.
func (b *Button) AccessibilityLabel() string {
	if b.Text != "" {
		return b.Text
	}
	return b.Name
}

// AccessibilityRole is a button's.
func (b *Button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// SetText changes the text.
func (b *Button) SetText(text string) {
	if b.Text != text {
		b.Text = text
		b.Refresh()
	}
}

// SetOn chooses the button, or another one of its row.
func (b *Button) SetOn(on bool) {
	if b.On != on {
		b.On = on
		b.Refresh()
	}
}

// SetAction makes an icon button do something else.
func (b *Button) SetAction(icon, name string, tap func()) {
	b.OnTap = tap
	if b.Icon != icon || b.Name != name {
		b.Icon, b.Name = icon, name
		b.Refresh()
	}
}

// Tapped does what the button is for.
func (b *Button) Tapped(*fyne.PointEvent) {
	hideTip()
	if !b.Disabled() && b.OnTap != nil {
		b.OnTap()
	}
}

// TypedKey does it for Space and Enter.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.Tapped(nil)
	default:
		PassKey(b, e)
	}
}

// PassKey hands a key that a focused widget has no use for to the window, so
// that Escape works wherever the focus is.
func PassKey(o fyne.CanvasObject, e *fyne.KeyEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}

// PassRune hands a rune that a focused widget has no use for to the window.
func PassRune(o fyne.CanvasObject, r rune) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}

// TypedRune hands runes on.
func (b *Button) TypedRune(r rune) { PassRune(b, r) }

// FocusGained shows the ring.
func (b *Button) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost hides it.
func (b *Button) FocusLost() { b.focused = false; b.Refresh() }

// MouseIn lights the button, and names it where it has no text.
func (b *Button) MouseIn(*desktop.MouseEvent) {
	b.hovered = true
	b.Refresh()
	if b.Text == "" {
		showTip(b, b.Name)
	}
}

// MouseMoved does nothing.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut undoes MouseIn.
func (b *Button) MouseOut() {
	b.hovered = false
	b.Refresh()
	hideTip()
}

func (b *Button) textSize() float32 {
	if b.Small {
		return look.TextCaption
	}
	return look.TextBody
}

// CreateRenderer is for Fyne.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{
		b: b, back: &canvas.Rectangle{}, tint: &canvas.Rectangle{}, text: newText("", look.TextBody), prefix: newText("", look.TextCaption),
		icon: &canvas.Image{FillMode: canvas.ImageFillContain}, trailing: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	r.objects = []fyne.CanvasObject{r.back, r.tint, r.icon, r.prefix, r.text, r.trailing}
	r.apply()
	return r
}

type buttonRenderer struct {
	b              *Button
	back, tint     *canvas.Rectangle
	prefix, text   *canvas.Text
	icon, trailing *canvas.Image
	objects        []fyne.CanvasObject
}

const trailingSize float32 = 14

func (r *buttonRenderer) apply() {
	b := r.b
	fore, fill, stroke := look.Text, look.Surface, look.Border
	switch b.Kind {
	case Quiet:
		fore, fill, stroke = look.Muted, look.Clear, look.Clear
		if b.On {
			fore, fill = look.Accent, look.AccentSoft
		}
	case Filled:
		fore, fill, stroke = look.OnAccent, look.Accent, look.Clear
	case Danger:
		fore, fill, stroke = theme.ColorNameForegroundOnError, look.Err, look.Clear
	}
	if b.Disabled() {
		fore = theme.ColorNameDisabled
		if b.Kind == Filled || b.Kind == Danger {
			fill = look.Track
		}
	}
	r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = look.Color(fill), look.Color(stroke), 1
	if b.On {
		r.back.StrokeWidth = 0
	}
	r.back.CornerRadius = look.RadiusField
	r.tint.CornerRadius = look.RadiusField
	r.tint.FillColor, r.tint.StrokeColor, r.tint.StrokeWidth = look.Color(look.Clear), look.Color(look.Clear), 0
	if b.hovered && !b.Disabled() {
		r.tint.FillColor = look.Color(theme.ColorNameHover)
	}
	if b.focused {
		ring := look.Accent
		if b.Kind == Filled || b.Kind == Danger {
			ring = look.Text
		}
		r.tint.StrokeColor, r.tint.StrokeWidth = look.Color(ring), 2
	}
	bold := fyne.TextStyle{Bold: b.Kind == Filled || b.Kind == Danger}
	r.text.TextSize, r.text.TextStyle, r.text.Color = b.textSize(), bold, look.Color(fore)
	setText(r.text, b.Text)
	r.prefix.TextSize, r.prefix.Color = look.TextCaption, look.Color(look.Muted)
	setText(r.prefix, b.Prefix)
	setIcon(r.icon, b.Icon, fore)
	tail := fore
	if b.Kind == Outlined {
		tail = look.Muted
	}
	setIcon(r.trailing, b.Trailing, tail)
	r.text.Hidden, r.prefix.Hidden = b.Text == "", b.Prefix == ""
}

func setIcon(i *canvas.Image, name string, color fyne.ThemeColorName) {
	i.Hidden = name == ""
	if name != "" {
		i.Resource = look.Colored(name, color)
	}
}

// parts lists what stands in the button from left to right, with its sizes,
// where the text is this one.
func (r *buttonRenderer) parts(text string) (objects []fyne.CanvasObject, sizes []fyne.Size, total float32) {
	add := func(o fyne.CanvasObject, hidden bool, s fyne.Size) {
		if hidden {
			return
		}
		if len(objects) > 0 {
			total += 6
		}
		objects, sizes = append(objects, o), append(sizes, s)
		total += s.Width
	}
	icon := look.IconSize
	if r.b.Text != "" {
		icon = 16
	}
	add(r.icon, r.icon.Hidden, fyne.NewSquareSize(icon))
	add(r.prefix, r.prefix.Hidden, r.prefix.MinSize())
	add(r.text, r.text.Hidden, look.Measure(text, r.text.TextSize, r.text.TextStyle))
	add(r.trailing, r.trailing.Hidden, fyne.NewSquareSize(trailingSize))
	return objects, sizes, total
}

func (r *buttonRenderer) pad() float32 {
	if r.b.Small {
		return 10
	}
	return look.Space3
}

func (r *buttonRenderer) MinSize() fyne.Size {
	h := look.HitSize
	if r.b.Small {
		h = 28
	}
	_, _, w := r.parts(r.b.Text)
	if r.b.Text == "" {
		return fyne.NewSquareSize(h)
	}
	return fyne.NewSize(w+2*r.pad(), h)
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	r.tint.Resize(size)
	// A text that is too long for the place ends in an ellipsis.
	drawn := r.text.Text
	r.text.Text = r.b.Text
	_, _, total := r.parts(r.b.Text)
	if over := total + 2*r.pad() - size.Width; over > 0.5 && r.b.Text != "" {
		r.text.Text = Elide(r.b.Text, r.text.MinSize().Width-over, r.text.TextSize, r.text.TextStyle)
	}
	if r.text.Text != drawn {
		r.text.Refresh()
	}
	objects, sizes, total := r.parts(r.text.Text)
	x := (size.Width - total) / 2
	if r.b.Wide {
		x = r.pad()
	}
	for i, o := range objects {
		if r.b.Wide && o == fyne.CanvasObject(r.trailing) {
			x = size.Width - r.pad() - sizes[i].Width
		}
		o.Move(fyne.NewPos(x, (size.Height-sizes[i].Height)/2))
		o.Resize(sizes[i])
		x += sizes[i].Width + 6
	}
}

func (r *buttonRenderer) Refresh() {
	r.apply()
	r.Layout(r.b.Size())
	for _, o := range r.objects {
		o.Refresh()
	}
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *buttonRenderer) Destroy()                     {}
