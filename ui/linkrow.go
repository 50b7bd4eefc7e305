package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/words"
)

// linkRow shows one thing that was sent, and what can be done with its link. It
// is used again for others as the list scrolls.
type linkRow struct {
	widget.BaseWidget
	links *links
	link  SentLink // its ID is empty while it is being read

	card    *kit.Box
	hover   *canvas.Rectangle
	tile    *kit.Icon
	title   *kit.Line
	caption *kit.Line
	chip    *kit.Chip
	main    *kit.Button
	qr      *kit.Button
	more    *kit.Button
}

var (
	_ fyne.Tappable          = (*linkRow)(nil)
	_ fyne.SecondaryTappable = (*linkRow)(nil)
	_ desktop.Hoverable      = (*linkRow)(nil)
)

const linkRowHeight float32 = 62

func newLinkRow(l *links) *linkRow {
	r := &linkRow{
		links: l,
		card:  kit.NewBox(look.Surface, look.Border, look.RadiusCard),
		hover: &canvas.Rectangle{CornerRadius: look.RadiusCard},
		tile:  kit.NewTile("file", look.Accent, look.AccentSoft),
		title: kit.NewLine(look.TextBody), caption: kit.NewLine(look.TextCaption),
		chip: kit.NewChip(),
	}
	r.title.Middle = true
	r.main = kit.NewButton(kit.Outlined, "", func() { l.act(r.link, l.mainAction(r.link)) })
	_, name := actQR.button()
	r.qr = kit.NewIconButton("qr", name, func() { l.act(r.link, actQR) })
	r.more = kit.NewIconButton("more", lang.L("More"), func() { l.showMenu(r.link, below(r.more)) })
	r.ExtendBaseWidget(r)
	return r
}

// below is where a menu of a button opens.
func below(o fyne.CanvasObject) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).AddXY(0, o.Size().Height+look.Space1)
}

// set shows a link; the zero link is one that is still being read.
func (r *linkRow) set(l SentLink, now time.Time, focused bool) {
	r.link = l
	stroke, width := look.Border, float32(1)
	if focused {
		stroke, width = look.Accent, 2
	}
	r.card.Set(look.Surface, stroke, width)
	state := l.State(now)
	read := l.ID != ""
	icon := look.FileIcon(l.Name)
	if l.Files > 0 {
		icon = "page"
	}
	if r.tile.Name != icon {
		r.tile.Name = icon
		r.tile.Refresh()
	}
	r.title.Set(kit.Span{Text: linkTitle(l), Color: look.Text, Bold: true})
	r.caption.Set(r.captionSpans(state, now)...)
	text, t := stateWords(l, state, now)
	r.chip.Set(text, t.strong, t.soft)
	_, label := r.links.mainAction(l).button()
	show(r.main, read && state != LinkDeleted)
	r.main.SetText(label)
	show(r.qr, state == LinkWorks || state == LinkForever)
	show(r.chip, read)
	show(r.more, read)
	r.Refresh()
}

// linkTitle names what was sent. A page is called by its title and how much it
// lists.
func linkTitle(l SentLink) string {
	if l.Files > 0 {
		return words.Count("{{.Title}}, {{.N}} files", l.Files, "Title", pageTitle(l.Name))
	}
	return l.Name
}

func (r *linkRow) captionSpans(state LinkState, now time.Time) []kit.Span {
	l := r.link
	if l.ID == "" {
		return nil
	}
	rest := []kit.Span{{Text: words.Size(l.Size) + " · " + displayName(l.Destination) + " · " + words.Past(l.Sent, now), Color: look.Muted}}
	if !r.narrow() {
		return rest
	}
	text, t := stateWords(l, state, now)
	return append([]kit.Span{{Text: text, Color: t.strong}, {Text: " · ", Color: look.Muted}}, rest...)
}

// stateWords says what a link is good for.
func stateWords(l SentLink, state LinkState, now time.Time) (string, tone) {
	quiet := toneQuiet
	switch state {
	case LinkDeleted:
		return lang.L("deleted"), quiet
	case LinkNone:
		return lang.L("no link"), quiet
	case LinkForever:
		return lang.L("does not expire"), toneDone
	case LinkExpired:
		return lang.L("expired"), quiet
	}
	if left := l.Expires.Sub(now); left < soonOver {
		return words.Left(left), toneWait
	}
	return lang.L("until {{.When}}", map[string]any{"When": words.Moment(l.Expires, now)}), toneDone
}

func (r *linkRow) narrow() bool { return r.Size().Width < 600 }

// Tapped selects the row.
func (r *linkRow) Tapped(*fyne.PointEvent) { r.links.tap(r.link.Number) }

// TappedSecondary opens the row's menu.
func (r *linkRow) TappedSecondary(e *fyne.PointEvent) { r.links.showMenu(r.link, e.AbsolutePosition) }

// AccessibilityLabel is what the row says.
func (r *linkRow) AccessibilityLabel() string {
	return r.title.String() + ", " + r.chip.String() + ", " + r.caption.String()
}

// AccessibilityRole is a container's: the row's buttons have roles of their own.
func (r *linkRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// MouseIn lights the row.
func (r *linkRow) MouseIn(*desktop.MouseEvent) {
	r.hover.FillColor = look.Color(theme.ColorNameHover)
	r.hover.Refresh()
}

// MouseMoved does nothing.
func (r *linkRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut undoes MouseIn.
func (r *linkRow) MouseOut() {
	r.hover.FillColor = look.Color(look.Clear)
	r.hover.Refresh()
}

// CreateRenderer is for Fyne.
func (r *linkRow) CreateRenderer() fyne.WidgetRenderer {
	return &linkRowRenderer{r, []fyne.CanvasObject{r.card, r.hover, r.tile, r.title, r.caption, r.chip, r.main, r.qr, r.more}}
}

type linkRowRenderer struct {
	r       *linkRow
	objects []fyne.CanvasObject
}

func (w *linkRowRenderer) Layout(size fyne.Size) {
	r := w.r
	put(r.card, 0, 0, size.Width, size.Height)
	put(r.hover, 0, 0, size.Width, size.Height)
	top := (size.Height - look.TileSize) / 2
	put(r.tile, 14, top, look.TileSize, look.TileSize)
	x := size.Width - look.Space3
	y := (size.Height - look.HitSize) / 2
	for _, b := range []fyne.CanvasObject{r.more, r.qr} { // the places stay where one has none
		x -= look.HitSize
		put(b, x, y, look.HitSize, look.HitSize)
		x -= look.Space1
	}
	if r.main.Visible() {
		m := r.main.MinSize().Width
		x -= m
		put(r.main, x, y, m, look.HitSize)
		x -= look.Space3
	}
	r.caption.Set(r.captionSpans(r.link.State(r.links.now()), r.links.now())...)
	if r.narrow() {
		put(r.chip, -1000, 0, 0, 0)
	} else {
		m := r.chip.MinSize()
		x -= m.Width
		put(r.chip, x, (size.Height-m.Height)/2, m.Width, m.Height)
		x -= look.Space3
	}
	left := 14 + look.TileSize + look.Space3
	put(r.title, left, top-1, max(0, x-left), 20)
	put(r.caption, left, top+19, max(0, x-left), 17)
}

func (w *linkRowRenderer) MinSize() fyne.Size { return fyne.NewSize(0, linkRowHeight) }

func (w *linkRowRenderer) Refresh() {
	w.Layout(w.r.Size())
	canvas.Refresh(w.r)
}

func (w *linkRowRenderer) Objects() []fyne.CanvasObject { return w.objects }
func (w *linkRowRenderer) Destroy()                     {}
