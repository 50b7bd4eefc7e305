package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/look"
)

// Check is Fyne's check box, except that Escape reaches the window, and that
// its box can be seen while it is empty: Fyne draws that in the colour of an
// entry's border, which the theme leaves out.
type Check struct{ widget.Check }

// NewCheck makes a check box; changed is told of every change.
func NewCheck(label string, on bool, changed func(on bool)) *Check {
	c := &Check{}
	c.Text, c.Checked, c.OnChanged = label, on, changed
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey hands Escape on.
func (c *Check) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		PassKey(c, k)
	}
}

// CreateRenderer is for Fyne.
func (c *Check) CreateRenderer() fyne.WidgetRenderer {
	box := NewBox(look.Surface, look.Clear, 3)
	box.Set(look.Surface, look.Muted, 1)
	box.Hidden = c.Checked
	return &checkRenderer{c.Check.CreateRenderer(), c, box}
}

type checkRenderer struct {
	fyne.WidgetRenderer
	c   *Check
	box *Box
}

// checkInset is the space around the box in Fyne's icon.
const checkInset = 2

func (r *checkRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	th := r.c.Theme()
	x := th.Size(theme.SizeNameInnerPadding)/2 + th.Size(theme.SizeNameInputBorder)
	r.box.Move(fyne.NewPos(x+checkInset, (size.Height-look.IconSize)/2+checkInset))
	r.box.Resize(fyne.NewSquareSize(look.IconSize - 2*checkInset))
}

func (r *checkRenderer) Refresh() {
	r.box.Hidden = r.c.Checked
	r.box.Refresh()
	r.WidgetRenderer.Refresh()
}

func (r *checkRenderer) Objects() []fyne.CanvasObject {
	return append(slices.Clone(r.WidgetRenderer.Objects()), r.box)
}
