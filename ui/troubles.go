package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// This file is what the window says when something went wrong with the program
// itself.

// OfferCrash asks what to do about the record of a crash, where there is one.
func (w *Window) OfferCrash() {
	record := w.host.Crash()
	if record == "" {
		return
	}
	var pop *widget.PopUp
	text := kit.NewPara(kit.Span{Color: look.Muted, Text: lang.L("What was sent is kept. What happened is written down on this computer, without your keys and links. It goes nowhere by itself: copy it into a report, or forget it.")})
	shown := kit.NewColumn(look.Space4, text)
	forget := kit.NewButton(kit.Outlined, lang.L("Forget"), func() {
		pop.Hide()
		w.host.ForgetCrash()
	})
	var see *kit.Button
	see = kit.NewButton(kit.Outlined, lang.L("Show"), func() {
		see.Hide()
		shown.Set(text, readout(record))
		pop.Refresh()
	})
	cp := kit.NewButton(kit.Filled, lang.L("Copy"), func() {
		pop.Hide()
		w.copy(record, nil)
		w.host.ForgetCrash()
	})
	pop = popUp(w.win.Canvas(), lang.L("Chute ended unexpectedly the last time"), shown, forget, see, cp)
	w.win.Canvas().Focus(cp)
}

// readout shows a long text as it is.
func readout(text string) fyne.CanvasObject {
	label := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Monospace: true})
	scroll := container.NewScroll(label)
	scroll.SetMinSize(fyne.NewSize(0, min(260, label.MinSize().Height)))
	return scroll
}

// supportFields are the part of the settings for reports.
func (s *settings) supportFields() []fyne.CanvasObject {
	var cp *kit.Button
	cp = kit.NewButton(kit.Outlined, lang.L("Copy support bundle"), func() {
		cp.Disable()
		host := s.w.host
		go func() {
			text, err := host.Support(context.Background())
			fyne.Do(func() {
				cp.Enable()
				if err != nil {
					message, _ := host.Explain(err)
					s.w.Notice(message)
					return
				}
				s.w.copy(text, nil)
			})
		}()
	})
	hint := kit.NewCaption(kit.Span{Color: look.Muted, Text: lang.L("Versions, settings, the log and the times of parts, without keys and links. Nothing is sent: you paste it where you want it.")})
	gap := kit.NewBox(look.Clear, look.Clear, 0)
	return []fyne.CanvasObject{gap, heading(lang.L("When something is wrong")), kit.NewField("", kit.NewColumn(look.Space1, container.NewHBox(cp), hint))}
}

// ShowFailure shows why the program cannot start, in a window of its own, and
// returns when the user has closed it.
func ShowFailure(a fyne.App, message, hint string) {
	a.Settings().SetTheme(look.Theme{Mode: look.System})
	win := a.NewWindow("Chute")
	win.SetIcon(look.WindowIcon)
	win.SetMaster()
	win.SetPadded(false)
	text := kit.NewPara(errorSpans(message, hint)...)
	page := kit.NewPage(560, look.Space3, heading(lang.L("Chute cannot start")), kit.NewCard(look.ErrSoft, look.Clear, text))
	closeIt := kit.NewButton(kit.Filled, lang.L("Close"), a.Quit)
	bar := newBar(false, kit.NewLine(look.TextBody), closeIt)
	win.SetContent(container.NewStack(kit.NewBox(look.Background, look.Clear, 0),
		container.New(frameLayout{}, kit.NewBox(look.Clear, look.Clear, 0), page, bar)))
	win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			a.Quit()
		}
	})
	win.Resize(fyne.NewSize(560, 400))
	win.CenterOnScreen()
	win.Show()
	win.Canvas().Focus(closeIt)
	a.Run()
}
