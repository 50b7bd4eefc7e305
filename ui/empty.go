package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// emptyState says what to do while there is nothing to show.
type emptyState struct {
	widget.BaseWidget
	w             *Window
	area          fyne.CanvasObject
	logo          *canvas.Image
	title         *kit.Line
	text          *kit.Para
	files, folder *kit.Button
}

func newEmptyState(w *Window) *emptyState {
	e := &emptyState{w: w, area: kit.NewDashed(), logo: canvas.NewImageFromResource(look.Logo), text: kit.NewPara()}
	e.title = kit.NewLine(look.TextTitle, kit.Span{Text: lang.L("Drop files here"), Color: look.Text, Bold: true})
	e.text.Center = true
	e.files = kit.NewButton(kit.Filled, lang.L("Add files"), w.addFiles)
	e.folder = kit.NewButton(kit.Outlined, lang.L("Add folder"), w.addFolder)
	e.update()
	e.ExtendBaseWidget(e)
	return e
}

// update names the destination.
func (e *emptyState) update() {
	_, current := e.w.host.Destinations()
	const mark = "\x00"
	before, after, _ := strings.Cut(lang.L("They upload straight to {{.Destination}}, and you get a link for each. Folders work too.",
		map[string]any{"Destination": mark}), mark)
	e.text.Set(kit.Span{Text: before, Color: look.Muted}, kit.Span{Text: displayName(current), Color: look.Muted, Bold: true},
		kit.Span{Text: after, Color: look.Muted})
}

// CreateRenderer is for Fyne.
func (e *emptyState) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(emptyLayout{e}, e.area, e.logo, e.title, e.text, e.files, e.folder))
}

type emptyLayout struct{ e *emptyState }

func (emptyLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 300) }

func (l emptyLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	e := l.e
	put(e.area, 20, 20, size.Width-40, size.Height-40)
	width := min(420, size.Width-80)
	left := (size.Width - width) / 2
	textHeight := e.text.HeightFor(width)
	total := 64 + look.Space4 + 30 + look.Space2 + textHeight + look.Space4 + look.HitSize
	y := (size.Height - total) / 2
	put(e.logo, (size.Width-64)/2, y, 64, 64)
	y += 64 + look.Space4
	tw := e.title.Natural() + 1
	put(e.title, (size.Width-tw)/2, y, tw, 30)
	y += 30 + look.Space2
	put(e.text, left, y, width, textHeight)
	y += textHeight + look.Space4
	fw, ow := e.files.MinSize().Width, e.folder.MinSize().Width
	x := (size.Width - fw - ow - look.Space2) / 2
	put(e.files, x, y, fw, look.HitSize)
	put(e.folder, x+fw+look.Space2, y, ow, look.HitSize)
}
