package main

import (
	"bytes"
	"image"
	"image/draw"

	"golang.org/x/image/bmp"
)

// The picture beside an installer's last page, at twice the size that Windows
// shows it in at 100 %.
const wizardWidth, wizardHeight = 2 * 164, 2 * 314

// encodeWizard makes a bitmap of the icon's mark on the icon's own colour.
func encodeWizard(svg []byte) ([]byte, error) {
	mark, err := drawIcon(svg, wizardWidth, 0.12)
	if err != nil {
		return nil, err
	}
	edge := mark.Bounds().Inset(wizardWidth / 8)
	page := image.NewRGBA(image.Rect(0, 0, wizardWidth, wizardHeight))
	draw.Draw(page, page.Bounds(), image.NewUniform(mark.At(wizardWidth/2, edge.Min.Y)), image.Point{}, draw.Src)
	draw.Draw(page, mark.Bounds().Add(image.Pt(0, (wizardHeight-wizardWidth)/2)), mark, image.Point{}, draw.Over)
	var b bytes.Buffer
	err = bmp.Encode(&b, page)
	return b.Bytes(), err
}
