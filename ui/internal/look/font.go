package look

import "fyne.io/fyne/v2"

// Font is the source of the font that a text is drawn with: the theme's own,
// where that is known to have all of the characters. Else it is nil, which makes
// Fyne load all that it might fall back on, emoji and the system's fonts among
// them: that takes longer than everything else in the window.
func Font(text string, style fyne.TextStyle) fyne.Resource {
	for _, r := range text {
		if !ownGlyph(r) {
			return nil
		}
	}
	return fyne.CurrentApp().Settings().Theme().Font(style)
}

// ownGlyph says that every font of the theme's has r: the letters of Europe's
// languages in Latin and Cyrillic script, and the spaces, dashes, quotes and dots
// of running text. What combines with other characters is left to Fyne.
func ownGlyph(r rune) bool {
	return r >= ' ' && r <= '~' || r >= '\u00a0' && r <= '\u017f' || r >= '\u0400' && r <= '\u045f' || r == 'Ґ' || r == 'ґ' ||
		r >= '\u2013' && r <= '\u2026' || r == '\u202f'
}

// Measure is the size of a text drawn with that Font.
func Measure(text string, size float32, style fyne.TextStyle) fyne.Size {
	s, _ := fyne.CurrentApp().Driver().RenderedTextSize(text, size, style, Font(text, style))
	return s
}

// LoadFonts reads the fonts that most text is drawn with. It may run beside
// whatever neither measures nor draws text.
func LoadFonts() {
	for _, style := range []fyne.TextStyle{{}, {Bold: true}} {
		Measure("Chute", TextBody, style)
	}
}
