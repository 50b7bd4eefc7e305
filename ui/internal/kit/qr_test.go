package kit

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"rsc.io/qr"
)

// The picture is the code, module by module, with a white margin, at any size.
func TestQRIsCrisp(t *testing.T) {
	const link = "https://media.example.org/2026/a.pdf?X-Amz-Signature=0123456789abcdef"
	want, err := qr.Encode(link, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	q, err := NewQR(link, 300)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []image.Point{{300, 300}, {301, 300}, {600, 600}, {447, 449}} {
		img := q.draw(size.X, size.Y)
		side := want.Size + 2*quiet
		module := min(size.X, size.Y) / side
		left, top := (size.X-module*side)/2, (size.Y-module*side)/2
		for y := range size.Y {
			for x := range size.X {
				mx, my := (x-left)/module-quiet, (y-top)/module-quiet
				inside := x >= left && y >= top && mx >= 0 && my >= 0 && mx < want.Size && my < want.Size
				black := img.At(x, y) == color.Color(color.Black)
				if black != (inside && want.Black(mx, my)) {
					t.Fatalf("%v: the pixel at %d,%d is wrong", size, x, y)
				}
			}
		}
	}
	if img := q.draw(20, 20); img.At(10, 10) != color.Color(color.White) {
		t.Error("a code that nothing could read was drawn")
	}
}

func TestQRHoldsLongLinks(t *testing.T) {
	for length, fits := range map[int]bool{1500: true, 2900: true, 3000: false} {
		if _, err := NewQR(strings.Repeat("x", length), 300); (err == nil) != fits {
			t.Errorf("%d characters: %v", length, err)
		}
	}
}
