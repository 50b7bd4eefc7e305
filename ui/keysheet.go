package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// showKeys lists the keys.
func (w *Window) showKeys() {
	c := w.win.Canvas()
	closeOverlays(c)
	everywhere, inList := w.keyLists()
	column := kit.NewColumn(look.Space1)
	var lines []fyne.CanvasObject
	add := func(title string, keys []keyLine) {
		lines = append(lines, kit.NewLine(look.TextCaption, kit.Span{Text: title, Color: look.Muted, Bold: true}))
		for _, k := range keys {
			lines = append(lines, newKeyRow(k))
		}
	}
	add(lang.L("Everywhere"), everywhere)
	lines = append(lines, kit.NewBox(look.Clear, look.Clear, 0)) // a gap
	add(lang.L("In the list"), inList)
	column.Set(lines...)

	closeIt := kit.NewButton(kit.Filled, lang.L("Close"), nil)
	pop := popUp(c, lang.L("Keys"), newSheet(column, c.Size().Height-190), closeIt)
	closeIt.OnTap = pop.Hide
	c.Focus(closeIt)
}

// sheet is a scroller as high as its content, up to a limit.
type sheet struct {
	widget.BaseWidget
	column *kit.Column
	most   float32
}

func newSheet(column *kit.Column, most float32) *sheet {
	s := &sheet{column: column, most: most}
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer is for Fyne.
func (s *sheet) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewVScroll(container.New(&sheetLayout{column: s.column}, s.column)))
}

// HeightFor is the height at a width.
func (s *sheet) HeightFor(width float32) float32 {
	return min(s.column.HeightFor(width-look.Space4), s.most)
}

// sheetLayout leaves room for the scroll bar.
type sheetLayout struct {
	column *kit.Column
	width  float32
}

func (l *sheetLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, l.column.HeightFor(l.width-look.Space4))
}

func (l *sheetLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	put(o[0], 0, 0, size.Width-look.Space4, size.Height)
}

// keyRow is a key and what it does.
type keyRow struct {
	widget.BaseWidget
	keys, does *kit.Line
}

const (
	keyColumn float32 = 150
	keyHeight float32 = 26
)

func newKeyRow(k keyLine) *keyRow {
	r := &keyRow{
		keys: kit.NewLine(look.TextCaption, kit.Span{Text: k.keys, Color: look.Text, Bold: true}),
		does: kit.NewLine(look.TextBody, kit.Span{Text: k.does, Color: look.Text}),
	}
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is for Fyne.
func (r *keyRow) CreateRenderer() fyne.WidgetRenderer {
	cap := kit.NewBox(look.Track, look.Clear, look.RadiusField)
	return widget.NewSimpleRenderer(container.New(keyRowLayout{r}, cap, r.keys, r.does))
}

type keyRowLayout struct{ r *keyRow }

func (keyRowLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, keyHeight) }

func (l keyRowLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := min(l.r.keys.Natural()+1, keyColumn-look.Space4)
	h := l.r.keys.MinSize().Height
	put(o[0], 0, 1, w+look.Space3, size.Height-2)
	put(o[1], 6, (size.Height-h)/2, w, h)
	h = l.r.does.MinSize().Height
	put(o[2], keyColumn, (size.Height-h)/2, size.Width-keyColumn, h)
}
