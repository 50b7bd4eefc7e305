package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// cover is a screen over all others, such as the one for a file that was
// opened: closing it leads back to where the user was.
type cover struct {
	widget.BaseWidget
	header, body, bar fyne.CanvasObject
	under             []fyne.CanvasObject // what it hides
	closed            func()
	asked             bool // it came from the first start's question, and leads back there
}

// openCover shows body with a title, and a bar of buttons below it, in the place
// of the cover that is open. Without a title there is no header, and without a
// bar none. closed is called when it goes, by whatever way.
func (w *Window) openCover(title string, body, bar fyne.CanvasObject, closed func()) {
	_, question := body.(*welcome)
	asked := w.cover != nil && w.cover.asks() && !question
	w.closeCover()
	closeOverlays(w.win.Canvas()) // a menu
	w.list.peek.Leave()
	name := kit.NewLine(16, kit.Span{Text: title, Color: look.Text, Bold: true})
	c := &cover{body: body, bar: bar, closed: closed, asked: asked}
	c.header = newBar(true, name, kit.NewIconButton("close", lang.L("Close"), w.leaveCover))
	if title == "" {
		c.header = kit.NewBox(look.Clear, look.Clear, 0)
	}
	if bar == nil {
		c.bar = kit.NewBox(look.Clear, look.Clear, 0)
	}
	c.ExtendBaseWidget(c)
	for _, o := range []fyne.CanvasObject{w.content, w.settingsObject()} {
		if o != nil && o.Visible() { // so that Tab does not lead below the cover
			o.Hide()
			c.under = append(c.under, o)
		}
	}
	w.cover = c
	w.layers.Objects = slices.Insert(slices.Clone(w.layers.Objects), len(w.layers.Objects)-2, fyne.CanvasObject(c))
	w.layers.Refresh()
	w.win.Canvas().Unfocus()
}

func (w *Window) settingsObject() fyne.CanvasObject {
	if w.settings == nil {
		return nil
	}
	return w.settings
}

// asks reports whether the first start's question waits for an answer.
func (c *cover) asks() bool {
	_, question := c.body.(*welcome)
	return question || c.asked
}

// leaveCover goes back from the cover: to the first start's question, as long as
// that has no answer, else to what is below.
func (w *Window) leaveCover() {
	if w.cover != nil && w.cover.asked {
		w.openWelcome()
		return
	}
	w.closeCover()
}

func (w *Window) closeCover() {
	if w.cover == nil {
		return
	}
	c := w.cover
	w.cover = nil
	c.closed()
	w.layers.Objects = slices.DeleteFunc(slices.Clone(w.layers.Objects), func(o fyne.CanvasObject) bool { return o == fyne.CanvasObject(c) })
	for _, o := range c.under {
		o.Show()
	}
	w.layers.Refresh()
	w.win.Canvas().Unfocus()
}

// CreateRenderer is for Fyne.
func (c *cover) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(kit.NewBox(look.Background, look.Clear, 0),
		container.New(frameLayout{}, c.header, c.body, c.bar)))
}
