package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// choice is one of a few ways to go on, as a card that says what each means.
type choice struct {
	widget.BaseWidget
	title string
	text  *kit.Para
	tile  *kit.Icon
	box   *kit.Box
	tint  *canvas.Rectangle
	run   func()
}

var (
	_ fyne.Focusable    = (*choice)(nil)
	_ fyne.Tappable     = (*choice)(nil)
	_ fyne.Accessible   = (*choice)(nil)
	_ desktop.Hoverable = (*choice)(nil)
)

func newChoice(icon, title, text string, run func()) *choice {
	c := &choice{
		title: title, run: run, text: kit.NewCaption(kit.Span{Text: text, Color: look.Muted}),
		tile: kit.NewTile(icon, look.Accent, look.AccentSoft),
		box:  kit.NewBox(look.Surface, look.Border, look.RadiusCard),
		tint: &canvas.Rectangle{CornerRadius: look.RadiusCard},
	}
	c.ExtendBaseWidget(c)
	return c
}

// AccessibilityLabel is the title.
func (c *choice) AccessibilityLabel() string { return c.title }

// AccessibilityRole is a button's.
func (c *choice) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Tapped takes this way.
func (c *choice) Tapped(*fyne.PointEvent) { c.run() }

// TypedKey takes it for Space and Enter; the arrows lead to the others.
func (c *choice) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.run()
	case fyne.KeyDown, fyne.KeyUp:
		if on := fyne.CurrentApp().Driver().CanvasForObject(c); on != nil && e.Name == fyne.KeyDown {
			on.FocusNext()
		} else if on != nil {
			on.FocusPrevious()
		}
	default:
		kit.PassKey(c, e)
	}
}

// TypedRune does nothing.
func (c *choice) TypedRune(rune) {}

// FocusGained shows where the focus is.
func (c *choice) FocusGained() { c.box.Set(look.Surface, look.Accent, 2) }

// FocusLost undoes FocusGained.
func (c *choice) FocusLost() { c.box.Set(look.Surface, look.Border, 1) }

// MouseIn lights the card.
func (c *choice) MouseIn(*desktop.MouseEvent) { c.light(theme.ColorNameHover) }

// MouseMoved does nothing.
func (c *choice) MouseMoved(*desktop.MouseEvent) {}

// MouseOut undoes MouseIn.
func (c *choice) MouseOut() { c.light(look.Clear) }

func (c *choice) light(name fyne.ThemeColorName) {
	c.tint.FillColor = look.Color(name)
	c.tint.Refresh()
}

const choicePad = look.Space4

func (c *choice) textWidth(width float32) float32 {
	return width - 2*choicePad - look.TileSize - look.Space3
}

// HeightFor is the height at a width.
func (c *choice) HeightFor(width float32) float32 {
	return max(look.TileSize, 20+c.text.HeightFor(c.textWidth(width))) + 2*choicePad
}

// CreateRenderer is for Fyne.
func (c *choice) CreateRenderer() fyne.WidgetRenderer {
	title := kit.NewLine(look.TextBody, kit.Span{Text: c.title, Color: look.Text, Bold: true})
	return &choiceRenderer{c, title, []fyne.CanvasObject{c.box, c.tint, c.tile, title, c.text}}
}

type choiceRenderer struct {
	c       *choice
	title   *kit.Line
	objects []fyne.CanvasObject
}

func (r *choiceRenderer) Layout(size fyne.Size) {
	c := r.c
	put(c.box, 0, 0, size.Width, size.Height)
	put(c.tint, 0, 0, size.Width, size.Height)
	put(c.tile, choicePad, (size.Height-look.TileSize)/2, look.TileSize, look.TileSize)
	x, width := choicePad+look.TileSize+look.Space3, c.textWidth(size.Width)
	height := c.text.HeightFor(width)
	top := (size.Height - 20 - height) / 2
	put(r.title, x, top, width, 20)
	put(c.text, x, top+20, width, height)
}

func (r *choiceRenderer) MinSize() fyne.Size { return fyne.NewSize(0, r.c.HeightFor(r.c.Size().Width)) }

func (r *choiceRenderer) Refresh() {
	for _, o := range r.objects {
		o.Refresh()
	}
}

func (r *choiceRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *choiceRenderer) Destroy()                     {}
