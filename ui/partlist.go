package ui

import (
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/words"
	"chute/uploader"
)

// partSource tells of a transfer's parts, and puts their failures in words.
type partSource interface {
	PartDetails(dst []uploader.PartDetail, id uploader.ID, first, last int) []uploader.PartDetail
	Explain(err error) (message, hint string)
}

// The measures of the list of parts, in device-independent pixels.
const (
	partLine  float32 = 22
	partsHead float32 = 20
	// partsShown is how many parts are in view; the rest is scrolled to.
	partsShown = 6
)

func partListHeight(parts int) float32 {
	return partsHead + partLine*float32(min(parts, partsShown))
}

// partList lists the parts of a transfer: number, range, state, attempts,
// speed, and what the last attempt failed of. It follows the first part that is
// not done, until the user scrolls.
type partList struct {
	widget.BaseWidget
	src    partSource
	id     uploader.ID
	keys   []int // part numbers
	list   *kit.VList[int, *partRow]
	head   *partRow
	border *kit.Box
	buf    []uploader.PartDetail
	first  int  // the first part that is not done, as it was followed last
	byHand bool // the user scrolled
}

func newPartList(src partSource) *partList {
	p := &partList{src: src, head: newPartRow(), border: kit.NewBox(look.Clear, look.Clear, look.RadiusField)}
	p.list = kit.NewVList[int, *partRow](p)
	p.list.Gap, p.list.Margin, p.list.Side = 0, 0, 0
	p.list.OnScrolled = func() { p.byHand = true }
	p.head.set([partColumns]kit.Span{
		{Text: lang.L("Part"), Color: look.Muted},
		{Text: lang.L("Range in MiB"), Color: look.Muted},
		{Text: lang.L("State"), Color: look.Muted},
		{Text: lang.L("Tries"), Color: look.Muted},
		{Text: lang.L("Speed"), Color: look.Muted},
		{Text: lang.L("Last error"), Color: look.Muted},
	})
	p.ExtendBaseWidget(p)
	return p
}

// show lists the parts of a transfer, numbered from 1 to n, of which unfinished
// is the first that is not done.
func (p *partList) show(id uploader.ID, n, unfinished int) {
	if id != p.id {
		p.id, p.byHand, p.first = id, false, 0
		p.keys = p.keys[:0]
	}
	if n != len(p.keys) {
		p.keys = make([]int, n)
		for i := range p.keys {
			p.keys[i] = i + 1
		}
		p.list.SetKeys(p.keys)
	}
	if !p.byHand && unfinished != p.first && p.Size().Height > 0 {
		p.first = unfinished
		p.list.ScrollTo(max(0, float32(unfinished-2)*partLine)) // below the last that is done
	}
	p.list.Rebind()
}

// Height is for the list.
func (p *partList) Height(int, float32) float32 { return partLine }

// New is for the list.
func (p *partList) New() *partRow { return newPartRow() }

// Bind is for the list.
func (p *partList) Bind(r *partRow, number int) {
	p.buf = p.src.PartDetails(p.buf[:0], p.id, number, number)
	if len(p.buf) == 1 {
		r.set(p.texts(&p.buf[0]))
	}
}

func (p *partList) texts(d *uploader.PartDetail) [partColumns]kit.Span {
	state := kit.Span{Text: lang.L("To come"), Color: look.Muted}
	switch d.State {
	case uploader.PartSending:
		state = kit.Span{Text: lang.L("Sending, {{.Percent}}", map[string]any{"Percent": words.Percent(d.Sent, d.Size)}), Color: look.Accent}
	case uploader.PartRetrying:
		state = kit.Span{Text: lang.L("Trying again"), Color: look.Warn}
	case uploader.PartDone:
		state = kit.Span{Text: lang.L("Done"), Color: look.OK}
	}
	muted := func(s string) kit.Span { return kit.Span{Text: s, Color: look.Muted} }
	t := [partColumns]kit.Span{{Text: words.Number(d.Number), Color: look.Text}, muted(words.Mebibytes(d.Offset) + " – " + words.Mebibytes(d.Offset+d.Size)), state}
	if d.Attempts > 0 {
		t[3] = muted(words.Number(d.Attempts))
	}
	if d.Speed >= 1 {
		t[4] = muted(words.Speed(d.Speed))
	}
	if d.Err != nil {
		message, _ := p.src.Explain(d.Err)
		t[5] = muted(strings.TrimSuffix(message, "."))
	}
	return t
}

// FocusGained shows that the keys scroll the list.
func (p *partList) FocusGained() { p.border.Set(look.Clear, look.Accent, 2) }

// FocusLost undoes FocusGained.
func (p *partList) FocusLost() { p.border.Set(look.Clear, look.Clear, 0) }

// TypedRune hands runes on.
func (p *partList) TypedRune(r rune) { kit.PassRune(p, r) }

// TypedKey scrolls.
func (p *partList) TypedKey(e *fyne.KeyEvent) {
	by := map[fyne.KeyName]float32{
		fyne.KeyUp: -1, fyne.KeyDown: 1, fyne.KeyPageUp: 1 - partsShown, fyne.KeyPageDown: partsShown - 1,
		fyne.KeyHome: -math.MaxInt32, fyne.KeyEnd: math.MaxInt32,
	}[e.Name]
	if by == 0 {
		kit.PassKey(p, e)
		return
	}
	p.byHand = true
	p.list.ScrollTo(max(0, min(p.list.Offset()+by*partLine, partLine*float32(len(p.keys)-partsShown))))
}

// AccessibilityLabel names the list.
func (p *partList) AccessibilityLabel() string { return lang.L("Parts") }

// AccessibilityRole is a container's.
func (p *partList) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// CreateRenderer is for Fyne.
func (p *partList) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(partListLayout{}, p.border, p.head, container.NewThemeOverride(p.list, look.Flat{})))
}

type partListLayout struct{}

func (partListLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }
func (partListLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], -look.Space1, -2, size.Width+2*look.Space1, size.Height+4)
	put(o[1], 0, 0, size.Width, partsHead)
	put(o[2], 0, partsHead, size.Width, size.Height-partsHead)
}

// partColumns are number, range, state, attempts, speed and error.
const partColumns = 6

// partWidths are the columns' widths; the last takes the rest. In a narrow
// window those in partNarrow stand, and the error takes what is left of them.
var (
	partWidths = [partColumns]float32{52, 150, 112, 68, 84, 0}
	partNarrow = [partColumns]float32{44, 0, 112, 0, 0, 0}
)

// partRow is one line of the list.
type partRow struct {
	widget.BaseWidget
	cells [partColumns]*kit.Line
}

func newPartRow() *partRow {
	r := &partRow{}
	for i := range r.cells {
		r.cells[i] = kit.NewLine(look.TextCaption)
	}
	r.ExtendBaseWidget(r)
	return r
}

func (r *partRow) set(texts [partColumns]kit.Span) {
	for i, t := range texts {
		r.cells[i].Set(t)
	}
}

// CreateRenderer is for Fyne.
func (r *partRow) CreateRenderer() fyne.WidgetRenderer {
	o := make([]fyne.CanvasObject, partColumns)
	for i, c := range r.cells {
		o[i] = c
	}
	return widget.NewSimpleRenderer(container.New(partRowLayout{}, o...))
}

type partRowLayout struct{}

func (partRowLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, partLine) }
func (partRowLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	widths := partWidths
	if size.Width < 560 {
		widths = partNarrow
	}
	x := float32(0)
	for i, c := range o {
		w := widths[i]
		if i == partColumns-1 {
			w = max(0, size.Width-x)
		}
		show(c, w > 0)
		h := c.MinSize().Height
		put(c, x, (size.Height-h)/2, max(0, w-look.Space2), h)
		x += w
	}
}
