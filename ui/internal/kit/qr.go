package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	"rsc.io/qr"
)

// quiet is the margin around a code, in modules, that readers need.
const quiet = 4

// QR shows a QR code: dark on white in any theme, because readers expect that,
// and each module a whole number of pixels wide, so that it is crisp at any scale.
type QR struct {
	widget.BaseWidget
	code *qr.Code
	size float32
}

// NewQR makes the code of a text, at most size wide and high. It fails where
// the text is longer than any code holds: some 2,900 characters.
func NewQR(text string, size float32) (*QR, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		code, err = qr.Encode(text, qr.L) // holds a quarter more
	}
	if err != nil {
		return nil, err
	}
	q := &QR{code: code, size: size}
	q.ExtendBaseWidget(q)
	return q, nil
}

// HeightFor is the height at a width: a code is never enlarged beyond its own.
func (q *QR) HeightFor(width float32) float32 { return min(width, q.size) }

// AccessibilityLabel says what it is.
func (q *QR) AccessibilityLabel() string { return "QR" }

// AccessibilityRole is that of an image, for which Fyne has none.
func (q *QR) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (q *QR) CreateRenderer() fyne.WidgetRenderer { return &qrRenderer{q, canvas.NewRaster(q.draw)} }

type qrRenderer struct {
	q      *QR
	raster *canvas.Raster
}

func (r *qrRenderer) Layout(size fyne.Size) {
	side := min(size.Width, size.Height, r.q.size)
	r.raster.Resize(fyne.NewSquareSize(side))
	r.raster.Move(fyne.NewPos((size.Width-side)/2, 0))
}
func (r *qrRenderer) MinSize() fyne.Size           { return fyne.NewSquareSize(r.q.size) }
func (r *qrRenderer) Refresh()                     { r.raster.Refresh() }
func (r *qrRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.raster} }
func (r *qrRenderer) Destroy()                     {}

// draw paints the code in the middle of w by h pixels.
func (q *QR) draw(w, h int) image.Image {
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black})
	side := q.code.Size + 2*quiet
	module := min(w, h) / side
	if module == 0 {
		return img // fewer pixels than modules: no reader could tell them apart
	}
	left, top := (w-module*side)/2+module*quiet, (h-module*side)/2+module*quiet
	for y := range q.code.Size * module {
		for x := range q.code.Size * module {
			if q.code.Black(x/module, y/module) {
				img.SetColorIndex(left+x, top+y, 1)
			}
		}
	}
	return img
}
