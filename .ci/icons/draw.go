package main

import (
	"bytes"
	"image"
	"image/png"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

// maxSize is the largest icon any system asks for, in pixels.
const maxSize = 1024

// drawIcon renders a square SVG at size pixels, with a transparent margin on each
// side that is a fraction of the size.
func drawIcon(svg []byte, size int, margin float64) (*image.NRGBA, error) {
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg), oksvg.StrictErrorMode)
	if err != nil {
		return nil, err
	}
	edge := float64(size) * margin
	icon.SetTarget(edge, edge, float64(size)-2*edge, float64(size)-2*edge)
	canvas := image.NewRGBA(image.Rect(0, 0, size, size))
	icon.Draw(rasterx.NewDasher(size, size, rasterx.NewScannerGV(size, size, canvas, canvas.Bounds())), 1)
	// Icon files hold colours that are not multiplied by their alpha.
	straight := image.NewNRGBA(canvas.Bounds())
	for y := range size {
		for x := range size {
			straight.Set(x, y, canvas.At(x, y))
		}
	}
	return straight, nil
}

func drawPNG(svg []byte, size int, margin float64) ([]byte, error) {
	picture, err := drawIcon(svg, size, margin)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, picture)
	return b.Bytes(), err
}
