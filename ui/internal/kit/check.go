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

// TypedKey hands on what it has no use for; Space comes as a rune.
func (c *Check) TypedKey(k *fyne.KeyEvent) { PassKey(c, k) }

// TypedRune changes the box for a space, and hands other runes on.
func (c *Check) TypedRune(r rune) {
	if r == ' ' {
		c.Check.TypedRune(r)
		return
	}
	PassRune(c, r)
}

// AccessibilityLabel is the text.
func (c *Check) AccessibilityLabel() string { return c.Text }

// AccessibilityRole is a button's: Fyne has none for check boxes.
func (c *Check) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

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
