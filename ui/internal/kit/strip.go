package kit

import (
	"image"
	"image/color"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/look"
	"chute/uploader"
)

// StripHeight is the height of a Strip.
const StripHeight float32 = 10

// The measures of a cell, in device-independent pixels.
const (
	cellLeast  float32 = 10
	cellGap    float32 = 2.4
	cellRadius         = 2
)

// cell is what a cell of the strip shows: one part, or a group of parts.
type cell struct {
	fill  uint8 // how much of it is there, in 255ths
	state uploader.PartState
}

// Strip shows the parts of a transfer: one cell a part, up to what fits, then
// cells stand for groups. It is one picture, drawn again only when a cell
// changed.
type Strip struct {
	widget.BaseWidget
	parts []uploader.Part
	cells []cell
	spare []cell
	img   *image.RGBA // what Fyne hands to the graphics card as it is
}

// NewStrip makes an empty strip.
func NewStrip() *Strip {
	s := &Strip{}
	s.ExtendBaseWidget(s)
	return s
}

// Set shows these parts. The strip keeps its own copy.
func (s *Strip) Set(parts []uploader.Part) {
	s.parts = append(s.parts[:0], parts...)
	if s.reduce() {
		s.Refresh()
	}
}

// reduce makes cells of parts, and reports whether any differs from before.
func (s *Strip) reduce() bool {
	fit := int((s.Size().Width + cellGap) / (cellLeast + cellGap))
	cells := cellsOf(s.spare[:0], s.parts, fit)
	if slices.Equal(cells, s.cells) {
		s.spare = cells
		return false
	}
	s.cells, s.spare = cells, s.cells
	return true
}

// cellsOf appends at most fit cells that stand for parts.
func cellsOf(dst []cell, parts []uploader.Part, fit int) []cell {
	n := min(fit, len(parts))
	for i := range n {
		group := parts[i*len(parts)/n : (i+1)*len(parts)/n]
		sum, state, done := 0, uploader.PartWaiting, 0
		for _, p := range group {
			switch p.State {
			case uploader.PartDone:
				done++
				sum += 255
				continue
			case uploader.PartSending:
				if state == uploader.PartWaiting {
					state = uploader.PartSending
				}
			case uploader.PartRetrying:
				state = uploader.PartRetrying // what needs patience shows first
			}
			sum += int(p.Fill)
		}
		if done == len(group) {
			state = uploader.PartDone
		}
		dst = append(dst, cell{uint8(sum / len(group)), state})
	}
	return dst
}

// CreateRenderer is for Fyne.
func (s *Strip) CreateRenderer() fyne.WidgetRenderer {
	return &stripRenderer{s: s, raster: canvas.NewRaster(s.draw)}
}

type stripRenderer struct {
	s      *Strip
	raster *canvas.Raster
}

func (r *stripRenderer) Layout(size fyne.Size) {
	r.s.reduce()
	r.raster.Resize(size)
}
func (r *stripRenderer) MinSize() fyne.Size           { return fyne.NewSize(0, StripHeight) }
func (r *stripRenderer) Refresh()                     { r.raster.Refresh() }
func (r *stripRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.raster} }
func (r *stripRenderer) Destroy()                     {}

// draw paints the cells into w by h pixels.
func (s *Strip) draw(w, h int) image.Image {
	if s.img == nil || s.img.Rect.Dx() != w || s.img.Rect.Dy() != h {
		s.img = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	clear(s.img.Pix)
	n := len(s.cells)
	if n == 0 || s.Size().Width == 0 {
		return s.img
	}
	scale := float32(w) / s.Size().Width
	gap := cellGap * scale
	step := (float32(w) + gap) / float32(n)
	c := stripColors{
		accent: nrgba(look.Color(look.Accent)), track: nrgba(look.Color(look.Track)),
		warn: nrgba(look.Color(look.Warn)), surface: nrgba(look.Color(look.Surface)),
	}
	radius := cellRadius * scale
	for i, cl := range s.cells {
		x0 := int(math.Round(float64(float32(i) * step)))
		x1 := int(math.Round(float64(float32(i+1)*step - gap)))
		s.cell(x0, max(x1, x0+1), h, cl, c, radius, scale)
	}
	return s.img
}

type stripColors struct{ accent, track, warn, surface color.NRGBA }

func (s *Strip) cell(x0, x1, h int, cl cell, c stripColors, radius, scale float32) {
	filled := x0 + (x1-x0)*int(cl.fill)/255
	border := max(1, int(math.Round(float64(scale))))
	for y := range h {
		for x := x0; x < x1; x++ {
			col := c.track
			switch cl.state {
			case uploader.PartDone:
				col = c.accent
			case uploader.PartRetrying:
				col = c.warn
			case uploader.PartSending:
				edge := x < x0+border || x >= x1-border || y < border || y >= h-border
				if edge || x < filled {
					col = c.accent
				} else {
					col = c.surface
				}
			default:
				if x < filled {
					col = c.accent
				}
			}
			col.A = cornerAlpha(x-x0, y, x1-x0, h, radius)
			s.img.SetRGBA(x, y, premultiplied(col))
		}
	}
}

// cornerAlpha rounds the corners of a w by h box: 255 inside, less at the arc.
func cornerAlpha(x, y, w, h int, radius float32) uint8 {
	dx := max(radius-float32(x)-0.5, float32(x)+0.5-(float32(w)-radius), 0)
	dy := max(radius-float32(y)-0.5, float32(y)+0.5-(float32(h)-radius), 0)
	if dx == 0 || dy == 0 {
		return 255
	}
	d := radius + 0.5 - float32(math.Hypot(float64(dx), float64(dy)))
	return uint8(255 * max(0, min(d, 1)))
}

func nrgba(c color.Color) color.NRGBA { return color.NRGBAModel.Convert(c).(color.NRGBA) }

// premultiplied is what color.RGBAModel converts to, without its allocation for
// each pixel.
func premultiplied(c color.NRGBA) color.RGBA {
	r, g, b, a := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), uint8(a >> 8)}
}
