package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/words"
	"chute/uploader"
)

// qrSize is how large a code is at most: the longest links make codes of 177
// modules, which a phone reads at two pixels each.
const qrSize float32 = 400

// showLinkQR shows the link of a transfer.
func (w *Window) showLinkQR(s *uploader.Snapshot) {
	until := lang.L("does not expire")
	if !s.Link.Expires.IsZero() {
		until = lang.L("works until {{.When}}", map[string]any{"When": words.Moment(s.Link.Expires, w.list.now())})
	}
	id, link := s.ID, s.Link.URL
	w.showQR(s.Name, link, until, func() { w.copy(link, []uploader.ID{id}) })
}

// showQR shows a link as a QR code, for a phone to read. until says how long
// the link works.
func (w *Window) showQR(name, link, until string, copied func()) {
	c := w.win.Canvas()
	var content fyne.CanvasObject
	// In a low window the code gets smaller rather than cut.
	code, err := kit.NewQR(link, min(qrSize, c.Size().Height-250))
	if err != nil {
		content = kit.NewPara(kit.Span{Text: lang.L("This link is too long for a QR code."), Color: look.Text})
	} else {
		caption := kit.NewCaption(kit.Span{Text: until, Color: look.Muted})
		caption.Center = true
		content = kit.NewColumn(look.Space3, code, caption)
	}
	var pop *widget.PopUp
	cp := kit.NewButton(kit.Filled, lang.L("Copy link"), func() {
		pop.Hide()
		copied()
	})
	closeIt := kit.NewButton(kit.Outlined, lang.L("Close"), func() { pop.Hide() })
	pop = popUp(c, name, content, closeIt, cp)
	c.Focus(closeIt)
}
