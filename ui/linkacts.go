package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/words"
	"chute/uploader"
	"chute/uploader/sign"
)

// This file is what can be done with a link.

// mainAction is the one button that a row has.
func (l *links) mainAction(link SentLink) action {
	switch link.State(l.now()) {
	case LinkWorks, LinkForever:
		return actCopy
	case LinkExpired:
		return actNewLink
	case LinkNone:
		return actCopyKey
	}
	return actNone
}

// actions lists all that can be done with a link, as its menu has it.
func (l *links) actions(link SentLink) []action {
	var all []action
	state := link.State(l.now())
	switch state {
	case LinkWorks, LinkForever:
		all = append(all, actCopy, actCopyMarkdown, actQR, actOpen)
	}
	if state == LinkWorks || state == LinkExpired {
		all = append(all, actNewLink)
	}
	if link.Key != "" {
		all = append(all, actCopyKey)
	}
	if link.Path != "" {
		all = append(all, actReveal)
	}
	if state != LinkDeleted {
		all = append(all, actDelete)
	}
	return all
}

// act does what a row's button, menu or key is for.
func (l *links) act(link SentLink, a action) {
	w := l.w
	switch a {
	case actCopy:
		l.with(link, func(url string) { w.copy(url, []uploader.ID{link.ID}) })
	case actCopyMarkdown:
		l.with(link, func(url string) { w.copy(markdownLink(linkTitle(link), url), nil) })
	case actQR:
		l.with(link, func(url string) {
			until := lang.L("does not expire")
			if !link.Expires.IsZero() {
				until = lang.L("works until {{.When}}", map[string]any{"When": words.Moment(link.Expires, l.now())})
			}
			w.showQR(linkTitle(link), url, until, func() { w.copy(url, []uploader.ID{link.ID}) })
		})
	case actOpen:
		l.with(link, w.host.Open)
	case actNewLink:
		l.renew(link)
	case actCopyKey:
		w.copy(link.Key, nil)
	case actReveal:
		go func() {
			if err := w.host.Reveal(context.Background(), link.Path); err != nil {
				fyne.Do(func() { w.problem(lang.L("The file cannot be shown"), err) })
			}
		}()
	case actDelete:
		l.askDelete(link)
	}
}

// with gets at the link that was given last, and does something with it.
func (l *links) with(link SentLink, use func(url string)) {
	go func() {
		got, err := l.w.host.CurrentLink(context.Background(), link.ID)
		fyne.Do(func() {
			if err != nil {
				l.w.problem(lang.L("There is no link"), err)
				l.find() // what was sent may be gone
				return
			}
			use(got.URL)
		})
	}()
}

func (l *links) renew(link SentLink) {
	go func() {
		got, err := l.w.host.NewLink(context.Background(), link.ID)
		fyne.Do(func() {
			defer l.find()
			if err != nil {
				l.w.problem(lang.L("There is no new link"), err)
				return
			}
			l.w.copy(got.URL, []uploader.ID{link.ID})
			l.w.toast.Show(newLinkCopied(got, l))
		})
	}()
}

func newLinkCopied(got sign.Link, l *links) string {
	if got.Expires.IsZero() {
		return lang.L("New link copied")
	}
	return lang.L("New link copied. It works until {{.When}}.", map[string]any{"When": words.Moment(got.Expires, l.now())})
}

// askDelete asks first: the link ends for everybody who has it.
func (l *links) askDelete(link SentLink) {
	w := l.w
	title := lang.L("Delete {{.Name}} from {{.Destination}}?", map[string]any{"Name": linkTitle(link), "Destination": displayName(link.Destination)})
	text := lang.L("Links to it stop working for everybody who has them. The file on this computer stays.")
	if link.Files > 0 {
		text = lang.L("The page and the files on it are deleted. Links to them stop working for everybody who has them. The files on this computer stay.")
	}
	ask(w.win.Canvas(), title, text, lang.L("Delete"), func() {
		go func() {
			err := w.host.DeleteSent(context.Background(), link.ID)
			fyne.Do(func() {
				defer l.find()
				if err != nil {
					w.problem(lang.L("It was not deleted"), err)
					return
				}
				w.toast.Show(lang.L("Deleted from {{.Destination}}", map[string]any{"Destination": displayName(link.Destination)}))
			})
		}()
	})
}
