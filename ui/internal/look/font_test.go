package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// TestFont draws each character that is said to be in the theme's fonts with
// them alone: a missing one would come from another font, or be a box, and have
// another width in at least one of the two.
func TestFont(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(Theme{Mode: Light})
	for _, style := range []fyne.TextStyle{{}, {Bold: true}} {
		missing, _ := fyne.CurrentApp().Driver().RenderedTextSize("\U0010fffd", 200, style, Theme{}.Font(style))
		for r := range rune(0x3000) {
			text := string(r)
			if Font(text, style) == nil {
				continue
			}
			if got, want := Measure(text, 200, style), fyne.MeasureText(text, 200, style); got != want || got == missing {
				t.Errorf("%U: %v with the theme's font, %v with all, %v where there is none", r, got, want, missing)
			}
		}
	}
}

func TestFontOfOtherScripts(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(Theme{Mode: Light})
	for _, text := range []string{"東京", "한국", "صورة", "photo 🏖.jpg", "नमस्ते", "a\u0301", "и\u0306"} {
		if Font(text, fyne.TextStyle{}) != nil {
			t.Errorf("%q would be drawn without other fonts", text)
		}
	}
	for _, text := range []string{"Zażółć gęślą – “jaźń”…", "Ґанок, їжак і м’яч", "100\u00a0%", "10\u202f000"} {
		if Font(text, fyne.TextStyle{}) == nil {
			t.Errorf("%q needs other fonts", text)
		}
	}
}
