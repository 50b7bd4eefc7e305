package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// testResults shows how the test of a destination goes, step by step.
type testResults struct {
	widget.BaseWidget
	w      *Window
	column *kit.Column
	rows   []fyne.CanvasObject
	card   *kit.Card
	failed bool
}

func newTestResults(w *Window) *testResults {
	t := &testResults{w: w, column: kit.NewColumn(look.Space1)}
	t.card = kit.NewCard(look.Surface, look.Border, t.column)
	t.ExtendBaseWidget(t)
	return t
}

// HeightFor is the height at a width.
func (t *testResults) HeightFor(width float32) float32 { return t.card.HeightFor(width) }

// CreateRenderer is for Fyne.
func (t *testResults) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.card) }

func (t *testResults) begin() {
	t.rows, t.failed = nil, false
	t.column.Set(kit.NewPara(kit.Span{Text: lang.L("Testing…"), Color: look.Muted}))
}

// stepName is a step as the user reads it.
func stepName(name string) string {
	switch name {
	case "upload":
		return lang.L("Upload")
	case "link":
		return lang.L("Link")
	case "delete":
		return lang.L("Delete")
	}
	return name
}

func (t *testResults) add(s TestStep) {
	icon, color := "check", look.OK
	if !s.OK {
		icon, color, t.failed = "close", look.Err, true
	}
	text := []kit.Span{{Text: stepName(s.Name), Color: color, Bold: true}}
	if s.Message != "" {
		text = append(text, kit.Span{Text: " – " + s.Message, Color: look.Text})
	}
	if s.Hint != "" {
		text = append(text, kit.Span{Text: " " + s.Hint, Color: look.Muted})
	}
	t.rows = append(t.rows, newStepRow(kit.NewIcon(icon, color), kit.NewPara(text...)))
	if s.Policy != "" {
		policy := kit.NewButton(kit.Outlined, lang.L("Show the policy to paste"), func() {
			showPolicy(t.w.win.Canvas(), s.Policy, func(text string) { t.w.copy(text, nil) })
		})
		t.rows = append(t.rows, container.New(stepIndent{}, policy))
	}
	t.column.Set(t.rows...)
}

func (t *testResults) end() {
	if !t.failed && len(t.rows) > 0 {
		t.rows = append(t.rows, kit.NewPara(kit.Span{Text: lang.L("It works."), Color: look.OK, Bold: true}))
	}
	t.column.Set(t.rows...)
}

// stepRow is an icon and the text beside it.
type stepRow struct {
	widget.BaseWidget
	icon fyne.CanvasObject
	text *kit.Para
}

const stepInset = look.IconSize + look.Space2

func newStepRow(icon fyne.CanvasObject, text *kit.Para) *stepRow {
	r := &stepRow{icon: icon, text: text}
	r.ExtendBaseWidget(r)
	return r
}

// HeightFor is the height at a width.
func (r *stepRow) HeightFor(width float32) float32 { return r.text.HeightFor(width - stepInset) }

// CreateRenderer is for Fyne.
func (r *stepRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(stepLayout{r}, r.icon, r.text))
}

type stepLayout struct{ r *stepRow }

func (l stepLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, l.r.HeightFor(l.r.Size().Width))
}

func (l stepLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	put(l.r.icon, 0, 1, look.IconSize, look.IconSize)
	put(l.r.text, stepInset, 0, size.Width-stepInset, size.Height)
}

// stepIndent puts a button under the text of a step.
type stepIndent struct{}

func (stepIndent) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }
func (stepIndent) Layout(o []fyne.CanvasObject, _ fyne.Size) {
	m := o[0].MinSize()
	put(o[0], stepInset, 0, m.Width, m.Height)
}
