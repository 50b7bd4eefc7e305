package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Option is something that a Picker offers. An empty Label is a separator.
type Option struct {
	Label string
	Icon  string
	// Run is what choosing the option does.
	Run func()
	// Current marks the one that holds now.
	Current bool
}

// Picker is a button that shows what is chosen and opens a menu of what else
// could be.
type Picker struct {
	Button
	// Options is asked each time the menu opens.
	Options func() []Option

	menu *widget.PopUpMenu
	label
}

// AccessibilityLabel is the name of the field, if any, and what is chosen.
func (p *Picker) AccessibilityLabel() string {
	if p.name == "" {
		return p.Text
	}
	return p.name + ": " + p.Text
}

// NewPicker makes a picker; the caller sets Text to what is chosen.
func NewPicker(kind Kind, options func() []Option) *Picker {
	p := &Picker{Button: Button{Kind: kind, Trailing: "down"}, Options: options}
	p.OnTap = p.Open
	p.ExtendBaseWidget(p)
	return p
}

// NewSelect makes a picker of values, for forms. It shows the label of value;
// pick is told when the user takes another.
func NewSelect(values, labels []string, value string, pick func(string)) *Picker {
	var p *Picker
	p = NewPicker(Outlined, func() []Option {
		o := make([]Option, len(values))
		for i, v := range values {
			o[i] = Option{Label: labels[i], Current: labels[i] == p.Text, Run: func() {
				p.SetText(labels[i])
				pick(v)
			}}
		}
		return o
	})
	p.Wide = true
	for i, v := range values {
		if v == value {
			p.Text = labels[i]
		}
	}
	return p
}

// TypedKey opens the menu for the arrow down, too.
func (p *Picker) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyDown {
		p.Tapped(nil)
		return
	}
	p.Button.TypedKey(e)
}

// Open opens the menu.
func (p *Picker) Open() {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(p)
	if c == nil {
		return // taken off the window between tap and now
	}
	var items []*fyne.MenuItem
	for _, o := range p.Options() {
		if o.Label == "" {
			items = append(items, fyne.NewMenuItemSeparator())
			continue
		}
		item := fyne.NewMenuItem(o.Label, o.Run)
		item.Checked = o.Current
		items = append(items, item)
	}
	p.menu = widget.NewPopUpMenu(fyne.NewMenu("", items...), c)
	at := d.AbsolutePositionForObject(p)
	size := p.menu.MinSize()
	size.Width = max(size.Width, p.Size().Width)
	at.X = max(0, min(at.X, c.Size().Width-size.Width))
	below := at.Y + p.Size().Height + 4
	if below+size.Height > c.Size().Height && at.Y > size.Height {
		below = at.Y - size.Height - 4 // a picker at the bottom opens upwards
	}
	p.menu.ShowAtPosition(fyne.NewPos(at.X, below))
	p.menu.Resize(size)
}
