package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// panel is what an opened row shows below its line: values with their names,
// what can be copied, and the parts. Rows that were never opened have none.
type panel struct {
	widget.BaseWidget
	divider *kit.Box
	labels  []*kit.Line
	values  []*kit.Line
	copyAs  *kit.Line
	copies  []*kit.Button
	parts   *partList
	face    face
	act     func(action)
}

// The measures of a panel, in device-independent pixels.
const (
	detailLine float32 = 38
	detailGap  float32 = 28
	// detailFill is how much room a long value needs to share a line.
	detailFill float32 = 320
	copyHeight float32 = 28
)

// maxCopies is the most ways to copy that a row offers.
const maxCopies = 5

func newPanel(act func(action), parts partSource) *panel {
	p := &panel{
		act: act, divider: kit.NewBox(look.Border, look.Clear, 0), parts: newPartList(parts),
		copyAs: kit.NewLine(look.TextCaption, kit.Span{Text: lang.L("Copy as"), Color: look.Muted}),
	}
	for range maxCopies {
		b := kit.NewButton(kit.Outlined, "", nil)
		b.Small = true
		p.copies = append(p.copies, b)
	}
	p.ExtendBaseWidget(p)
	return p
}

// copyName is what a way to copy is called behind "Copy as".
func copyName(a action) string {
	switch a {
	case actCopy:
		return lang.L("Plain link")
	case actCopyKey:
		return lang.L("Key")
	}
	_, name := a.button()
	return name
}

// set shows the details of f.
func (p *panel) set(f face) {
	old := p.face
	p.face = f
	if !slices.Equal(old.details, f.details) {
		for len(p.labels) < len(f.details) {
			p.labels = append(p.labels, kit.NewLine(look.TextCaption))
			value := kit.NewLine(look.TextBody - 1)
			value.Middle = true
			p.values = append(p.values, value)
		}
		for i := range p.labels {
			on := i < len(f.details)
			show(p.labels[i], on)
			show(p.values[i], on)
			if on {
				p.labels[i].Set(kit.Span{Text: f.details[i].label, Color: look.Muted})
				p.values[i].Set(kit.Span{Text: f.details[i].value, Color: look.Text})
			}
		}
	}
	show(p.copyAs, len(f.copies) > 0)
	for i, b := range p.copies {
		on := i < len(f.copies)
		show(b, on)
		if on {
			a := f.copies[i]
			b.OnTap = func() { p.act(a) }
			b.SetText(copyName(a))
		}
	}
	show(p.parts, f.parts > 0)
	p.place(p.Size()) // widths follow the values
	if len(old.details) != len(f.details) {
		canvas.Refresh(p)
	}
}

// panelHeight is the height of a panel at a width; 0 for a row that is closed.
func panelHeight(f face, width float32) float32 {
	if len(f.details) == 0 {
		return 0
	}
	lines, _ := placeDetails(f.details, width)
	h := 1 + 10 + float32(lines)*(detailLine+look.Space2) - look.Space2
	if len(f.copies) > 0 {
		h += look.Space3 + copiesHeight(f.copies, width)
	}
	if f.parts > 0 {
		h += look.Space3 + partListHeight(f.parts)
	}
	return h
}

func (p *panel) place(size fyne.Size) {
	if size.Width == 0 {
		return
	}
	f := p.face
	put(p.divider, 0, 0, size.Width, 1)
	y := float32(11)
	lines, boxes := placeDetails(f.details, size.Width)
	for i, b := range boxes {
		put(p.labels[i], b.x, y+b.y, b.w, p.labels[i].MinSize().Height)
		put(p.values[i], b.x, y+b.y+18, b.w, p.values[i].MinSize().Height)
	}
	y += float32(lines)*(detailLine+look.Space2) - look.Space2
	if len(f.copies) > 0 {
		y += look.Space3
		h := p.copyAs.MinSize().Height
		put(p.copyAs, 0, y+(copyHeight-h)/2, p.copyAs.Natural()+1, h)
		for i, b := range placeCopies(f.copies, size.Width) {
			put(p.copies[i], b.x, y+b.y, b.w, copyHeight)
		}
		y += copiesHeight(f.copies, size.Width)
	}
	if f.parts > 0 {
		y += look.Space3
		put(p.parts, 0, y, size.Width, partListHeight(f.parts))
	}
}

// CreateRenderer is for Fyne.
func (p *panel) CreateRenderer() fyne.WidgetRenderer { return panelRenderer{p} }

type panelRenderer struct{ p *panel }

func (r panelRenderer) Layout(size fyne.Size) { r.p.place(size) }
func (r panelRenderer) MinSize() fyne.Size    { return fyne.Size{} }
func (r panelRenderer) Refresh() {
	r.p.place(r.p.Size())
	canvas.Refresh(r.p)
}

func (r panelRenderer) Objects() []fyne.CanvasObject {
	o := []fyne.CanvasObject{r.p.divider}
	for i := range r.p.labels {
		o = append(o, r.p.labels[i], r.p.values[i])
	}
	o = append(o, r.p.copyAs)
	for _, b := range r.p.copies {
		o = append(o, b)
	}
	return append(o, r.p.parts)
}
func (r panelRenderer) Destroy() {}

type detailBox struct{ x, y, w float32 }

// placeDetails sets details side by side, and on a new line where one does not
// fit. A value that is longer than the rest of its line takes what is left, as
// long as that is enough to read it by.
func placeDetails(details []detail, width float32) (lines int, boxes []detailBox) {
	x, y := float32(0), float32(0)
	for _, d := range details {
		w := max(
			look.Measure(d.value, look.TextDetail, fyne.TextStyle{}).Width,
			look.Measure(d.label, look.TextCaption, fyne.TextStyle{}).Width,
		) + 1
		if x > 0 && x+w > width && width-x < min(w, detailFill) {
			x, y = 0, y+detailLine+look.Space2
		}
		w = min(w, width-x)
		boxes = append(boxes, detailBox{x, y, w})
		x += w + detailGap
	}
	return int(y/(detailLine+look.Space2)) + 1, boxes
}

// placeCopies sets the buttons behind their caption, and on more lines where
// they do not fit.
func placeCopies(copies []action, width float32) []detailBox {
	indent := look.Measure(lang.L("Copy as"), look.TextCaption, fyne.TextStyle{}).Width + look.Space3
	x, y := indent, float32(0)
	var boxes []detailBox
	for _, a := range copies {
		w := look.Measure(copyName(a), look.TextCaption, fyne.TextStyle{}).Width + 20
		if x > indent && x+w > width {
			x, y = indent, y+copyHeight+look.Space1
		}
		boxes = append(boxes, detailBox{x, y, min(w, width-x)})
		x += w + look.Space2
	}
	return boxes
}

func copiesHeight(copies []action, width float32) float32 {
	boxes := placeCopies(copies, width)
	return boxes[len(boxes)-1].y + copyHeight
}
