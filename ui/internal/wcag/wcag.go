// Package wcag measures colours as the Web Content Accessibility Guidelines
// (WCAG) 2.2 do. Tests hold the program's colours to them.
package wcag

import (
	"image/color"
	"math"
)

// AA is the least contrast that level AA asks for between text and what is
// behind it.
const AA = 4.5

// Contrast is the contrast ratio of two opaque colours: 1 for equal ones, 21
// for black and white.
func Contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is the relative luminance, 0 to 1.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
