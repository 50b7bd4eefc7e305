package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/model"
	"chute/ui/internal/words"
	"chute/uploader"
)

// footer is the line of totals at the bottom, with what concerns all.
type footer struct {
	widget.BaseWidget
	w              *Window
	totals         *kit.Line
	speed          *kit.Picker
	pause, cancel  *kit.Button
	retry          *kit.Button
	copyAll, clear *kit.Button
	layout         *fyne.Container
}

const footerHeight float32 = 49

// speeds are the values of Settings.Speed.
var speeds = []string{"gentle", "normal", "full"}

func speedLabel(s string) string {
	switch s {
	case "gentle":
		return lang.L("Gentle")
	case "full":
		return lang.L("Full speed")
	}
	return lang.L("Normal speed")
}

func newFooter(w *Window) *footer {
	f := &footer{w: w, totals: kit.NewLine(look.TextCaption)}
	f.speed = kit.NewPicker(kit.Quiet, f.speedOptions)
	w.fix("speed", f.speed)
	f.cancel = kit.NewButton(kit.Quiet, lang.L("Cancel all"), w.cancelAll)
	f.retry = kit.NewButton(kit.Outlined, lang.L("Retry all"), w.retryAll)
	f.pause = kit.NewButton(kit.Outlined, "", nil)
	f.copyAll = kit.NewButton(kit.Outlined, lang.L("Copy all links"), w.copyAll)
	f.clear = kit.NewButton(kit.Outlined, lang.L("Clear"), w.clear)
	for _, b := range []*kit.Button{&f.speed.Button, f.cancel, f.retry, f.pause, f.copyAll, f.clear} {
		b.Small = true
	}
	f.layout = container.New(footerLayout{f}, kit.NewBox(look.Surface, look.Clear, 0), kit.NewBox(look.Border, look.Clear, 0),
		f.totals, f.speed, f.cancel, f.retry, f.pause, f.copyAll, f.clear)
	f.ExtendBaseWidget(f)
	return f
}

func (f *footer) speedOptions() []kit.Option {
	var o []kit.Option
	for _, s := range speeds {
		o = append(o, kit.Option{Label: speedLabel(s), Current: s == f.w.host.Settings().Speed, Run: func() {
			f.w.changeSettings(func(v *Settings) { v.Speed = s })
			f.update()
		}})
	}
	return o
}

// speedText is the speed chosen, and the limit where one holds all day.
func (f *footer) speedText() string {
	set := f.w.host.Settings()
	if set.Limit == "" || set.LimitFrom != "" {
		return speedLabel(set.Speed)
	}
	return lang.L("Up to {{.Speed}}", map[string]any{"Speed": set.Limit})
}

// update follows the totals.
func (f *footer) update() {
	m := f.w.list.model
	t := m.Total()
	f.totals.Set(f.phrase(t)...)

	unended := t.Files - t.Ended()
	canPause := t.Count(pausable...) > 0
	label, run := lang.L("Pause all"), f.w.pauseAll
	if !canPause {
		label, run = lang.L("Resume all"), f.w.resumeAll
	}
	f.pause.OnTap = run
	f.pause.SetText(label)
	f.speed.SetText(f.speedText())
	before := f.visible()
	// While files are sent there is one thing to do with all; the rest can wait.
	show(f.speed, unended > 0)
	show(f.cancel, unended > 1)
	show(f.retry, t.Count(uploader.Failed) > 1)
	show(f.pause, canPause || t.Count(uploader.Paused) > 0)
	show(f.copyAll, t.Count(uploader.Done) > 0 && !canPause)
	show(f.clear, t.Count(uploader.Done, uploader.Cancelled) > 0 && !canPause)
	if before != f.visible() {
		f.layout.Refresh()
	}
}

// visible says which controls are shown, from left to right.
func (f *footer) visible() [6]bool {
	return [...]bool{
		f.speed.Visible(), f.cancel.Visible(), f.retry.Visible(), f.pause.Visible(), f.copyAll.Visible(), f.clear.Visible(),
	}
}

// phrase says the totals: progress while there is any, else what came of it.
func (f *footer) phrase(t model.Tally) []kit.Span {
	strong := func(s string) []kit.Span { return []kit.Span{{Text: s, Color: look.Text, Bold: true}} }
	needs := words.Count("{{.N}} files need you", t.Count(uploader.Failed))
	if t.Ended() == t.Files {
		done := t.Count(uploader.Done)
		switch {
		case t.Count(uploader.Failed) > 0 && done > 0:
			return more(strong(needs), words.Count("{{.N}} files sent", done))
		case t.Count(uploader.Failed) > 0:
			return strong(needs)
		case done == 0:
			return more(strong(words.Count("{{.N}} files", t.Files)), lang.L("Cancelled"))
		}
		return more(strong(words.Count("{{.N}} files", done)), sizeIn(t.Size, f.w.list.model.Took()))
	}
	files := lang.L("{{.N}} of {{.Files}}", map[string]any{
		"N": words.Number(t.Count(uploader.Done)), "Files": words.Count("{{.N}} files", t.Files),
	})
	s := strong(files)
	if t.Count(uploader.Failed) > 0 {
		s = append(s, kit.Span{Text: " · ", Color: look.Muted}, kit.Span{Text: needs, Color: look.Err})
	}
	s = more(s, words.Of(words.Size(t.Sent), words.Size(t.Size)))
	for _, m := range moving(float64(t.Speed), t.Left()) {
		s = append(s, kit.Span{Text: "     " + m, Color: look.Muted})
	}
	return s
}

func sizeIn(size int64, took time.Duration) string {
	if took <= 0 {
		return words.Size(size)
	}
	return lang.L("{{.Size}} in {{.Time}}", map[string]any{"Size": words.Size(size), "Time": words.Span(took)})
}

// CreateRenderer is for Fyne.
func (f *footer) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(f.layout) }

// totalsRoom is how much room the totals may need while files are sent. It does
// not follow the numbers, so that no control comes and goes with them.
func (f *footer) totalsRoom() float32 {
	most := model.Tally{Files: 888, Size: 88_800_000_000, Sent: 8_880_000_000, Speed: 88_800_000}
	most.States[uploader.Sending] = most.Files
	room := float32(0)
	for _, s := range f.phrase(most) {
		room += look.Measure(s.Text, look.TextCaption, fyne.TextStyle{Bold: s.Bold}).Width
	}
	return room
}

type footerLayout struct{ f *footer }

func (footerLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, footerHeight) }

func (l footerLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	f := l.f
	put(o[0], 0, 0, size.Width, size.Height)
	put(o[1], 0, 0, size.Width, 1)
	// In a narrow window the totals matter more than what can be found elsewhere:
	// the speed is in the settings, and every row can be cancelled.
	spare := size.Width - 2*look.Space4 - f.totalsRoom()
	controls := []fyne.CanvasObject{f.clear, f.copyAll, f.pause, f.retry, f.cancel, f.speed}
	x := size.Width - look.Space4
	for _, b := range controls {
		m := b.MinSize()
		optional := b == fyne.CanvasObject(f.speed) || b == fyne.CanvasObject(f.cancel)
		if !b.Visible() || optional && m.Width > spare {
			put(b, -m.Width, 0, 0, 0)
			continue
		}
		x -= m.Width
		spare -= m.Width + look.Space2
		put(b, x, (footerHeight-m.Height)/2, m.Width, m.Height)
		x -= look.Space2
	}
	h := f.totals.MinSize().Height
	put(f.totals, look.Space4, (footerHeight-h)/2, x-look.Space4, h)
}
