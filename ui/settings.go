package ui

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// settings is the screen in the place of the transfers: the destinations and
// the preferences, or the form of one destination.
type settings struct {
	widget.BaseWidget
	w       *Window
	title   *kit.Line
	header  fyne.CanvasObject
	stack   *fyne.Container // what is below the header
	page    *kit.Page       // the list
	form    *destinationForm
	notice  string // what the user must know after the last Save or Delete
	problem bool   // the notice tells of a failure
	first   bool   // opened from the first start's question
}

// The types of destinations.
const (
	typeS3      = "s3"
	typeBackend = "backend"
	typeLocal   = "local"
)

func newSettings(w *Window) *settings {
	s := &settings{w: w, first: w.host.FirstStart(), title: kit.NewLine(look.TextHeading), page: kit.NewPage(640, look.Space2), stack: container.NewStack()}
	s.header = newBar(true, s.title, kit.NewIconButton("close", lang.L("Close"), s.back))
	s.ExtendBaseWidget(s)
	s.showList()
	return s
}

// newBar is a bar over the whole width, at the top or at the bottom.
func newBar(top bool, first fyne.CanvasObject, rest ...fyne.CanvasObject) fyne.CanvasObject {
	return container.New(barLayout{top}, kit.NewBox(look.Surface, look.Clear, 0), kit.NewBox(look.Border, look.Clear, 0),
		kit.NewRow(look.Space4, first, rest...))
}

type barLayout struct{ top bool }

func (barLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 55) }

func (l barLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], 0, 0, size.Width, size.Height)
	y := float32(0)
	if l.top {
		y = size.Height - 1
	}
	put(o[1], 0, y, size.Width, 1)
	put(o[2], look.Space4, 0, size.Width-2*look.Space4, size.Height)
}

// CreateRenderer is for Fyne.
func (s *settings) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(kit.NewBox(look.Background, look.Clear, 0),
		container.New(frameLayout{}, s.header, s.stack, kit.NewBox(look.Clear, look.Clear, 0))))
}

// back leaves the form, or the settings.
func (s *settings) back() {
	switch {
	case s.form != nil && s.first:
		s.w.closeSettings()
		s.w.openWelcome()
	case s.form != nil:
		s.showList()
	default:
		s.w.closeSettings()
	}
}

// closed forgets what was entered.
func (s *settings) closed() {
	if s.form != nil {
		s.form.close()
		s.form = nil
	}
}

func (s *settings) setTitle(t string) {
	s.title.Set(kit.Span{Text: t, Color: look.Text, Bold: true})
}

func (s *settings) showList() {
	s.closed()
	s.setTitle(lang.L("Settings"))
	s.update()
	s.show(s.page)
}

func (s *settings) showForm(f *destinationForm, title string) {
	s.notice = ""
	s.form = f
	s.setTitle(title)
	s.show(f)
}

func (s *settings) show(o fyne.CanvasObject) {
	s.stack.Objects = []fyne.CanvasObject{o}
	s.stack.Refresh()
	s.w.win.Canvas().Unfocus()
}

// update makes the list anew.
func (s *settings) update() {
	all, current := s.w.host.Destinations()
	add := kit.NewButton(kit.Filled, lang.L("Add destination"), s.w.openWays)
	objects := []fyne.CanvasObject{kit.NewRow(look.Space2, heading(lang.L("Destinations")), add)}
	if s.notice != "" {
		fill, color := look.WarnSoft, look.Text
		if s.problem {
			fill = look.ErrSoft
		}
		objects = append(objects, kit.NewCard(fill, look.Clear, kit.NewPara(kit.Span{Text: s.notice, Color: color})))
	}
	for _, d := range all {
		objects = append(objects, s.card(d, d.Name == current, len(all) > 1))
	}
	s.page.Set(append(objects, s.preferences()...)...)
}

func heading(text string) *kit.Line {
	return kit.NewLine(look.TextHeading, kit.Span{Text: text, Color: look.Text, Bold: true})
}

// wrappedHeading is a heading that may take several lines.
func wrappedHeading(text string) *kit.Para {
	p := kit.NewPara(kit.Span{Text: text, Color: look.Text, Bold: true})
	p.TextSize, p.LineHeight = look.TextHeading, heading(text).MinSize().Height
	return p
}

// card is one destination in the list.
func (s *settings) card(d Destination, current, removable bool) fyne.CanvasObject {
	second := []kit.Span{{Text: s.describe(d), Color: look.Muted}}
	if current {
		second = append([]kit.Span{{Text: lang.L("In use"), Color: look.Accent}, {Text: " · ", Color: look.Muted}}, second...)
	}
	fixed := s.w.host.FixedDestination(d.Name)
	if fixed {
		second = append(second, kit.Span{Text: " · " + lang.L("set by your administrator"), Color: look.Muted})
	}
	texts := kit.NewColumn(1, kit.NewLine(look.TextBody, kit.Span{Text: displayName(d.Name), Color: look.Text, Bold: true}),
		kit.NewLine(look.TextCaption, second...))
	tile := kit.NewTile(destinationIcon(d), look.Accent, look.AccentSoft)
	test := kit.NewButton(kit.Outlined, lang.L("Test"), func() { s.edit(d).test() })
	edit := kit.NewIconButton("edit", lang.L("Edit"), func() { s.edit(d) })
	export := kit.NewIconButton("export", lang.L("Export for a colleague"), func() { s.export(d) })
	show(export, d.Type != typeLocal)
	remove := kit.NewIconButton("trash", lang.L("Remove"), func() { s.remove(d) })
	show(remove, removable && !fixed)
	show(edit, !fixed || takesSecrets(d))
	return kit.NewCard(look.Surface, look.Border, container.New(cardLayout{}, tile, kit.NewRow(look.Space2, texts, test, export, edit, remove)))
}

// cardLayout puts a tile before the rest.
type cardLayout struct{}

func (cardLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, look.TileSize) }
func (cardLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], 0, 0, look.TileSize, look.TileSize)
	x := look.TileSize + look.Space3
	put(o[1], x, 0, size.Width-x, size.Height)
}

// describe says in a few words what a destination is.
func (s *settings) describe(d Destination) string {
	switch d.Type {
	case typeLocal:
		return lang.L("Files stay here; links open on this computer")
	case typeBackend:
		host := d.URL
		if u, err := url.Parse(d.URL); err == nil && u.Host != "" {
			host = u.Host
		}
		return lang.L("Upload service at {{.Host}}", map[string]any{"Host": host})
	}
	name := d.Endpoint
	for _, p := range s.w.host.Providers() {
		if p.ID == d.Provider {
			name = p.Title
		}
	}
	if name == "" {
		name = "Amazon S3"
	}
	return name + " · " + d.Bucket
}

// changeSettings changes the settings.
func (w *Window) changeSettings(f func(*Settings)) {
	v := w.host.Settings()
	f(&v)
	w.host.SetSettings(v)
}

// preferences are the settings that are not destinations.
func (s *settings) preferences() []fyne.CanvasObject {
	set := s.w.host.Settings()
	change := s.w.changeSettings
	copyLinks := kit.NewCheck(lang.L("Copy the links when a drop is done"), set.CopyLinks, func(on bool) {
		change(func(v *Settings) { v.CopyLinks = on })
	})
	resume := kit.NewCheck(lang.L("Go on with unfinished uploads when Chute starts"), set.Resume, func(on bool) {
		change(func(v *Settings) { v.Resume = on })
	})
	awake := kit.NewCheck(lang.L("Keep the computer awake while files are sent"), set.KeepAwake, func(on bool) {
		change(func(v *Settings) { v.KeepAwake = on })
	})
	tray := kit.NewCheck(lang.L("Go on in the tray when the window is closed"), set.CloseToTray, func(on bool) {
		change(func(v *Settings) { v.CloseToTray = on })
	})
	trayField := s.preference("close_to_tray", "", tray)
	show(trayField, s.w.host.InTray())
	modes := []string{string(look.System), string(look.Light), string(look.Dark)}
	themes := kit.NewSelect(modes, []string{lang.L("As the system"), lang.L("Light"), lang.L("Dark")}, set.Theme, func(m string) {
		change(func(v *Settings) { v.Theme = m })
		s.w.applyTheme(m)
	})
	var labels []string
	for _, v := range speeds {
		labels = append(labels, speedLabel(v))
	}
	speed := kit.NewSelect(speeds, labels, set.Speed, func(v string) {
		change(func(set *Settings) { set.Speed = v })
		s.w.footer.update()
	})
	gap := kit.NewBox(look.Clear, look.Clear, 0)
	fields := []fyne.CanvasObject{
		gap, heading(lang.L("Preferences")), s.preference("theme", lang.L("Look"), themes), s.preference("speed", lang.L("Speed"), speed),
	}
	fields = append(fields, s.limitFields()...)
	fields = append(fields, s.dropFields()...)
	fields = append(fields, s.preference("copy_links", "", copyLinks), s.preference("resume", "", resume), s.preference("keep_awake", "", awake), trayField)
	fields = append(fields, s.startAtLogin()...)
	fields = append(fields, s.leftFields()...)
	return append(fields, s.supportFields()...)
}

func (s *settings) edit(d Destination) *destinationForm {
	f := newDestinationForm(s, d.Name, d)
	s.showForm(f, displayName(d.Name))
	return f
}

// export writes a destination into a file that a colleague opens.
func (s *settings) export(d Destination) {
	w := s.w
	w.chooser.save(exportName(d.Name), func(path string) {
		if !isDestinationFile([]string{path}) {
			path += destinationExtension
		}
		go func() {
			beside, err := w.host.Export(context.Background(), d.Name, path)
			fyne.Do(func() {
				switch {
				case err != nil:
					w.problem(lang.L("Nothing was exported"), err)
				case len(beside) > 0:
					tell(w.win.Canvas(), lang.L("Exported without its keys"), kit.Span{
						Text:  lang.L("Give your colleague both {{.File}} and {{.Beside}}, in one folder. They enter keys of their own.", map[string]any{"File": filepath.Base(path), "Beside": beside[0]}),
						Color: look.Text,
					})
				default:
					w.toast.Show(lang.L("Exported without its keys: {{.File}}", map[string]any{"File": filepath.Base(path)}))
				}
			})
		}()
	})
}

// exportName is the name of a file that a destination is exported to, on every
// system.
func exportName(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, name)
	return strings.Trim(plain, ". ") + destinationExtension
}

// remove asks first: the keys are lost.
func (s *settings) remove(d Destination) {
	text := lang.L("Files that were sent stay where they are, and their links go on working. The keys of this destination are deleted.")
	ask(s.w.win.Canvas(), lang.L("Remove {{.Name}}?", map[string]any{"Name": displayName(d.Name)}), text, lang.L("Remove"), func() {
		go func() {
			err := s.w.host.Delete(context.Background(), d.Name)
			fyne.Do(func() {
				s.notice = ""
				if err != nil {
					message, hint := s.w.host.Explain(err)
					s.notice, s.problem = message+" "+hint, true
				}
				s.w.DestinationsChanged()
			})
		}()
	})
}

// saved goes back to the list after a destination was saved. A new one is used
// from now on: that is why it was added. At the first start it leads to where
// files can be dropped.
func (s *settings) saved(name string, added bool, notice string) {
	w := s.w
	if added {
		w.host.Use(name)
	}
	s.notice, s.problem = notice, false
	s.showList()
	w.DestinationsChanged()
	if s.first {
		w.closeSettings()
	}
	switch {
	case notice != "" && s.first:
		w.toast.Show(notice)
	case s.first:
		w.toast.Show(lang.L("Ready. Drop a file to get a link."))
	case notice == "":
		w.toast.Show(lang.L("Saved"))
	}
}
