package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"chute/ui/internal/look"
)

// ToastTime is how long a toast stays.
const ToastTime = 3 * time.Second

// Toast says for a moment what was done for the user. It lies over the bottom
// of the content and takes no events; errors never go into it.
type Toast struct {
	outer *fyne.Container
	box   *fyne.Container
	back  *canvas.Rectangle
	label *canvas.Text
	hide  *time.Timer
	next  string // to be shown after this one; empty: nothing
}

// NewToast makes a toast that is not shown.
func NewToast() *Toast {
	t := &Toast{back: &canvas.Rectangle{CornerRadius: 10}, label: newText("", look.TextDetail)}
	t.box = container.NewWithoutLayout(t.back, t.label)
	t.box.Hide()
	t.outer = container.New(toastLayout{t}, t.box)
	return t
}

// Object is what to put over the content; it fills it.
func (t *Toast) Object() fyne.CanvasObject { return t.outer }

// Show answers the user: it replaces what is shown.
func (t *Toast) Show(text string) {
	setText(t.label, text)
	t.box.Show()
	t.outer.Refresh() // the layout depends on the text
	if t.hide != nil {
		t.hide.Stop()
	}
	t.hide = time.AfterFunc(ToastTime, func() { fyne.Do(t.over) })
}

// Add tells something that happened, once what is shown has had its time. Of
// what waits only the newest is told.
func (t *Toast) Add(text string) {
	if t.box.Visible() {
		t.next = text
		return
	}
	t.Show(text)
}

func (t *Toast) over() {
	if t.next == "" {
		t.box.Hide()
		return
	}
	text := t.next
	t.next = ""
	t.Show(text)
}

// Hide takes the toast away before its time.
func (t *Toast) Hide() {
	if t.hide != nil {
		t.hide.Stop()
	}
	t.next = ""
	t.box.Hide()
}

// Text is what is shown, or empty.
func (t *Toast) Text() string {
	if !t.box.Visible() {
		return ""
	}
	return t.label.Text
}

func (t *Toast) place() {
	t.label.Color, t.back.FillColor = look.Color(look.OnInverse), look.Color(look.Inverse)
	size := t.label.MinSize()
	box := size.AddWidthHeight(28, 18)
	t.label.Resize(size)
	t.label.Move(fyne.NewPos(14, 9))
	t.back.Resize(box)
	t.box.Resize(box)
	t.box.Refresh()
}

type toastLayout struct{ t *Toast }

// toastRise is how far a toast lies above the bottom: clear of the line of totals.
const toastRise float32 = 56

func (l toastLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l.t.place()
	box := l.t.back.Size()
	l.t.box.Move(fyne.NewPos((size.Width-box.Width)/2, size.Height-toastRise-box.Height))
}

func (toastLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }
