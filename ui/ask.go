package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// ask puts a question before something is destroyed. The focus is on Cancel, so
// that Enter does no harm.
func ask(c fyne.Canvas, title, text, verb string, yes func()) {
	confirm(c, title, text, kit.Danger, verb, lang.L("Cancel"), yes)
}

// confirm puts a question with the answers yes and no. The focus is on no.
func confirm(c fyne.Canvas, title, text string, kind kit.Kind, yes, no string, do func()) {
	var pop *widget.PopUp
	keep := kit.NewButton(kit.Outlined, no, func() { pop.Hide() })
	verb := kit.NewButton(kind, yes, func() {
		pop.Hide()
		do()
	})
	pop = popUp(c, title, kit.NewPara(kit.Span{Text: text, Color: look.Muted}), keep, verb)
	c.Focus(keep)
}

// closeOverlays takes away menus and questions.
func closeOverlays(c fyne.Canvas) {
	for o := c.Overlays(); o.Top() != nil; {
		o.Remove(o.Top())
	}
}

// tell says something that asks for nothing.
func tell(c fyne.Canvas, title string, text ...kit.Span) {
	var pop *widget.PopUp
	ok := kit.NewButton(kit.Filled, lang.L("Close"), func() { pop.Hide() })
	para := kit.NewPara(text...)
	shown := container.NewVScroll(para)
	shown.SetMinSize(fyne.NewSize(0, min(260, para.HeightFor(popUpWidth(c)-2*look.Space5))))
	pop = popUp(c, title, shown, ok)
	c.Focus(ok)
}

// popUp shows content with a title and buttons over the window.
func popUp(c fyne.Canvas, title string, content fyne.CanvasObject, buttons ...fyne.CanvasObject) *widget.PopUp {
	row := append([]fyne.CanvasObject{kit.NewLine(look.TextBody)}, buttons...)
	column := kit.NewColumn(look.Space4, wrappedHeading(title), content, kit.NewRow(look.Space2, row[0], row[1:]...))
	pop := widget.NewModalPopUp(container.New(popUpLayout{popUpWidth(c), column}, column), c)
	pop.Show()
	return pop
}

func popUpWidth(c fyne.Canvas) float32 { return min(460, c.Size().Width-48) }

type popUpLayout struct {
	width  float32
	column *kit.Column
}

func (l popUpLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.width, l.column.HeightFor(l.width-2*look.Space5)+2*look.Space5)
}

func (l popUpLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], look.Space5, look.Space5, size.Width-2*look.Space5, size.Height-2*look.Space5)
}

// showPolicy shows a policy to be pasted elsewhere.
func showPolicy(c fyne.Canvas, policy string, copyText func(string)) {
	var pop *widget.PopUp
	closeIt := kit.NewButton(kit.Outlined, lang.L("Close"), func() { pop.Hide() })
	cp := kit.NewButton(kit.Filled, lang.L("Copy"), func() {
		copyText(policy)
		pop.Hide()
	})
	pop = popUp(c, lang.L("The policy to paste"), readout(policy), closeIt, cp)
	c.Focus(cp)
}
