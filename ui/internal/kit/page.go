package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/look"
)

// Flowing is an object whose height follows from its width, as wrapped text's does.
type Flowing interface {
	fyne.CanvasObject
	HeightFor(width float32) float32
}

func heightFor(o fyne.CanvasObject, width float32) float32 {
	if f, ok := o.(Flowing); ok {
		return f.HeightFor(width)
	}
	return o.MinSize().Height
}

// Page is a scrolling column of objects below each other. Unlike a box in
// Fyne's scroller it knows its width before it asks for heights, so that text
// can wrap.
type Page struct {
	widget.BaseWidget
	// Width is the widest that the column gets.
	Width  float32
	column *fyne.Container
	scroll *container.Scroll
	layout *columnLayout
}

// NewPage makes a page of objects with a gap between them.
func NewPage(width, gap float32, objects ...fyne.CanvasObject) *Page {
	p := &Page{Width: width, layout: &columnLayout{gap: gap}}
	p.column = container.New(p.layout, objects...)
	p.scroll = container.NewVScroll(container.New(&columnMargin{p.column}, p.column))
	p.ExtendBaseWidget(p)
	return p
}

// Set replaces the objects.
func (p *Page) Set(objects ...fyne.CanvasObject) {
	p.column.Objects = objects
	p.Update()
}

// Update lays the page out again, after heights changed.
func (p *Page) Update() {
	p.layout.width = max(0, min(p.Width, p.Size().Width-2*look.Space4))
	p.column.Refresh()
	p.scroll.Refresh()
}

// ShowEnd scrolls to the end of the page.
func (p *Page) ShowEnd() { p.scroll.ScrollToBottom() }

// Resize fixes the column's width before the scroller asks for its height.
func (p *Page) Resize(size fyne.Size) {
	p.layout.width = max(0, min(p.Width, size.Width-2*look.Space4))
	p.BaseWidget.Resize(size)
	p.scroll.Refresh()
}

// CreateRenderer is for Fyne.
func (p *Page) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.scroll) }

// NewColumn puts objects below each other; its parent decides the width.
func NewColumn(gap float32, objects ...fyne.CanvasObject) *Column {
	c := &Column{box: container.New(&columnLayout{gap: gap}, objects...)}
	c.ExtendBaseWidget(c)
	return c
}

// Column is a Flowing column of objects.
type Column struct {
	widget.BaseWidget
	box *fyne.Container
}

// Set replaces the objects.
func (c *Column) Set(objects ...fyne.CanvasObject) {
	c.box.Objects = objects
	c.box.Refresh()
}

// HeightFor is the height at a width.
func (c *Column) HeightFor(width float32) float32 {
	return columnHeight(c.box.Objects, width, c.box.Layout.(*columnLayout).gap)
}

// CreateRenderer is for Fyne.
func (c *Column) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.box) }

type columnLayout struct{ gap, width float32 }

func columnHeight(objects []fyne.CanvasObject, width, gap float32) float32 {
	y := float32(0)
	for _, o := range objects {
		if o.Visible() {
			y += heightFor(o, width) + gap
		}
	}
	return max(0, y-gap)
}

func (l *columnLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, columnHeight(objects, l.width, l.gap))
}

func (l *columnLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	y := float32(0)
	for _, o := range objects {
		if o.Visible() {
			h := heightFor(o, size.Width)
			o.Move(fyne.NewPos(0, y))
			o.Resize(fyne.NewSize(size.Width, h))
			y += h + l.gap
		}
	}
}

// columnMargin centres the column of a page.
type columnMargin struct{ column *fyne.Container }

func (m *columnMargin) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, m.column.MinSize().Height+2*look.Space4)
}

func (m *columnMargin) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	w := m.column.Layout.(*columnLayout).width
	m.column.Move(fyne.NewPos((size.Width-w)/2, look.Space4))
	m.column.Resize(fyne.NewSize(w, max(0, size.Height-2*look.Space4)))
}

// NewRow puts objects side by side: the first takes the room that the others
// leave, which have their own widths. All stand at the same height.
func NewRow(gap float32, first fyne.CanvasObject, rest ...fyne.CanvasObject) *fyne.Container {
	return container.New(rowLayout{gap}, append([]fyne.CanvasObject{first}, rest...)...)
}

type rowLayout struct{ gap float32 }

func (l rowLayout) MinSize(o []fyne.CanvasObject) (size fyne.Size) {
	for _, c := range o {
		size.Height = max(size.Height, c.MinSize().Height)
	}
	return size
}

func (l rowLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	x := size.Width
	for i := len(o) - 1; i > 0; i-- {
		if !o[i].Visible() {
			continue
		}
		m := o[i].MinSize()
		x -= m.Width
		o[i].Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		o[i].Resize(m)
		x -= l.gap
	}
	h := o[0].MinSize().Height
	o[0].Move(fyne.NewPos(0, (size.Height-h)/2))
	o[0].Resize(fyne.NewSize(max(0, x), h))
}
