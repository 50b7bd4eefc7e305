package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// openAddress asks for what an organisation hands out: the address of its
// upload service, or a destination file.
func (w *Window) openAddress() {
	address := kit.NewEntry("https://files.example.org")
	field := kit.NewField(lang.L("Address"), address)
	page := kit.NewPage(560, look.Space3)
	proceed := func() {
		d := Destination{Type: typeBackend, URL: completed(address.Text), Auth: "none", Credentials: "keyring"}
		field.SetError(w.host.Check(d)["url"])
		if strings.TrimSpace(address.Text) == "" {
			field.SetError(lang.L("Enter the address first."))
		}
		if page.Update(); field.Error() == "" {
			w.setUp(d, (*destinationForm).detect)
		}
	}
	address.OnSubmitted = func(string) { proceed() }
	open := kit.NewButton(kit.Outlined, lang.L("Open a file…"), func() {
		w.chooser.files(func(paths []string) { w.openDestinationFile(paths[0]) })
	})
	page.Set(
		heading(lang.L("The address of an upload service")),
		kit.NewPara(kit.Span{Text: lang.L("Chute asks the service what it is; there is nothing else to know."), Color: look.Muted}),
		field,
		kit.NewBox(look.Clear, look.Clear, 0),
		heading(lang.L("Or a destination file")),
		kit.NewPara(kit.Span{Text: lang.L("Its name ends in .chute. Open it here, or drop it onto this window."), Color: look.Muted}),
		container.NewHBox(open),
	)
	back := kit.NewButton(kit.Outlined, lang.L("Back"), w.backToWays)
	bar := newBar(false, kit.NewLine(look.TextBody), back, kit.NewButton(kit.Filled, lang.L("Continue"), proceed))
	w.openCover(lang.L("My organisation gave me an address or a file"), page, bar, func() {})
	w.win.Canvas().Focus(address)
}

// backToWays leads back to where the ways to add a destination are.
func (w *Window) backToWays() {
	if w.cover != nil && w.cover.asked {
		w.openWelcome()
		return
	}
	w.openWays()
}

// completed is an address as people give it, with what goes without saying.
func completed(address string) string {
	address = strings.TrimSpace(address)
	if address != "" && !strings.Contains(address, "://") {
		return "https://" + address
	}
	return address
}

// focusFirst puts the focus where there is something to enter.
func (f *destinationForm) focusFirst() {
	for _, name := range f.order {
		if e := f.entries[name]; e != nil && f.has(name) && !f.isAdvanced(name) && e.Text == "" {
			f.s.w.win.Canvas().Focus(fyne.Focusable(e))
			return
		}
	}
}
