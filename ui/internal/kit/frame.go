package kit

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/look"
)

// Box is a filled rectangle with a border, whose colours follow the theme.
type Box struct {
	widget.BaseWidget
	Fill, Stroke fyne.ThemeColorName
	StrokeWidth  float32
	Radius       float32
}

// NewBox makes a box with a 1 px border.
func NewBox(fill, stroke fyne.ThemeColorName, radius float32) *Box {
	b := &Box{Fill: fill, Stroke: stroke, StrokeWidth: 1, Radius: radius}
	b.ExtendBaseWidget(b)
	return b
}

// Set changes the colours; the same ones cost nothing.
func (b *Box) Set(fill, stroke fyne.ThemeColorName, strokeWidth float32) {
	if b.Fill != fill || b.Stroke != stroke || b.StrokeWidth != strokeWidth {
		b.Fill, b.Stroke, b.StrokeWidth = fill, stroke, strokeWidth
		b.Refresh()
	}
}

// CreateRenderer is for Fyne.
func (b *Box) CreateRenderer() fyne.WidgetRenderer {
	r := &boxRenderer{b: b}
	r.apply()
	return r
}

type boxRenderer struct {
	b    *Box
	rect canvas.Rectangle
}

func (r *boxRenderer) apply() {
	r.rect.FillColor, r.rect.StrokeColor = look.Color(r.b.Fill), look.Color(r.b.Stroke)
	r.rect.StrokeWidth, r.rect.CornerRadius = r.b.StrokeWidth, r.b.Radius
	if r.b.Stroke == look.Clear {
		r.rect.StrokeWidth = 0
	}
}
func (r *boxRenderer) Layout(size fyne.Size)        { r.rect.Resize(size) }
func (r *boxRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *boxRenderer) Refresh()                     { r.apply(); r.rect.Refresh() }
func (r *boxRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{&r.rect} }
func (r *boxRenderer) Destroy()                     {}

// NewDashed makes a dashed border with round corners: where things may be dropped.
func NewDashed() fyne.CanvasObject {
	d := &dashed{}
	d.ExtendBaseWidget(d)
	return d
}

// Fyne draws no dashed strokes, so the border is a picture.
type dashed struct {
	widget.BaseWidget
	img   *image.RGBA // what Fyne hands to the graphics card as it is
	color color.NRGBA
}

func (d *dashed) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRaster(d.draw))
}

const (
	dash      = 8.0 // and as much to the next, less one
	dashWidth = 2.0
)

func (d *dashed) draw(w, h int) image.Image {
	col := nrgba(look.Color(look.Border))
	if d.img != nil && d.img.Rect.Dx() == w && d.img.Rect.Dy() == h && d.color == col {
		return d.img
	}
	d.img, d.color = image.NewRGBA(image.Rect(0, 0, w, h)), col
	scale := float64(w) / float64(max(d.Size().Width, 1))
	radius, line, period := float64(look.RadiusArea)*scale, dashWidth*scale, (2*dash-1)*scale
	arc := radius * math.Pi / 2
	width, height := float64(w), float64(h)
	plot := func(x, y int) {
		fx, fy := float64(x)+0.5, float64(y)+0.5
		cx, cy := min(max(fx, radius), width-radius), min(max(fy, radius), height-radius)
		dx, dy := fx-cx, fy-cy
		dist := math.Hypot(dx, dy)
		cover := min(1, radius-dist+0.5) * min(1, dist-(radius-line)+0.5)
		if dist > radius+0.5 || dist < radius-line-0.5 || cover <= 0 {
			return
		}
		// How far along the border the pixel lies decides between dash and gap.
		var along float64
		switch {
		case dx != 0 && dy != 0:
			along = math.Atan2(math.Abs(dy), math.Abs(dx)) / (math.Pi / 2) * arc
		case dy != 0:
			along = arc + fx
		default:
			along = arc + fy
		}
		if math.Mod(along, period) > dash*scale {
			return
		}
		c := col
		c.A = uint8(float64(c.A) * max(0, cover))
		d.img.SetRGBA(x, y, premultiplied(c))
	}
	edge := int(radius) + 1
	for y := range h {
		if y < edge || y >= h-edge {
			for x := range w {
				plot(x, y)
			}
			continue
		}
		for i := range int(line) + 2 {
			plot(i, y)
			plot(w-1-i, y)
		}
	}
	return d.img
}
