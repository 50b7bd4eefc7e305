package kit

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"chute/ui/internal/look"
)

// Peek shows more of what the pointer rests on, below it and over what lies
// there, so that nothing moves. It takes no events.
type Peek struct {
	outer *fyne.Container // always visible: what was never drawn is not drawn when it is shown
	box   *fyne.Container
	back  *Box
	under fyne.CanvasObject // what is peeked at; nil: nothing
	lines [][2]string
	wait  *time.Timer
}

const (
	// peekDelay is how long the pointer rests before more appears: long enough
	// that whoever only crosses a row never sees it.
	peekDelay         = 900 * time.Millisecond
	peekLine  float32 = 20
	peekMost  float32 = 520 // wide
)

// NewPeek makes a peek that is not shown.
func NewPeek() *Peek {
	p := &Peek{back: NewBox(look.Surface, look.Border, look.RadiusField)}
	p.box = container.NewWithoutLayout(p.back)
	p.box.Hide()
	p.outer = container.NewWithoutLayout(p.box)
	return p
}

// Object is what to put over the content.
func (p *Peek) Object() fyne.CanvasObject { return p.outer }

// Rest is told that the pointer rests on o; after a while the lines that ask
// gives appear, names and values, inset from the left of o.
func (p *Peek) Rest(o fyne.CanvasObject, inset float32, ask func() [][2]string) {
	p.Leave()
	p.under = o
	p.wait = time.AfterFunc(peekDelay, func() {
		fyne.Do(func() {
			if p.under == o {
				p.show(inset, ask())
			}
		})
	})
}

// Leave is told that the pointer left.
func (p *Peek) Leave() {
	p.under = nil
	if p.wait != nil {
		p.wait.Stop()
	}
	if p.box.Visible() {
		p.box.Hide()
	}
}

// Shown reports whether something appeared.
func (p *Peek) Shown() bool { return p.box.Visible() }

// Lines are what is shown.
func (p *Peek) Lines() [][2]string { return p.lines }

// Update changes the values while they are shown.
func (p *Peek) Update(inset float32, lines [][2]string) {
	if p.box.Visible() && !slices.Equal(lines, p.lines) {
		p.show(inset, lines)
	}
}

func (p *Peek) show(inset float32, lines [][2]string) {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(p.under)
	if c == nil || len(lines) == 0 || c.Overlays().Top() != nil {
		return
	}
	p.lines = lines
	objects := []fyne.CanvasObject{p.back}
	var names, values float32
	for _, l := range lines {
		names = max(names, width(l[0], look.TextCaption, fyne.TextStyle{}))
		values = max(values, width(l[1], look.TextCaption, fyne.TextStyle{}))
	}
	room := min(peekMost, c.Size().Width-2*look.Space4) - names - 4*look.Space3
	values = min(values, room)
	for i, l := range lines {
		y := look.Space2 + float32(i)*peekLine
		name, value := newText(l[0], look.TextCaption), newText(l[1], look.TextCaption)
		name.Color, value.Color = look.Color(look.Muted), look.Color(look.Text)
		if value.MinSize().Width > values+1 {
			setText(value, elideMiddle(l[1], values+1, look.TextCaption, fyne.TextStyle{}))
		}
		for _, t := range []*canvas.Text{name, value} {
			t.Resize(t.MinSize())
		}
		name.Move(fyne.NewPos(look.Space3, y+(peekLine-name.MinSize().Height)/2))
		value.Move(fyne.NewPos(look.Space3+names+look.Space3, y+(peekLine-value.MinSize().Height)/2))
		objects = append(objects, name, value)
	}
	size := fyne.NewSize(names+values+3*look.Space3, float32(len(lines))*peekLine+2*look.Space2)
	at := d.AbsolutePositionForObject(p.under)
	x := max(look.Space1, min(at.X+inset-look.Space3, c.Size().Width-size.Width-look.Space1))
	y := at.Y + p.under.Size().Height + look.Space1
	if y+size.Height > c.Size().Height {
		y = at.Y - size.Height - look.Space1
	}
	p.back.Resize(size)
	p.box.Objects = objects
	p.box.Resize(size)
	p.box.Move(fyne.NewPos(x, y))
	p.box.Show()
	p.outer.Refresh()
}
