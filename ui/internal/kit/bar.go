package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/look"
)

// BarHeight is the height of a Bar.
const BarHeight float32 = 6

// Bar shows how much of something is done.
type Bar struct {
	widget.BaseWidget
	fraction float32
	color    fyne.ThemeColorName
}

// NewBar makes an empty bar.
func NewBar() *Bar {
	b := &Bar{color: look.Accent}
	b.ExtendBaseWidget(b)
	return b
}

// Set changes fill, from 0 to 1, and colour; the same ones cost nothing.
func (b *Bar) Set(fraction float32, color fyne.ThemeColorName) {
	fraction = max(0, min(fraction, 1))
	if b.fraction != fraction || b.color != color {
		b.fraction, b.color = fraction, color
		b.Refresh()
	}
}

// CreateRenderer is for Fyne.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{b: b, track: &canvas.Rectangle{CornerRadius: BarHeight / 2}, fill: &canvas.Rectangle{CornerRadius: BarHeight / 2}}
	r.apply()
	return r
}

type barRenderer struct {
	b           *Bar
	track, fill *canvas.Rectangle
}

func (r *barRenderer) apply() {
	r.track.FillColor, r.fill.FillColor = look.Color(look.Track), look.Color(r.b.color)
	size := r.b.Size()
	r.track.Resize(size)
	w := size.Width * r.b.fraction
	r.fill.Hidden = w == 0
	r.fill.Resize(fyne.NewSize(max(w, size.Height), size.Height)) // never thinner than it is high
}

func (r *barRenderer) Layout(fyne.Size)             { r.apply() }
func (r *barRenderer) MinSize() fyne.Size           { return fyne.NewSize(0, BarHeight) }
func (r *barRenderer) Refresh()                     { r.apply(); canvas.Refresh(r.b) }
func (r *barRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.track, r.fill} }
func (r *barRenderer) Destroy()                     {}
