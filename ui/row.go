package ui

import (
	"slices"
	"strings"

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
	menu   func(model.Key, fyne.Position)
	rest   func(*row) // the pointer came
	leave  func()     // and went

	card     *kit.Box
	hover    *canvas.Rectangle
	tile     *kit.Box
	icon     *canvas.Image
	title    *kit.Line
	caption  *kit.Line
	main     *kit.Button   // with a text
	buttons  []*kit.Button // from left to right
	bar      *kit.Bar
	strip    *kit.Strip
	errCard  *kit.Box
	errText  *kit.Para
	remedy   *kit.Button
	copyInfo *kit.Button
	panel    *panel // nil until the row is opened for the first time
	parts    partSource
}

var (
	_ fyne.Tappable     = (*row)(nil)
	_ desktop.Hoverable = (*row)(nil)
)

// maxButtons is the most icon buttons that a row has.
const maxButtons = 4

func newRow(t *transfers) *row {
	r := &row{
		act: t.act, tapped: t.tap, menu: t.showMenu, rest: t.rest, leave: t.peek.Leave, parts: t.host, face: face{bar: -1},
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
	}
	r.title.Middle = true
	r.main = kit.NewButton(kit.Outlined, "", func() { r.act(r.key, r.face.main) })
	r.remedy = kit.NewButton(kit.Filled, "", func() { r.act(r.key, r.face.remedy) })
	r.copyInfo = kit.NewButton(kit.Outlined, lang.L("Copy details"), func() { r.act(r.key, actCopyDetails) })
	for range maxButtons {
		r.buttons = append(r.buttons, kit.NewIconButton("close", "", nil))
	}
	r.ExtendBaseWidget(r)
	return r
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
	} else if len(f.details) > 0 {
		r.panel.set(f)
	}
}

// setParts shows the parts of the transfer: as a strip where the row has one,
// and as a list where it is open.
func (r *row) setParts(parts []uploader.Part) {
	if r.face.strip {
		r.strip.Set(parts)
	}
	if r.face.parts > 0 {
		unfinished := slices.IndexFunc(parts, func(p uploader.Part) bool { return p.State != uploader.PartDone })
		r.panel.parts.show(r.key.ID, len(parts), unfinished+1)
	}
}

func barColor(t tone) fyne.ThemeColorName {
	if t == toneQuiet {
		return look.Muted
	}
	return t.strong
}

func errorSpans(message, hint string) []kit.Span {
	message, lines, long := strings.Cut(message, "\n")
	spans, gap := []kit.Span{{Text: message, Color: look.Text, Bold: true}}, " "
	if long {
		spans, gap = append(spans, kit.Span{Text: "\n" + lines, Color: look.Text}), "\n"
	}
	if hint != "" {
		spans = append(spans, kit.Span{Text: gap + hint, Color: look.Text})
	}
	return spans
}

// sameShape says that nothing is where it was not before.
func sameShape(a, b face) bool {
	return a.main == b.main && a.mainLabel == b.mainLabel && slices.Equal(a.actions, b.actions) && a.strip == b.strip &&
		(a.bar >= 0) == (b.bar >= 0) && a.remedy == b.remedy && a.remedyLabel == b.remedyLabel &&
		a.message == b.message && a.hint == b.hint &&
		len(a.details) == len(b.details) && slices.Equal(a.copies, b.copies) && a.parts == b.parts && a.nested == b.nested
}

// shape shows and hides what the face has and has not.
func (r *row) shape() {
	f := r.face
	show(r.main, f.main != actNone)
	r.main.SetText(f.mainLabel)
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
	r.remedy.SetText(f.remedyLabel)
	if len(f.details) > 0 && r.panel == nil {
		r.panel = newPanel(func(a action) { r.act(r.key, a) }, r.parts)
	}
	if r.panel != nil {
		show(r.panel, len(f.details) > 0)
		r.panel.set(f)
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
func (r *row) Tapped(*fyne.PointEvent) {
	r.leave()
	r.tapped(r.key)
}

// TappedSecondary opens the row's menu.
func (r *row) TappedSecondary(e *fyne.PointEvent) { r.menu(r.key, e.AbsolutePosition) }

// AccessibilityLabel is what the row says.
func (r *row) AccessibilityLabel() string { return r.title.String() + ", " + r.caption.String() }

// AccessibilityRole is a container's: the row's buttons have roles of their own.
func (r *row) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// MouseIn lights the row.
func (r *row) MouseIn(*desktop.MouseEvent) {
	r.hover.FillColor = look.Color(theme.ColorNameHover)
	r.hover.Refresh()
	r.rest(r)
}

// MouseMoved does nothing.
func (r *row) MouseMoved(*desktop.MouseEvent) {}

// MouseOut undoes MouseIn.
func (r *row) MouseOut() {
	r.hover.FillColor = look.Color(look.Clear)
	r.hover.Refresh()
	r.leave()
}

// CreateRenderer is for Fyne.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	o := []fyne.CanvasObject{r.card, r.hover, r.tile, r.icon, r.title, r.caption, r.main}
	for _, b := range r.buttons {
		o = append(o, b)
	}
	r.shape()
	return &rowRenderer{r, append(o, r.bar, r.strip, r.errCard, r.errText, r.remedy, r.copyInfo)}
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

func (w *rowRenderer) Objects() []fyne.CanvasObject {
	if w.r.panel == nil {
		return w.objects
	}
	return append(w.objects[:len(w.objects):len(w.objects)], w.r.panel)
}
func (w *rowRenderer) Destroy() {}
