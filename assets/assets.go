// Package assets holds what is built into Chute and is not Go: the icons and
// the translations.
package assets

import "embed"

// Icon is the program's icon as SVG.
//
//go:embed icon.svg
var Icon []byte

// IconPNG is the program's icon at 512 by 512 pixels, drawn from [Icon].
//
//go:embed icon.png
var IconPNG []byte

// IconSmall is [IconPNG] at 128 by 128 pixels. A window shows it at once; to
// draw the SVG takes as long as the rest of the window.
//
//go:embed icon-128.png
var IconSmall []byte

// Icons holds the line icons, icons/NAME.svg: black on a 24 by 24
// grid, to be recoloured by whoever shows them. The lines are drawn as outlines,
// because Fyne does not scale the width of strokes.
//
//go:embed icons/*.svg
var Icons embed.FS

// Translations holds translation/LANGUAGE.json, in the format of Fyne's lang
// package. The keys are the English texts.
//
//go:embed translation/*.json
var Translations embed.FS
