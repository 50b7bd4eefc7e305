package ui

import (
	"fyne.io/fyne/v2"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// The measures of a row, in device-independent pixels.
const (
	rowPadX   float32 = 15
	rowPadY   float32 = 13
	rowText           = rowPadX + look.TileSize + look.Space3 // where the text begins
	rowTop            = rowPadY + look.TileSize               // where the tile ends
	rowNest   float32 = 32                                    // how far a folder's files are indented
	rowButton float32 = 34
	errPad    float32 = 12
)

// rowHeight is the height of a row at a width. wrapped gives the height of an
// error's text at a width; nil measures it.
func rowHeight(f face, width float32, wrapped func(message, hint string, width float32) float32) float32 {
	if f.nested {
		width -= rowNest
	}
	h := rowTop
	switch {
	case f.strip:
		h += 10 + kit.StripHeight
	case f.bar >= 0:
		h += 9 + kit.BarHeight
	}
	if f.message != "" {
		if wrapped == nil {
			wrapped = errorHeight
		}
		h += 9 + errorCardHeight(wrapped(f.message, f.hint, errorWidth(width)))
	}
	if p := panelHeight(f, width-rowText-rowPadX); p > 0 {
		h += 10 + p
	}
	return h + rowPadY
}

func errorWidth(row float32) float32 { return row - rowText - rowPadX - 2*errPad }

func errorHeight(message, hint string, width float32) float32 {
	return kit.ParaHeight(width, errorSpans(message, hint)...)
}

func errorCardHeight(text float32) float32 {
	return errPad + text + look.Space2 + rowButton + errPad - 2
}

// place lays the row out. Buttons stand at the right, in one line with the
// title; the rest follows below each other.
func (r *row) place(size fyne.Size) {
	if size.Width == 0 {
		return
	}
	f := r.face
	left := float32(0)
	if f.nested {
		left = rowNest
	}
	put(r.card, left, 0, size.Width-left, size.Height)
	put(r.hover, left, 0, size.Width-left, size.Height)
	put(r.tile, left+rowPadX, rowPadY, look.TileSize, look.TileSize)
	inset := (look.TileSize - look.IconSize) / 2
	put(r.icon, left+rowPadX+inset, rowPadY+inset, look.IconSize, look.IconSize)

	x := size.Width - look.Space2
	for i := len(f.actions) - 1; i >= 0; i-- {
		x -= rowButton
		put(r.buttons[i], x, (62-rowButton)/2, rowButton, rowButton)
	}
	if f.main != actNone {
		w := r.main.MinSize().Width
		x -= w + look.Space1
		put(r.main, x, (62-rowButton)/2, w, rowButton)
	}
	text := left + rowText
	room := x - look.Space3 - text
	put(r.title, text, 12, room, r.title.MinSize().Height)
	put(r.caption, text, 32, room, r.caption.MinSize().Height)

	full := size.Width - rowPadX - text
	y := rowTop
	switch {
	case f.strip:
		put(r.strip, text, y+10, full, kit.StripHeight)
		y += 10 + kit.StripHeight
	case f.bar >= 0:
		put(r.bar, text, y+9, full, kit.BarHeight)
		y += 9 + kit.BarHeight
	}
	if f.message != "" {
		y += 9
		inner := full - 2*errPad
		h := errorHeight(f.message, f.hint, inner)
		put(r.errCard, text, y, full, errorCardHeight(h))
		put(r.errText, text+errPad, y+errPad-2, inner, h)
		by := y + errPad + h + look.Space2 - 2
		w := r.remedy.MinSize().Width
		put(r.remedy, text+errPad, by, w, rowButton)
		put(r.copyInfo, text+errPad+w+look.Space2, by, r.copyInfo.MinSize().Width, rowButton)
		y += errorCardHeight(h)
	}
	if h := panelHeight(f, full); h > 0 {
		put(r.panel, text, y+10, full, h)
	}
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}
