// Package look is Chute's visual language: colours, sizes and icons, as a Fyne
// theme, so that Fyne's own widgets look the same as ours.
package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The spacing scale, the radii and the text sizes, in Fyne's device-independent
// pixels.
const (
	Space1 float32 = 4
	Space2 float32 = 8
	Space3 float32 = 12
	Space4 float32 = 16
	Space5 float32 = 24

	RadiusField float32 = 8 // fields and buttons
	RadiusCard  float32 = 12
	RadiusArea  float32 = 16 // the empty area

	TextCaption float32 = 12
	TextDetail  float32 = 13 // values in details, toasts
	TextBody    float32 = 14
	TextHeading float32 = 16 // of bars, pop-ups and groups
	TextTitle   float32 = 22 // of the empty window

	IconSize  float32 = 18 // inside buttons and tiles
	TileSize  float32 = 36 // behind a row's icon
	HitSize   float32 = 34 // buttons; the least is 28
	MaxColumn float32 = 1100
)

// Mode says whether the window is light or dark.
type Mode string

// The modes; System follows the desktop.
const (
	System Mode = "system"
	Light  Mode = "light"
	Dark   Mode = "dark"
)

// Theme is Chute's look for fyne.Settings.SetTheme.
type Theme struct{ Mode Mode }

var _ fyne.Theme = Theme{}

// Color returns the colour of that name; variant is the desktop's and counts
// only in mode System.
func (t Theme) Color(n fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	p := light
	if t.dark(variant) {
		p = dark
	}
	if c, ok := p.color(n); ok {
		return c
	}
	return theme.DefaultTheme().Color(n, variant)
}

func (t Theme) dark(variant fyne.ThemeVariant) bool {
	switch t.Mode {
	case Light:
		return false
	case Dark:
		return true
	default:
		return variant == theme.VariantDark
	}
}

// Font is Fyne's: its figures have equal widths, which numbers that change need.
func (Theme) Font(s fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(s) }

// Icon returns ours for the few that Fyne's widgets show here.
func (Theme) Icon(n fyne.ThemeIconName) fyne.Resource {
	switch n {
	case theme.IconNameArrowDropDown:
		return Icon("down")
	case theme.IconNameConfirm:
		return Icon("check")
	default:
		return theme.DefaultTheme().Icon(n)
	}
}

// Size returns the size of that name.
func (Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNamePadding:
		return Space1
	case theme.SizeNameInnerPadding:
		return Space2
	case theme.SizeNameText:
		return TextBody
	case theme.SizeNameCaptionText:
		return TextCaption
	case theme.SizeNameHeadingText:
		return TextTitle
	case theme.SizeNameSubHeadingText:
		return TextHeading
	case theme.SizeNameInlineIcon:
		return IconSize
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius, theme.SizeNameMenuRadius, theme.SizeNamePopupRadius:
		return RadiusField
	case theme.SizeNameCardRadius, theme.SizeNameDialogRadius:
		return RadiusCard
	case theme.SizeNameInputBorder:
		return 2 // an entry's border lies at half its width: 1 would blur
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameModalBlurRadius:
		return 0.01 // blur costs a pass over the whole window and hides what the question is about
	default:
		return theme.DefaultTheme().Size(n)
	}
}

// Color returns a colour of the running application's theme.
func Color(n fyne.ThemeColorName) color.Color {
	s := fyne.CurrentApp().Settings()
	return s.Theme().Color(n, s.ThemeVariant())
}

// Flat is the running application's theme without shadows, for what scrolls
// within a card, as an override of a part of the window.
type Flat struct{}

// Color returns the colour of that name, and none for shadows.
func (Flat) Color(n fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if n == theme.ColorNameShadow {
		return color.Transparent
	}
	return fyne.CurrentApp().Settings().Theme().Color(n, variant)
}

// Font is the application's.
func (Flat) Font(s fyne.TextStyle) fyne.Resource { return fyne.CurrentApp().Settings().Theme().Font(s) }

// Icon is the application's.
func (Flat) Icon(n fyne.ThemeIconName) fyne.Resource {
	return fyne.CurrentApp().Settings().Theme().Icon(n)
}

// Size is the application's.
func (Flat) Size(n fyne.ThemeSizeName) float32 { return fyne.CurrentApp().Settings().Theme().Size(n) }
