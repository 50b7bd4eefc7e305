package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/words"
	"chute/uploader"
)

// This file is what is asked of a drop: whether what was sent before is to be
// sent again, and how folders are to go. New files alone go at once.

// add takes what was dropped or chosen, and shows where it appears.
func (w *Window) add(paths []string) {
	if len(paths) == 0 {
		return
	}
	w.host.Welcomed() // whoever sends something has said where to
	w.closeCover()
	w.closeSettings()
	w.showLinks(false)
	_, to := w.host.Destinations() // as it is now: the answers may take a while
	go func() {
		drop := w.host.Look(context.Background(), paths, to)
		fyne.Do(func() { w.askAgain(paths, drop, Sending{To: to}) })
	}()
}

// askAgain offers the links of what was sent before.
func (w *Window) askAgain(paths []string, drop Drop, how Sending) {
	again := len(drop.Again)
	if again == 0 {
		w.askFolders(paths, drop, how)
		return
	}
	all := again == len(paths)
	title := lang.L("This file was sent before")
	use, text := lang.L("Use the link it has"), againText(drop.Again[0].Link, w.list.now())
	icon := "link"
	switch {
	case !all:
		title = words.Count("{{.N}} of these files were sent before", again)
		use = words.Count("Send only the {{.N}} new ones", len(paths)-again)
		text, icon = lang.L("The links of the others are in the list of links."), "plus"
	case again > 1:
		title = lang.L("These files were sent before")
		use, text = lang.L("Use the links they have"), lang.L("Links that have expired are made anew. Nothing is sent.")
	}
	unchanged := lang.L("It has not changed since.")
	if again > 1 {
		unchanged = lang.L("They have not changed since.")
	}
	w.askWays(title, unchanged, []way{
		{icon, use, text, func() {
			if all {
				w.useAgain(drop.Again)
				return
			}
			w.askFolders(without(paths, drop.Again), Drop{Folders: drop.Folders, Files: drop.Files - again}, how)
		}},
		{"retry", lang.L("Send again"), lang.L("As something new, with a link of its own."), func() { w.askFolders(paths, drop, how) }},
	})
}

func againText(l SentLink, now time.Time) string {
	data := map[string]any{"Name": l.Name, "When": words.Past(l.Sent, now)}
	switch l.State(now) {
	case LinkForever:
		return lang.L("{{.Name}} was sent {{.When}}. Its link does not expire.", data)
	case LinkWorks:
		data["Until"] = words.Moment(l.Expires, now)
		return lang.L("{{.Name}} was sent {{.When}}. Its link works until {{.Until}}.", data)
	}
	return lang.L("{{.Name}} was sent {{.When}}. Its link has expired; a new one is made.", data)
}

// without leaves out what was sent before.
func without(paths []string, again []SentAgain) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
		return slices.ContainsFunc(again, func(a SentAgain) bool { return a.Path == p })
	})
}

// useAgain puts the links of what was sent before on the clipboard.
func (w *Window) useAgain(again []SentAgain) {
	now := w.list.now()
	go func() {
		var links []string
		var failed error
		for _, a := range again {
			get := w.host.CurrentLink
			if s := a.Link.State(now); s != LinkWorks && s != LinkForever {
				get = w.host.NewLink
			}
			link, err := get(context.Background(), a.Link.ID)
			if err != nil {
				failed = err
				break
			}
			links = append(links, link.URL)
		}
		fyne.Do(func() {
			if failed != nil {
				w.problem(lang.L("There is no link"), failed)
				return
			}
			w.setClipboard(strings.Join(links, "\n"), nil)
			w.toast.Show(words.Count("{{.N}} links copied", len(links)))
		})
	}()
}

// way is one answer to a question.
type way struct {
	icon, title, text string
	run               func()
}

// askWays puts a question that has a few answers; what is below belongs to all
// of them.
func (w *Window) askWays(title, text string, ways []way, below ...fyne.CanvasObject) {
	c := w.win.Canvas()
	var pop *widget.PopUp
	var objects []fyne.CanvasObject
	if text != "" {
		objects = append(objects, kit.NewPara(kit.Span{Text: text, Color: look.Muted}))
	}
	var first fyne.Focusable
	for _, y := range ways {
		b := newChoice(y.icon, y.title, y.text, func() {
			pop.Hide()
			y.run()
		})
		if first == nil {
			first = b
		}
		objects = append(objects, b)
	}
	pop = popUp(c, title, kit.NewColumn(look.Space2, append(objects, below...)...), kit.NewButton(kit.Outlined, lang.L("Cancel"), func() { pop.Hide() }))
	c.Focus(first)
}

// LeftOut tells what of a drop is not sent, by rules or because nobody wants it.
func (w *Window) LeftOut(n int, names []string) {
	if n == 0 {
		return
	}
	list := strings.Join(names, ", ")
	if n > len(names) {
		list += ", …"
	}
	w.Notice(words.Count("{{.N}} left out: {{.Names}}", n, "Names", list))
}

// paste takes what is on the clipboard.
func (w *Window) paste() {
	if w.win.Canvas().Overlays().Top() != nil {
		return // one question at a time
	}
	text := w.app.Clipboard().Content()
	go func() {
		paths, err := w.host.Paste(context.Background(), text)
		fyne.Do(func() {
			switch {
			case err != nil:
				w.problem(lang.L("Nothing was pasted"), err)
			case len(paths) == 0:
				w.toast.Show(lang.L("There is nothing to send on the clipboard"))
			default:
				w.Take(paths)
			}
		})
	}()
}

// shared is what a drop has to share: the link of its page where it has one.
func (w *Window) shared(ids []uploader.ID, links []string) ([]uploader.ID, []string) {
	for i, id := range ids {
		if s := w.list.model.Item(id); s != nil && w.host.IsPage(id) {
			return ids[i : i+1], links[i : i+1]
		}
	}
	return ids, links
}

// PastedName names what was pasted at a time, without an extension.
func PastedName(t time.Time) string {
	return lang.L("Pasted {{.Time}}", map[string]any{"Time": t.Format("2006-01-02 15.04.05")})
}
