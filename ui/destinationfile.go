package ui

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/words"
)

// destinationFile is the screen of a destination file: it shows what would be
// added and who would get the user's files, asks for the secrets, and adds
// nothing that the user has not seen.
type destinationFile struct {
	w      *Window
	path   string
	page   *kit.Page
	offers []*offerCard
	use    *kit.Check
	chosen bool // the next files go to the first one that is added
	fault  *kit.Column
	send   *kit.Button // the file itself
	add    *kit.Button
	busy   bool
	ctx    context.Context
}

// destinationExtension is that of destination files.
const destinationExtension = ".chute"

// isDestinationFile reports whether what was dropped or opened asks to be
// shown rather than sent: one destination file, by itself.
func isDestinationFile(paths []string) bool {
	return len(paths) == 1 && strings.EqualFold(filepath.Ext(paths[0]), destinationExtension) && !strings.Contains(paths[0], "://")
}

// openDestinationFile shows what a destination file would add.
func (w *Window) openDestinationFile(path string) {
	ctx, cancel := context.WithCancel(context.Background())
	f := &destinationFile{w: w, path: path, ctx: ctx, chosen: true, page: kit.NewPage(640, look.Space3), fault: kit.NewColumn(0)}
	f.send = kit.NewButton(kit.Quiet, lang.L("Send the file instead"), func() {
		w.closeCover()
		w.add([]string{path})
	})
	f.add = kit.NewButton(kit.Filled, lang.L("Add"), f.accept)
	f.add.Hide()
	f.use = kit.NewCheck(lang.L("Send the next files there"), true, func(on bool) { f.chosen = on })
	bar := newBar(false, container.NewHBox(f.send), kit.NewButton(kit.Outlined, lang.L("Cancel"), w.leaveCover), f.add)
	w.openCover(filepath.Base(path), f.page, bar, func() { f.forget(); cancel() })
	go func() {
		offers, err := w.host.ReadDestinationFile(ctx, path)
		fyne.Do(func() {
			if ctx.Err() == nil {
				f.show(offers, err)
			}
		})
	}()
}

// show fills the page, once the file was read.
func (f *destinationFile) show(offers []Offer, err error) {
	if err != nil {
		f.fail(err)
		f.page.Set(f.fault)
		return
	}
	text := lang.L("Somebody gave you this file to set up where your files go. Add it only if you know who made it.")
	objects := []fyne.CanvasObject{kit.NewPara(kit.Span{Text: text, Color: look.Text})}
	if slices.ContainsFunc(offers, func(o Offer) bool { return !o.Known }) {
		objects = append(objects, f.use)
		f.add.Show()
	}
	for _, o := range offers {
		c := newOfferCard(f.w, o)
		f.offers = append(f.offers, c)
		objects = append(objects, c)
	}
	f.page.Set(append(objects, f.fault)...)
}

func (f *destinationFile) fail(err error) {
	message, hint := f.w.host.Explain(err)
	f.fault.Set(kit.NewCard(look.ErrSoft, look.Clear, kit.NewPara(errorSpans(message, hint)...)))
	f.page.Update()
	f.page.ShowEnd()
}

// accept adds what is shown.
func (f *destinationFile) accept() {
	if f.busy {
		return
	}
	all, _ := f.w.host.Destinations()
	taken := make(map[string]bool)
	for _, d := range all {
		taken[strings.ToLower(d.Name)] = true
	}
	ok := true
	for _, c := range f.offers {
		ok = c.check(taken) && ok
	}
	f.fault.Set()
	f.page.Update()
	if !ok {
		return
	}
	f.working(true)
	type wanted struct {
		card    *offerCard
		offer   Offer
		secrets Secrets
	}
	var list []wanted
	for _, c := range f.offers {
		if !c.offer.Known {
			list = append(list, wanted{c, c.accepted(), c.secrets()})
		}
	}
	host, ctx := f.w.host, f.ctx
	go func() {
		var notice, use string
		for _, item := range list {
			said, err := host.Accept(context.Background(), item.offer, item.secrets)
			if err != nil {
				fyne.Do(func() {
					f.w.DestinationsChanged() // those before it are there
					if ctx.Err() == nil {
						f.working(false)
						f.fail(err)
					}
				})
				return
			}
			fyne.Do(func() { item.card.offer.Known = true })
			if said != "" {
				notice = said
			}
			if use == "" || item.offer.Preferred {
				use = item.offer.Destination.Name
			}
		}
		fyne.Do(func() { f.done(use, len(list), notice) })
	}()
}

func (f *destinationFile) done(use string, added int, notice string) {
	if f.chosen {
		f.w.host.Use(use)
	}
	if f.ctx.Err() == nil {
		f.w.closeCover()
	}
	f.w.DestinationsChanged()
	text := lang.L("Added {{.Name}}", map[string]any{"Name": use})
	if added > 1 {
		text = words.Count("Added {{.N}} destinations", added)
	}
	if notice != "" {
		text += ". " + notice
	}
	f.w.toast.Show(text)
}

func (f *destinationFile) working(on bool) {
	f.busy = on
	if on {
		f.add.Disable()
	} else {
		f.add.Enable()
	}
}

// forget drops the secrets that were typed.
func (f *destinationFile) forget() {
	for _, c := range f.offers {
		c.forget()
	}
}
