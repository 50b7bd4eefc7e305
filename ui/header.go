package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/words"
)

// header is the bar at the top: where files go, how long links last, and what
// to begin with.
type header struct {
	widget.BaseWidget
	w           *Window
	transfers   *kit.Button // the tabs
	links       *kit.Button
	destination *kit.Picker
	life        *kit.Picker
	add         *kit.Button
	folder      *kit.Button
	gear        *kit.Button
}

const headerHeight float32 = 58

func newHeader(w *Window) *header {
	h := &header{w: w}
	h.transfers = kit.NewButton(kit.Quiet, lang.L("Transfers"), func() { w.showLinks(false) })
	h.links = kit.NewButton(kit.Quiet, lang.L("Links"), func() { w.showLinks(true) })
	h.transfers.On = true
	h.destination = kit.NewPicker(kit.Outlined, h.destinations)
	h.life = kit.NewPicker(kit.Outlined, h.lifeOptions)
	w.fix("link_life", h.life)
	h.add = kit.NewButton(kit.Filled, lang.L("Add files"), w.addFiles)
	h.folder = kit.NewIconButton("folder", lang.L("Add a folder"), w.addFolder)
	h.gear = kit.NewIconButton("gear", lang.L("Settings"), w.openSettings)
	h.update()
	h.ExtendBaseWidget(h)
	return h
}

// update shows the current destination and link life.
func (h *header) update() {
	all, current := h.w.host.Destinations()
	h.destination.Icon = "bucket"
	for _, d := range all {
		if d.Name == current {
			h.destination.Icon = destinationIcon(d)
		}
	}
	h.destination.Text = displayName(current)
	h.destination.Refresh()
	h.life.Text = h.currentLife()
	h.life.Refresh()
	h.Refresh() // the widths follow the texts
}

func (h *header) destinations() []kit.Option {
	all, current := h.w.host.Destinations()
	var o []kit.Option
	for _, d := range all {
		o = append(o, kit.Option{Label: displayName(d.Name), Current: d.Name == current, Run: func() {
			h.w.host.Use(d.Name)
			h.w.DestinationsChanged()
		}})
	}
	return append(o, kit.Option{}, kit.Option{Label: lang.L("Manage destinations…"), Run: h.w.openSettings})
}

// currentLife is how long new links last, as far as the window can tell.
func (h *header) currentLife() string {
	if d := h.w.host.LinkLife(); d > 0 {
		return words.Life(d)
	}
	if d := h.w.host.UsualLife(); d > 0 {
		return words.Life(d)
	}
	return lang.L("as usual")
}

// thisComputer is the name of the destination that is there without any
// configuration.
const thisComputer = "this-computer"

// displayName is a destination's name as the user reads it.
func displayName(name string) string {
	if name == thisComputer {
		return lang.L("This computer")
	}
	return name
}

func destinationIcon(d Destination) string {
	switch d.Type {
	case typeBackend:
		return "service"
	case typeLocal:
		return "computer"
	}
	return "bucket"
}

// CreateRenderer is for Fyne.
func (h *header) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(headerLayout{h},
		kit.NewBox(look.Surface, look.Clear, 0), kit.NewBox(look.Border, look.Clear, 0),
		h.transfers, h.links, h.destination, h.life, h.add, h.folder, h.gear))
}

type headerLayout struct{ h *header }

func (headerLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, headerHeight) }

func (l headerLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := l.h
	put(o[0], 0, 0, size.Width, size.Height)
	put(o[1], 0, size.Height-1, size.Width, 1)

	prefix := ""
	if size.Width >= 720 {
		prefix = lang.L("Links last")
	}
	if h.life.Prefix != prefix {
		h.life.Prefix = prefix
		h.life.Refresh()
	}
	y := (headerHeight - look.HitSize) / 2
	left := look.Space4
	for _, tab := range []*kit.Button{h.transfers, h.links} {
		put(tab, left, y, tab.MinSize().Width, look.HitSize)
		left += tab.MinSize().Width + look.Space1
	}
	left += look.Space2
	// In a narrow window the main button is its sign.
	if icon := size.Width < 640; icon != (h.add.Text == "") {
		h.add.Text, h.add.Icon, h.add.Name = lang.L("Add files"), "", ""
		if icon {
			h.add.Text, h.add.Icon, h.add.Name = "", "plus", lang.L("Add files")
		}
		h.add.Refresh()
	}
	x := size.Width - look.Space3
	place := func(b fyne.CanvasObject, w, gap float32) {
		x -= w
		put(b, x, y, w, look.HitSize)
		x -= gap
	}
	place(h.gear, look.HitSize, 0)
	place(h.folder, look.HitSize, look.Space1)
	place(h.add, h.add.MinSize().Width, look.Space2)
	place(h.life, h.life.MinSize().Width, look.Space2)
	place(h.destination, max(0, min(h.destination.MinSize().Width, x-left)), 0)
}
