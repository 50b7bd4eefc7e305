package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Names of the colours. Those that Fyne's own widgets know stand for Fyne's names,
// so that these widgets follow.
const (
	Background fyne.ThemeColorName = theme.ColorNameBackground
	Surface    fyne.ThemeColorName = theme.ColorNameInputBackground // bars, cards, fields
	Border     fyne.ThemeColorName = "border"                       // 1 px borders
	Text       fyne.ThemeColorName = theme.ColorNameForeground
	Muted      fyne.ThemeColorName = theme.ColorNamePlaceHolder // second lines, captions
	Accent     fyne.ThemeColorName = theme.ColorNamePrimary
	OnAccent   fyne.ThemeColorName = theme.ColorNameForegroundOnPrimary
	OK         fyne.ThemeColorName = theme.ColorNameSuccess
	Warn       fyne.ThemeColorName = theme.ColorNameWarning
	Err        fyne.ThemeColorName = theme.ColorNameError

	AccentSoft fyne.ThemeColorName = "accentSoft"
	OKSoft     fyne.ThemeColorName = "okSoft"
	WarnSoft   fyne.ThemeColorName = "warnSoft"
	ErrSoft    fyne.ThemeColorName = "errSoft"
	Track      fyne.ThemeColorName = "track" // progress to come
	Inverse    fyne.ThemeColorName = "inverse"
	OnInverse  fyne.ThemeColorName = "onInverse"
	Clear      fyne.ThemeColorName = "clear" // nothing drawn
)

type palette map[fyne.ThemeColorName]color.NRGBA

var light = palette{
	Background: rgb(0xF7F7F9), Surface: rgb(0xFFFFFF), Border: rgb(0xE3E3E9),
	Text: rgb(0x1B1B22), Muted: rgb(0x63636F),
	Accent: rgb(0x5653D4), AccentSoft: rgb(0xECECFB), OnAccent: rgb(0xFFFFFF),
	OK: rgb(0x18734B), OKSoft: rgb(0xE4F4EC),
	Warn: rgb(0x9A5B00), WarnSoft: rgb(0xFFF3DF),
	Err: rgb(0xBE2A3E), ErrSoft: rgb(0xFCE9EB),
	Track: rgb(0xE9E9EF), Inverse: rgb(0x1B1B22), OnInverse: rgb(0xFFFFFF),

	theme.ColorNameShadow:              {A: 0x2e},
	theme.ColorNameHover:               {A: 0x0b},
	theme.ColorNamePressed:             {A: 0x16},
	theme.ColorNameScrollBar:           {A: 0x55},
	theme.ColorNameDisabled:            rgb(0x9A9AA6),
	theme.ColorNameForegroundOnSuccess: rgb(0xFFFFFF),
	theme.ColorNameForegroundOnWarning: rgb(0xFFFFFF),
	theme.ColorNameForegroundOnError:   rgb(0xFFFFFF),
}

var dark = palette{
	Background: rgb(0x141417), Surface: rgb(0x1D1D22), Border: rgb(0x303038),
	Text: rgb(0xECECF1), Muted: rgb(0xA0A0AC),
	Accent: rgb(0x9B99F5), AccentSoft: rgb(0x2A2A45), OnAccent: rgb(0x141417),
	OK: rgb(0x5CC796), OKSoft: rgb(0x17332A),
	Warn: rgb(0xF0B35A), WarnSoft: rgb(0x3A2C14),
	Err: rgb(0xFF8A96), ErrSoft: rgb(0x3E1D22),
	Track: rgb(0x2C2C34), Inverse: rgb(0xECECF1), OnInverse: rgb(0x141417),

	theme.ColorNameShadow:              {A: 0x80},
	theme.ColorNameHover:               {R: 0xff, G: 0xff, B: 0xff, A: 0x0e},
	theme.ColorNamePressed:             {R: 0xff, G: 0xff, B: 0xff, A: 0x1c},
	theme.ColorNameScrollBar:           {R: 0xff, G: 0xff, B: 0xff, A: 0x55},
	theme.ColorNameDisabled:            rgb(0x6C6C78),
	theme.ColorNameForegroundOnSuccess: rgb(0x141417),
	theme.ColorNameForegroundOnWarning: rgb(0x141417),
	theme.ColorNameForegroundOnError:   rgb(0x141417),
}

// alias gives the names that only Fyne's widgets use the colours of ours.
var alias = map[fyne.ThemeColorName]fyne.ThemeColorName{
	theme.ColorNameButton:              Surface,
	theme.ColorNameDisabledButton:      Track,
	theme.ColorNameFocus:               AccentSoft,
	theme.ColorNameHeaderBackground:    Surface,
	theme.ColorNameHyperlink:           Accent,
	theme.ColorNameInputBorder:         Clear, // Fyne blurs it: kit.Field draws a better one
	theme.ColorNameMenuBackground:      Surface,
	theme.ColorNameOverlayBackground:   Surface,
	theme.ColorNameScrollBarBackground: Clear,
	theme.ColorNameSelection:           AccentSoft,
	theme.ColorNameSeparator:           Border,
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

func (p palette) color(n fyne.ThemeColorName) (color.NRGBA, bool) {
	if a, ok := alias[n]; ok {
		n = a
	}
	if n == Clear {
		return color.NRGBA{}, true
	}
	c, ok := p[n]
	return c, ok
}
