package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/model"
	"chute/uploader"
)

// row shows one transfer or folder. It is used again for others as the list
// scrolls; set gives it its content, and touches only what differs.
type row struct {
	widget.BaseWidget
	key  model.Key
	face face

	// act is told what the user wants of the row, and tapped that it was
	// tapped beside its buttons.
	act    func(model.Key, action)
	tapped func(model.Key)

	card     *kit.Box
	hover    *canvas.Rectangle
	tile     *kit.Box
	icon     *canvas.Image
	title    *kit.Line
	caption  *kit.Line
	copy     *kit.Button
	buttons  []*kit.Button // from left to right
	bar      *kit.Bar
	strip    *kit.Strip
	errCard  *kit.Box
	errText  *kit.Para
	remedy   *kit.Button
	copyInfo *kit.Button
	divider  *kit.Box
	labels   []*kit.Line
	values   []*kit.Line
}

var (
	_ fyne.Tappable     = (*row)(nil)
	_ desktop.Hoverable = (*row)(nil)
)

// The most buttons and details that a row has.
const (
	maxButtons = 4
	maxDetails = 6
)

func newRow(act func(model.Key, action), tapped func(model.Key)) *row {
	r := &row{
		act: act, tapped: tapped, face: face{bar: -1},
		card:    kit.NewBox(look.Surface, look.Border, look.RadiusCard),
		hover:   &canvas.Rectangle{CornerRadius: look.RadiusCard},
		tile:    kit.NewBox(look.AccentSoft, look.Clear, look.RadiusField),
		icon:    &canvas.Image{FillMode: canvas.ImageFillContain},
		title:   kit.NewLine(look.TextBody),
		caption: kit.NewLine(look.TextCaption),
		bar:     kit.NewBar(),
		strip:   kit.NewStrip(),
		errCard: kit.NewBox(look.ErrSoft, look.Clear, look.RadiusField),
		errText: kit.NewPara(),
		divider: kit.NewBox(look.Border, look.Clear, 0),
	}
	r.title.Middle = true
	r.copy = kit.NewButton(kit.Outlined, "", func() { r.act(r.key, actCopy) })
	r.remedy = kit.NewButton(kit.Filled, "", func() { r.act(r.key, r.face.remedy) })
	r.copyInfo = kit.NewButton(kit.Outlined, lang.L("Copy details"), func() { r.act(r.key, actDetails) })
	for range maxButtons {
		r.buttons = append(r.buttons, kit.NewIconButton("close", "", nil))
	}
	for range maxDetails {
		r.labels = append(r.labels, kit.NewLine(look.TextCaption))
		r.values = append(r.values, kit.NewLine(look.TextBody-1))
	}
	r.ExtendBaseWidget(r)
	return r
}

// icons and names of the actions that are icon buttons.
func (a action) button() (icon, name string) {
	switch a {
	case actPause:
		return "pause", lang.L("Pause")
	case actResume:
		return "play", lang.L("Resume")
	case actCancel:
		return "close", lang.L("Cancel")
	case actRetry:
		return "retry", lang.L("Retry")
	case actEnterKey:
		return "edit", lang.L("Enter key")
	case actEnterSecret:
		return "edit", lang.L("Enter secret")
	case actOpen:
		return "open", lang.L("Open in the browser")
	case actRemove:
		return "close", lang.L("Take off the list")
	case actExpand:
		return "right", lang.L("Show the files")
	case actCollapse:
		return "down", lang.L("Hide the files")
	}
	return "", ""
}

// set shows f for k.
func (r *row) set(k model.Key, f face) {
	old := r.face
	fresh := r.key != k
	r.key, r.face = k, f
	stroke, width := look.Border, float32(1)
	if f.focused {
		stroke, width = look.Accent, 2
	}
	r.card.Set(look.Surface, stroke, width)
	r.title.Set(kit.Span{Text: f.title, Color: look.Text, Bold: true})
	r.caption.Set(f.caption...)
	if f.icon != old.icon || f.tone != old.tone {
		r.tile.Set(f.tone.soft, look.Clear, 0)
		if f.icon != "" {
			r.icon.Resource = look.Colored(f.icon, f.tone.strong)
			r.icon.Refresh()
		}
	}
	if f.bar >= 0 && !f.strip {
		r.bar.Set(f.bar, barColor(f.tone))
	}
	if f.message != "" {
		r.errText.Set(errorSpans(f.message, f.hint)...)
	}
	if fresh || !sameShape(old, f) {
		r.shape()
		r.Refresh()
	} else if !slices.Equal(old.details, f.details) {
		r.setDetails()
		r.place(r.Size()) // widths follow the values
	}
}

// setParts shows the parts of the transfer.
func (r *row) setParts(parts []uploader.Part) { r.strip.Set(parts) }

func barColor(t tone) fyne.ThemeColorName {
	if t == toneQuiet {
		return look.Muted
	}
	return t.strong
}

func errorSpans(message, hint string) []kit.Span {
	spans := []kit.Span{{Text: message, Color: look.Text, Bold: true}}
	if hint != "" {
		spans = append(spans, kit.Span{Text: " " + hint, Color: look.Text})
	}
	return spans
}

// sameShape says that nothing is where it was not before.
func sameShape(a, b face) bool {
	return a.copyLabel == b.copyLabel && slices.Equal(a.actions, b.actions) && a.strip == b.strip &&
		(a.bar >= 0) == (b.bar >= 0) && a.remedy == b.remedy && a.message == b.message && a.hint == b.hint &&
		len(a.details) == len(b.details) && a.nested == b.nested
}

// shape shows and hides what the face has and has not.
func (r *row) shape() {
	f := r.face
	show(r.copy, f.copyLabel != "")
	r.copy.SetText(f.copyLabel)
	for i, b := range r.buttons {
		show(b, i < len(f.actions))
		if i < len(f.actions) {
			a := f.actions[i]
			icon, name := a.button()
			b.SetAction(icon, name, func() { r.act(r.key, a) })
		}
	}
	show(r.strip, f.strip)
	show(r.bar, f.bar >= 0 && !f.strip)
	for _, o := range []fyne.CanvasObject{r.errCard, r.errText, r.remedy, r.copyInfo} {
		show(o, f.message != "")
	}
	_, remedy := f.remedy.button()
	r.remedy.SetText(remedy)
	show(r.divider, len(f.details) > 0)
	r.setDetails()
}

func (r *row) setDetails() {
	for i := range maxDetails {
		on := i < len(r.face.details)
		show(r.labels[i], on)
		show(r.values[i], on)
		if on {
			r.labels[i].Set(kit.Span{Text: r.face.details[i].label, Color: look.Muted})
			r.values[i].Set(kit.Span{Text: r.face.details[i].value, Color: look.Text})
		}
	}
}

func show(o fyne.CanvasObject, on bool) {
	if o.Visible() != on {
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
}

// Tapped selects the row.
func (r *row) Tapped(*fyne.PointEvent) { r.tapped(r.key) }

// MouseIn lights the row.
func (r *row) MouseIn(*desktop.MouseEvent) {
	r.hover.FillColor = look.Color(theme.ColorNameHover)
	r.hover.Refresh()
}

// MouseMoved does nothing.
func (r *row) MouseMoved(*desktop.MouseEvent) {}

// MouseOut undoes MouseIn.
func (r *row) MouseOut() {
	r.hover.FillColor = look.Color(look.Clear)
	r.hover.Refresh()
}

// CreateRenderer is for Fyne.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	o := []fyne.CanvasObject{r.card, r.hover, r.tile, r.icon, r.title, r.caption, r.copy}
	for _, b := range r.buttons {
		o = append(o, b)
	}
	o = append(o, r.bar, r.strip, r.errCard, r.errText, r.remedy, r.copyInfo, r.divider)
	for i := range maxDetails {
		o = append(o, r.labels[i], r.values[i])
	}
	r.shape()
	return &rowRenderer{r, o}
}

type rowRenderer struct {
	r       *row
	objects []fyne.CanvasObject
}

func (w *rowRenderer) Layout(size fyne.Size) { w.r.place(size) }
func (w *rowRenderer) MinSize() fyne.Size {
	return fyne.NewSize(0, rowHeight(w.r.face, w.r.Size().Width, nil))
}

func (w *rowRenderer) Refresh() {
	w.r.place(w.r.Size())
	canvas.Refresh(w.r)
}
func (w *rowRenderer) Objects() []fyne.CanvasObject { return w.objects }
func (w *rowRenderer) Destroy()                     {}
