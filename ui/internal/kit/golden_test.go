package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"chute/ui/internal/look"
)

// TestWidgetsLook compares each widget in each of its states with how it looked
// when somebody looked at it.
func TestWidgetsLook(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(look.Theme{Mode: look.Light})
	button := func(kind Kind, change func(*Button)) fyne.CanvasObject {
		b := NewButton(kind, "Send", func() {})
		if change != nil {
			change(b)
		}
		return b
	}
	icon := func(change func(*Button)) fyne.CanvasObject {
		b := NewIconButton("close", "Cancel", func() {})
		if change != nil {
			change(b)
		}
		return b
	}
	picker := NewPicker(Outlined, nil)
	picker.Prefix, picker.Text, picker.Icon = "Links last", "1 day", "bucket"
	wrong := NewField("Bucket", NewEntry("media"))
	wrong.SetError("Enter the name of the bucket.")
	tick, half := NewCheck("Copy the links", true, nil), NewBar()
	half.Set(0.5, look.Accent)
	focused := NewBox(look.Surface, look.Border, look.RadiusCard)
	focused.Set(look.Surface, look.Accent, 2)
	code, err := NewQR("https://example.org", 200)
	if err != nil {
		t.Fatal(err)
	}
	long := NewLine(look.TextBody, Span{Text: "A name without end that has to be cut somewhere.pdf", Color: look.Text})
	long.Middle = true
	for name, c := range map[string]struct {
		o    fyne.CanvasObject
		size fyne.Size
	}{
		"button_quiet":    {button(Quiet, nil), fyne.Size{}},
		"button_outlined": {button(Outlined, nil), fyne.Size{}},
		"button_filled":   {button(Filled, nil), fyne.Size{}},
		"button_danger":   {button(Danger, nil), fyne.Size{}},
		"button_small":    {button(Outlined, func(b *Button) { b.Small = true }), fyne.Size{}},
		"button_hovered":  {button(Outlined, func(b *Button) { b.MouseIn(nil) }), fyne.Size{}},
		"button_focused":  {button(Outlined, (*Button).FocusGained), fyne.Size{}},
		"filled_focused":  {button(Filled, (*Button).FocusGained), fyne.Size{}},
		"button_disabled": {button(Outlined, (*Button).Disable), fyne.Size{}},
		"filled_disabled": {button(Filled, (*Button).Disable), fyne.Size{}},
		"button_elided":   {button(Outlined, func(b *Button) { b.SetText("Much too long for its place") }), fyne.NewSize(90, look.HitSize)},
		"icon":            {icon(nil), fyne.Size{}},
		"icon_focused":    {icon((*Button).FocusGained), fyne.Size{}},
		"picker":          {picker, fyne.Size{}},
		"check_off":       {NewCheck("Copy the links", false, nil), fyne.Size{}},
		"check_on":        {tick, fyne.Size{}},
		"field":           {NewField("Bucket", NewEntry("media")), fyne.NewSize(600, 36)},
		"field_narrow":    {NewField("Bucket", NewEntry("media")), fyne.NewSize(300, 60)},
		"field_wrong":     {wrong, fyne.NewSize(600, 60)},
		"bar_empty":       {NewBar(), fyne.NewSize(200, BarHeight)},
		"bar_half":        {half, fyne.NewSize(200, BarHeight)},
		"box":             {NewBox(look.Surface, look.Border, look.RadiusCard), fyne.NewSize(100, 40)},
		"box_focused":     {focused, fyne.NewSize(100, 40)},
		"line_cut":        {long, fyne.NewSize(160, 20)},
		"para":            {NewPara(Span{Text: "A sentence in bold. ", Color: look.Text, Bold: true}, Span{Text: "And a plain one that does not fit into the line.", Color: look.Muted}), fyne.NewSize(260, 60)},
		"tile":            {NewTile("bucket", look.Accent, look.AccentSoft), fyne.NewSquareSize(look.TileSize)},
		"qr":              {code, fyne.NewSquareSize(200)},
	} {
		t.Run(name, func(t *testing.T) {
			size := c.size
			if size.IsZero() {
				size = c.o.MinSize()
			}
			c.o.Resize(size)
			test.AssertObjectRendersToMarkup(t, name+".xml", c.o)
		})
	}
}
