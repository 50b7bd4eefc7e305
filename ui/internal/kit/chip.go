package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/look"
)

// Chip is a word or two on a ground of their own: the state of something.
type Chip struct {
	widget.BaseWidget
	text         string
	strong, soft fyne.ThemeColorName
}

// NewChip makes an empty chip.
func NewChip() *Chip {
	c := &Chip{strong: look.Muted, soft: look.Track}
	c.ExtendBaseWidget(c)
	return c
}

// Set changes text and colours; the same ones cost nothing.
func (c *Chip) Set(text string, strong, soft fyne.ThemeColorName) {
	if c.text != text || c.strong != strong || c.soft != soft {
		c.text, c.strong, c.soft = text, strong, soft
		c.Refresh()
	}
}

// String is the text.
func (c *Chip) String() string { return c.text }

const (
	chipHeight float32 = 20
	chipPad    float32 = 7
)

// CreateRenderer is for Fyne.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	r := &chipRenderer{c: c, box: &canvas.Rectangle{CornerRadius: 6}, text: newText("", look.TextCaption)}
	r.apply()
	return r
}

type chipRenderer struct {
	c    *Chip
	box  *canvas.Rectangle
	text *canvas.Text
}

func (r *chipRenderer) apply() {
	r.box.FillColor = look.Color(r.c.soft)
	r.text.Color = look.Color(r.c.strong)
	setText(r.text, r.c.text)
}

func (r *chipRenderer) MinSize() fyne.Size {
	return fyne.NewSize(width(r.c.text, look.TextCaption, fyne.TextStyle{})+2*chipPad, chipHeight)
}

func (r *chipRenderer) Layout(size fyne.Size) {
	r.box.Resize(size)
	m := r.text.MinSize()
	r.text.Resize(m)
	r.text.Move(fyne.NewPos(chipPad, (size.Height-m.Height)/2))
}

func (r *chipRenderer) Refresh() {
	r.apply()
	r.Layout(r.c.Size())
	canvas.Refresh(r.c)
}

func (r *chipRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.box, r.text} }
func (r *chipRenderer) Destroy()                     {}
