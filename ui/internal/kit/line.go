package kit

import (
	"slices"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/look"
)

// Span is a run of text in one colour.
type Span struct {
	Text  string
	Color fyne.ThemeColorName
	Bold  bool
}

// Line is one line of text in several colours. What does not fit ends in an
// ellipsis; the text never makes the window wider.
type Line struct {
	widget.BaseWidget
	TextSize float32
	// Middle keeps the end of an only span that does not fit: a file's extension.
	Middle bool
	spans  []Span
}

// NewLine makes a line.
func NewLine(size float32, spans ...Span) *Line {
	l := &Line{TextSize: size, spans: spans}
	l.ExtendBaseWidget(l)
	return l
}

// Set changes the text; the same text costs nothing.
func (l *Line) Set(spans ...Span) {
	if slices.Equal(spans, l.spans) {
		return
	}
	l.spans = append(l.spans[:0], spans...)
	l.Refresh()
}

// String is the whole text.
func (l *Line) String() string {
	s := ""
	for _, sp := range l.spans {
		s += sp.Text
	}
	return s
}

// Natural is the width that shows the whole text.
func (l *Line) Natural() float32 {
	w := float32(0)
	for _, s := range l.spans {
		w += width(s.Text, l.TextSize, fyne.TextStyle{Bold: s.Bold})
	}
	return w
}

// CreateRenderer is for Fyne.
func (l *Line) CreateRenderer() fyne.WidgetRenderer {
	r := &lineRenderer{l: l}
	r.apply()
	return r
}

type lineRenderer struct {
	l     *Line
	texts []fyne.CanvasObject
}

func (r *lineRenderer) apply() {
	for len(r.texts) < len(r.l.spans) {
		r.texts = append(r.texts, &canvas.Text{})
	}
	r.texts = r.texts[:len(r.l.spans)]
	room, x := r.l.Size().Width, float32(0)
	for i, o := range r.texts {
		t, s := o.(*canvas.Text), r.l.spans[i]
		t.TextSize, t.TextStyle, t.Color = r.l.TextSize, fyne.TextStyle{Bold: s.Bold}, look.Color(s.Color)
		setText(t, s.Text)
		size := t.MinSize()
		if x+size.Width > room {
			if r.l.Middle {
				setText(t, elideMiddle(s.Text, room-x, t.TextSize, t.TextStyle))
			} else {
				setText(t, Elide(s.Text, room-x, t.TextSize, t.TextStyle))
			}
			size = t.MinSize()
		}
		t.Move(fyne.NewPos(x, (r.l.Size().Height-size.Height)/2))
		t.Resize(size)
		x += size.Width
		if t.Text != s.Text {
			room = 0 // nothing after an ellipsis
		}
	}
}

func (r *lineRenderer) MinSize() fyne.Size {
	return fyne.NewSize(0, look.Measure("Mg", r.l.TextSize, fyne.TextStyle{}).Height)
}

func (r *lineRenderer) Layout(fyne.Size) { r.apply() }

func (r *lineRenderer) Refresh() {
	r.apply()
	canvas.Refresh(r.l)
}

func (r *lineRenderer) Objects() []fyne.CanvasObject { return r.texts }
func (r *lineRenderer) Destroy()                     {}

// newText makes a text of regular style.
func newText(text string, size float32) *canvas.Text {
	t := &canvas.Text{TextSize: size}
	setText(t, text)
	return t
}

// setText gives a text, whose style it has already, its content.
func setText(t *canvas.Text, text string) {
	t.Text, t.FontSource = text, look.Font(text, t.TextStyle)
}

func width(text string, size float32, style fyne.TextStyle) float32 {
	return look.Measure(text, size, style).Width
}

// Elide shortens text to fit, with an ellipsis at its end; empty where not even
// that fits.
func Elide(text string, room, size float32, style fyne.TextStyle) string {
	r := []rune(text)
	return elide(room, size, style, len(r), func(n int) string { return string(r[:n]) + "…" })
}

// elideMiddle keeps the last characters.
func elideMiddle(text string, room, size float32, style fyne.TextStyle) string {
	r := []rune(text)
	const tail = 8
	if len(r) <= 2*tail {
		return Elide(text, room, size, style)
	}
	end := "…" + string(r[len(r)-tail:])
	if s := elide(room, size, style, len(r)-tail, func(n int) string { return string(r[:n]) + end }); s != "" {
		return s
	}
	return Elide(text, room, size, style)
}

// elide finds the longest of n shortenings that fits.
func elide(room, size float32, style fyne.TextStyle, n int, cut func(int) string) string {
	first := sort.Search(n, func(i int) bool { return width(cut(i), size, style) > room }) // the first that is too long
	if first == 0 {
		return ""
	}
	return cut(first - 1)
}
