package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/look"
)

// label is the name of a control that stands beside it.
type label struct{ name string }

func (l *label) setName(name string) { l.name = name }

// named is a control whose name stands beside it.
type named interface{ setName(name string) }

// Entry is Fyne's entry, except that Escape and F1 reach the window, that it
// has a name, and that it can tell when it gets the focus.
type Entry struct {
	widget.Entry
	label
	OnFocused func() // nil: nobody is told
}

// AccessibilityLabel is the name of the field.
func (e *Entry) AccessibilityLabel() string { return e.name }

// AccessibilityRole is a text's: Fyne has none for entries.
func (e *Entry) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// NewEntry makes an entry that shows hint while it is empty.
func NewEntry(hint string) *Entry {
	e := &Entry{}
	e.PlaceHolder = hint
	e.Scroll = fyne.ScrollHorizontalOnly
	e.ExtendBaseWidget(e)
	return e
}

// NewSecret makes an entry that hides what is typed.
func NewSecret(hint string) *Entry {
	e := NewEntry(hint)
	e.Password = true
	return e
}

// TypedKey hands Escape and F1 on.
func (e *Entry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape || k.Name == fyne.KeyF1 {
		PassKey(e, k)
		return
	}
	e.Entry.TypedKey(k)
}

// FocusGained is for Fyne.
func (e *Entry) FocusGained() {
	e.Entry.FocusGained()
	if e.OnFocused != nil {
		e.OnFocused()
	}
}

// Combo is an entry with a list of what others enter there.
type Combo struct {
	widget.SelectEntry
	label
}

// AccessibilityLabel is the name of the field.
func (c *Combo) AccessibilityLabel() string { return c.name }

// AccessibilityRole is a text's: Fyne has none for entries.
func (c *Combo) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// NewCombo makes one that holds text.
func NewCombo(text string) *Combo {
	c := &Combo{}
	c.Scroll = fyne.ScrollHorizontalOnly
	c.ExtendBaseWidget(c)
	c.Text = text
	return c
}

// TypedKey hands Escape and F1 on.
func (c *Combo) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape || k.Name == fyne.KeyF1 {
		PassKey(c, k)
		return
	}
	c.SelectEntry.TypedKey(k)
}

// Field is a control with its label, and below it what is wrong with it.
type Field struct {
	widget.BaseWidget
	Control fyne.CanvasObject
	label   *canvas.Text
	border  *Box // of an entry
	err     *Para
}

// NewField makes a field.
func NewField(label string, control fyne.CanvasObject) *Field {
	f := &Field{
		Control: control, err: NewCaption(), label: newText(label, look.TextBody),
		border: NewBox(look.Surface, look.Border, look.RadiusField),
	}
	f.err.Hide()
	f.nameControl()
	switch control.(type) {
	case *Entry, *Combo:
	default:
		f.border.Hide()
	}
	f.ExtendBaseWidget(f)
	return f
}

func (f *Field) nameControl() {
	if n, ok := f.Control.(named); ok {
		n.setName(f.label.Text)
	}
}

// Boxed gives an entry the border of a field, for controls that have it within.
func Boxed(e *Entry) fyne.CanvasObject {
	return container.NewStack(NewBox(look.Surface, look.Border, look.RadiusField), e)
}

// Label is the field's name.
func (f *Field) Label() string { return f.label.Text }

// SetLabel changes the field's name.
func (f *Field) SetLabel(text string) {
	if f.label.Text != text {
		setText(f.label, text)
		f.nameControl()
		f.Refresh()
	}
}

// SetError says what is wrong; empty: nothing. Whoever holds the field lays it
// out again.
func (f *Field) SetError(text string) {
	f.err.Set(Span{Text: text, Color: look.Err})
	f.err.Hidden = text == ""
}

// Error is what is wrong.
func (f *Field) Error() string {
	if f.err.Hidden {
		return ""
	}
	return f.err.String()
}

// The widths of a form: labels stand beside the controls, in a narrow window
// above them.
const (
	labelColumn  float32 = 150
	fieldNarrow  float32 = 480
	controlLeast float32 = 36
)

func (f *Field) controlHeight(width float32) float32 {
	if c, ok := f.Control.(Flowing); ok {
		return c.HeightFor(width)
	}
	return max(controlLeast, f.Control.MinSize().Height)
}

// labelAbove is the height of the label above the control, with its gap.
func (f *Field) labelAbove(width float32) float32 {
	if width >= fieldNarrow || f.label.Text == "" {
		return 0
	}
	return f.label.MinSize().Height + look.Space1
}

// HeightFor is the height at a width.
func (f *Field) HeightFor(width float32) float32 {
	h := f.labelAbove(width)
	if width >= fieldNarrow {
		width -= labelColumn
	}
	h += f.controlHeight(width)
	if !f.err.Hidden {
		h += look.Space1 + f.err.HeightFor(width)
	}
	return h
}

// CreateRenderer is for Fyne.
func (f *Field) CreateRenderer() fyne.WidgetRenderer { return &fieldRenderer{f} }

type fieldRenderer struct{ f *Field }

func (r *fieldRenderer) Layout(size fyne.Size) {
	f := r.f
	f.label.Color = look.Color(look.Muted)
	m := f.label.MinSize()
	x, y := float32(0), f.labelAbove(size.Width)
	if size.Width < fieldNarrow {
		f.label.Move(fyne.NewPos(0, 0))
	} else {
		x = labelColumn
		f.label.Move(fyne.NewPos(max(0, labelColumn-14-m.Width), (controlLeast-m.Height)/2))
	}
	h := f.controlHeight(size.Width - x)
	f.label.Resize(m)
	f.border.Move(fyne.NewPos(x, y))
	f.border.Resize(fyne.NewSize(size.Width-x, h))
	f.Control.Move(fyne.NewPos(x, y))
	f.Control.Resize(fyne.NewSize(size.Width-x, h))
	f.err.Move(fyne.NewPos(x, y+h+look.Space1))
	f.err.Resize(fyne.NewSize(size.Width-x, f.err.HeightFor(size.Width-x)))
}

func (r *fieldRenderer) MinSize() fyne.Size {
	return fyne.NewSize(0, r.f.HeightFor(r.f.Size().Width))
}

func (r *fieldRenderer) Refresh() {
	r.Layout(r.f.Size())
	r.f.label.Refresh()
	r.f.border.Refresh()
	r.f.Control.Refresh()
	r.f.err.Refresh()
}

func (r *fieldRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.f.label, r.f.border, r.f.Control, r.f.err}
}
func (r *fieldRenderer) Destroy() {}

// NewCard puts content on a card, with space around it.
func NewCard(fill, stroke fyne.ThemeColorName, content fyne.CanvasObject) *Card {
	c := &Card{box: NewBox(fill, stroke, look.RadiusCard), content: content}
	c.ExtendBaseWidget(c)
	return c
}

// Card is content on a surface of its own.
type Card struct {
	widget.BaseWidget
	box     *Box
	content fyne.CanvasObject
}

const cardPad = look.Space3

// HeightFor is the height at a width.
func (c *Card) HeightFor(width float32) float32 {
	return heightFor(c.content, width-2*cardPad) + 2*cardPad
}

// CreateRenderer is for Fyne.
func (c *Card) CreateRenderer() fyne.WidgetRenderer { return &cardRenderer{c} }

type cardRenderer struct{ c *Card }

func (r *cardRenderer) Layout(size fyne.Size) {
	r.c.box.Resize(size)
	r.c.content.Move(fyne.NewPos(cardPad, cardPad))
	r.c.content.Resize(size.SubtractWidthHeight(2*cardPad, 2*cardPad))
}

func (r *cardRenderer) MinSize() fyne.Size {
	return fyne.NewSize(0, r.c.HeightFor(r.c.Size().Width))
}

func (r *cardRenderer) Refresh() {
	r.Layout(r.c.Size())
	r.c.box.Refresh()
	r.c.content.Refresh()
}

func (r *cardRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.c.box, r.c.content}
}
func (r *cardRenderer) Destroy() {}

// Icon is a line icon in a colour of the theme, with the tile behind it where
// Soft is set.
type Icon struct {
	widget.BaseWidget
	Name         string
	Strong, Soft fyne.ThemeColorName
}

// NewTile makes an icon on a tile.
func NewTile(name string, strong, soft fyne.ThemeColorName) *Icon {
	i := &Icon{Name: name, Strong: strong, Soft: soft}
	i.ExtendBaseWidget(i)
	return i
}

// NewIcon makes an icon as high as body text.
func NewIcon(name string, color fyne.ThemeColorName) *Icon { return NewTile(name, color, look.Clear) }

// CreateRenderer is for Fyne.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	img := canvas.NewImageFromResource(look.Colored(i.Name, i.Strong))
	img.FillMode = canvas.ImageFillContain
	return &iconRenderer{i, NewBox(i.Soft, look.Clear, look.RadiusField), img}
}

type iconRenderer struct {
	i    *Icon
	tile *Box
	img  *canvas.Image
}

func (r *iconRenderer) Layout(size fyne.Size) {
	r.tile.Resize(size)
	side := look.IconSize
	r.img.Resize(fyne.NewSquareSize(side))
	r.img.Move(fyne.NewPos((size.Width-side)/2, (size.Height-side)/2))
}

func (r *iconRenderer) MinSize() fyne.Size {
	if r.i.Soft == look.Clear {
		return fyne.NewSize(look.IconSize, 20)
	}
	return fyne.NewSquareSize(look.TileSize)
}

func (r *iconRenderer) Refresh() {
	r.img.Resource = look.Colored(r.i.Name, r.i.Strong)
	r.img.Refresh()
	r.tile.Refresh()
}

func (r *iconRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.tile, r.img} }
func (r *iconRenderer) Destroy()                     {}
