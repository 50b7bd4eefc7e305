package kit

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/look"
)

// Para is wrapped text in several colours and weights. Its height follows from
// its width: see [ParaHeight].
type Para struct {
	widget.BaseWidget
	TextSize   float32
	LineHeight float32
	Center     bool
	spans      []Span
}

// NewPara makes a paragraph of body text.
func NewPara(spans ...Span) *Para {
	p := &Para{TextSize: look.TextBody, LineHeight: 20, spans: spans}
	p.ExtendBaseWidget(p)
	return p
}

// NewCaption makes a paragraph of caption text.
func NewCaption(spans ...Span) *Para {
	p := &Para{TextSize: look.TextCaption, LineHeight: 17, spans: spans}
	p.ExtendBaseWidget(p)
	return p
}

// Set changes the text.
func (p *Para) Set(spans ...Span) {
	if slices.Equal(spans, p.spans) {
		return
	}
	p.spans = slices.Clone(spans)
	p.Refresh()
}

// String is the whole text.
func (p *Para) String() string {
	var b strings.Builder
	for _, s := range p.spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// HeightFor is the height at a width.
func (p *Para) HeightFor(w float32) float32 {
	return float32(len(wrap(p.spans, p.TextSize, w))) * p.LineHeight
}

// ParaHeight is the height of a paragraph of body text at a width.
func ParaHeight(w float32, spans ...Span) float32 {
	return float32(len(wrap(spans, look.TextBody, w))) * 20
}

// CreateRenderer is for Fyne.
func (p *Para) CreateRenderer() fyne.WidgetRenderer { return &paraRenderer{p: p} }

type paraRenderer struct {
	p       *Para
	objects []fyne.CanvasObject
}

func (r *paraRenderer) Layout(size fyne.Size) {
	r.objects = r.objects[:0]
	for i, line := range wrap(r.p.spans, r.p.TextSize, size.Width) {
		x := float32(0)
		if r.p.Center {
			total := float32(0)
			for _, s := range line {
				total += width(s.Text, r.p.TextSize, fyne.TextStyle{Bold: s.Bold})
			}
			x = (size.Width - total) / 2
		}
		for _, s := range line {
			t := &canvas.Text{TextSize: r.p.TextSize, TextStyle: fyne.TextStyle{Bold: s.Bold}, Color: look.Color(s.Color)}
			setText(t, s.Text)
			m := t.MinSize()
			t.Resize(m)
			t.Move(fyne.NewPos(x, float32(i)*r.p.LineHeight+(r.p.LineHeight-m.Height)/2))
			x += m.Width
			r.objects = append(r.objects, t)
		}
	}
}

// MinSize has the height at the present width, and no width of its own.
func (r *paraRenderer) MinSize() fyne.Size {
	w := r.p.Size().Width
	if w == 0 {
		return fyne.NewSize(0, r.p.LineHeight)
	}
	return fyne.NewSize(0, r.p.HeightFor(w))
}

func (r *paraRenderer) Refresh() {
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}

func (r *paraRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *paraRenderer) Destroy()                     {}

// wrap breaks spans into lines at line feeds and where [breaks] allows. What is longer than a
// line is cut.
func wrap(spans []Span, size, room float32) [][]Span {
	var lines [][]Span
	var line []Span
	x := float32(0)
	feed := func() { lines, line, x = append(lines, line), nil, 0 }
	put := func(s Span, w float32) {
		if n := len(line); n > 0 && line[n-1].Color == s.Color && line[n-1].Bold == s.Bold {
			line[n-1].Text += s.Text
		} else {
			line = append(line, s)
		}
		x += w
	}
	for _, s := range spans {
		style := fyne.TextStyle{Bold: s.Bold}
		for i, text := range strings.Split(s.Text, "\n") {
			if i > 0 {
				feed()
			}
			for word := range breaks(text) {
				w := width(strings.TrimRight(word, " "), size, style)
				if x > 0 && x+w > room {
					feed()
				}
				for w > room && room > 0 {
					head := strings.TrimSuffix(Elide(word, room, size, style), "…")
					if head == "" {
						break // not even one character fits
					}
					put(Span{head, s.Color, s.Bold}, room)
					feed()
					word = word[len(head):]
					w = width(word, size, style)
				}
				if word != "" {
					put(Span{word, s.Color, s.Bold}, width(word, size, style))
				}
			}
		}
	}
	return append(lines, line)
}
