package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"chute/ui/internal/look"
)

// TipLayer is where the names of icon buttons appear. It lies over the window's
// content and takes no events. There is one window, so there is one layer.
type TipLayer struct {
	outer *fyne.Container // always visible: what was never drawn is not drawn when it is shown
	box   *fyne.Container
	label *canvas.Text
	back  *canvas.Rectangle
	wait  *time.Timer
}

// tipDelay is how long the pointer rests before a name appears: shorter and
// names flicker by as the pointer crosses the row.
const tipDelay = 500 * time.Millisecond

var tips *TipLayer

// NewTipLayer makes the layer, which replaces an earlier one.
func NewTipLayer() *TipLayer {
	t := &TipLayer{label: newText("", look.TextCaption), back: &canvas.Rectangle{CornerRadius: 6}}
	t.box = container.NewWithoutLayout(t.back, t.label)
	t.box.Hide()
	t.outer = container.NewWithoutLayout(t.box)
	tips = t
	return t
}

// Object is what to put over the content.
func (t *TipLayer) Object() fyne.CanvasObject { return t.outer }

func showTip(o fyne.CanvasObject, text string) {
	if tips == nil || text == "" {
		return
	}
	hideTip()
	t := tips
	t.wait = time.AfterFunc(tipDelay, func() { fyne.Do(func() { t.show(o, text) }) })
}

func hideTip() {
	if tips == nil {
		return
	}
	if tips.wait != nil {
		tips.wait.Stop()
	}
	if tips.box.Visible() {
		tips.box.Hide()
	}
}

func (t *TipLayer) show(o fyne.CanvasObject, text string) {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(o)
	if c == nil || !o.Visible() {
		return
	}
	t.label.Color, t.back.FillColor = look.Color(look.OnInverse), look.Color(look.Inverse)
	setText(t.label, text)
	size := t.label.MinSize()
	box := size.AddWidthHeight(16, 8)
	at := d.AbsolutePositionForObject(o)
	x := at.X + (o.Size().Width-box.Width)/2
	x = max(4, min(x, c.Size().Width-box.Width-4))
	y := at.Y + o.Size().Height + 4
	if y+box.Height > c.Size().Height {
		y = at.Y - box.Height - 4
	}
	t.back.Resize(box)
	t.label.Move(fyne.NewPos(8, 4))
	t.label.Resize(size)
	t.box.Resize(box)
	t.box.Move(fyne.NewPos(x, y))
	t.box.Show()
	t.outer.Refresh()
}
