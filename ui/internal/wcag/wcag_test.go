package wcag

import (
	"image/color"
	"math"
	"testing"
)

// The ratios are those of the guidelines' own examples and of common checkers.
func TestContrast(t *testing.T) {
	grey := func(v uint8) color.NRGBA { return color.NRGBA{R: v, G: v, B: v, A: 255} }
	for _, c := range []struct {
		a, b color.NRGBA
		want float64
	}{
		{grey(0), grey(255), 21},
		{grey(255), grey(0), 21},
		{grey(90), grey(90), 1},
		{grey(0x76), grey(255), 4.54},
		{grey(0x77), grey(255), 4.48},
		{color.NRGBA{R: 255, A: 255}, grey(255), 4.00},
		{color.NRGBA{B: 255, A: 255}, grey(255), 8.59},
	} {
		if got := Contrast(c.a, c.b); math.Abs(got-c.want) > 0.005 {
			t.Errorf("%v on %v: %.3f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}
