package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// blank says in the middle of an empty list what would be there, and offers
// what leads on.
type blank struct {
	widget.BaseWidget
	tile  *kit.Icon
	title *kit.Line
	text  *kit.Para
	lead  *kit.Button
}

func newBlank() *blank {
	b := &blank{tile: kit.NewTile("file", look.Accent, look.AccentSoft), title: kit.NewLine(16), text: kit.NewPara()}
	b.text.Center = true
	b.lead = kit.NewButton(kit.Outlined, "", nil)
	b.ExtendBaseWidget(b)
	return b
}

func (b *blank) set(icon, title, text, lead string, run func()) {
	b.tile.Name = icon
	b.tile.Refresh()
	b.title.Set(kit.Span{Text: title, Color: look.Text, Bold: true})
	b.text.Set(kit.Span{Text: text, Color: look.Muted})
	b.lead.OnTap = run
	b.lead.SetText(lead)
	b.Refresh()
}

// CreateRenderer is for Fyne.
func (b *blank) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(blankLayout{b}, b.tile, b.title, b.text, b.lead))
}

type blankLayout struct{ b *blank }

func (blankLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (y blankLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	b := y.b
	width := max(0, min(420, size.Width-2*look.Space5))
	text := b.text.HeightFor(width)
	// A little above the middle, where the eye looks for it.
	top := max(look.Space4, (size.Height-(look.TileSize+look.Space3+22+look.Space1+text+look.Space4+look.HitSize))*0.42)
	put(b.tile, (size.Width-look.TileSize)/2, top, look.TileSize, look.TileSize)
	top += look.TileSize + look.Space3
	w := min(b.title.Natural()+1, size.Width)
	put(b.title, (size.Width-w)/2, top, w, 22)
	top += 22 + look.Space1
	put(b.text, (size.Width-width)/2, top, width, text)
	top += text + look.Space4
	m := b.lead.MinSize().Width
	put(b.lead, (size.Width-m)/2, top, m, look.HitSize)
}
