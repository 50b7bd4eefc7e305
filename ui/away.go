package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/ui/internal/model"
	"chute/ui/internal/words"
	"chute/uploader"
)

// This file is what the window does while nobody looks at it, and how it ends.

// away is what the window knows of being looked at.
type away struct {
	quit   func() // ends the program
	hidden bool   // nothing may be drawn: it would pile up
	behind bool   // another program has the focus
	told   bool   // that the program goes on in the tray
	later  string
	tray   trayState
	trayAt time.Time
}

// trayState is what the tray's menu says.
type trayState struct {
	text   string
	paused bool // all that could go on is paused
	busy   bool // something can be paused
}

// trayEvery is how often the tray's menu changes at most: the desktop may have
// it open.
const trayEvery = 2 * time.Second

// Close closes the window for now, where the tray brings it back and the user
// wants that; else it ends the program.
func (w *Window) Close() {
	if !w.host.InTray() || !w.host.Settings().CloseToTray {
		w.Quit()
		return
	}
	w.Hide()
	if !w.away.told {
		w.away.told = true
		w.host.Notify(lang.L("Chute goes on in the tray"), lang.L("Quit it from there."))
	}
}

// Quit ends the program. It asks first while files are being sent.
func (w *Window) Quit() {
	if t := w.list.model.Total(); t.Count(pausable...)+t.Count(uploader.Finishing) == 0 {
		w.End()
		return
	}
	if w.away.hidden {
		w.Raise()
	}
	c := w.win.Canvas()
	if c.Overlays().Top() != nil {
		closeOverlays(c) // a menu, or the same question
	}
	text := lang.L("What was sent is kept, and goes on when Chute starts again.")
	if !w.host.Settings().Resume {
		text = lang.L("What was sent is kept. Drop the same files again to go on.")
	}
	confirm(c, lang.L("Quit while files are being sent?"), text, kit.Filled, lang.L("Quit"), lang.L("Keep sending"), w.End)
}

// End ends the program without asking. Nothing is asked of the Host afterwards.
func (w *Window) End() {
	w.Ending()
	w.pump.halt()
	w.away.quit()
}

// Ending says that the program is about to end, from any goroutine: Fyne ends by
// itself when the system asks for that, and may have done so before End has its
// turn.
func (w *Window) Ending() { w.pump.end() }

// follow notes whether another program has the focus.
func (w *Window) follow() {
	w.app.Lifecycle().SetOnEnteredForeground(func() { w.away.behind = false })
	w.app.Lifecycle().SetOnExitedForeground(func() { w.away.behind = true })
}

// absent says that the user may not see what the window says.
func (w *Window) absent() bool { return w.away.hidden || w.away.behind }

// notifyEnd tells an absent user what came of a drop: counts, and no names,
// which are nobody's business on a screen that others see.
func (w *Window) notifyEnd(r model.Result, copied bool) {
	if !w.absent() {
		return
	}
	if r.Failed > 0 {
		text := ""
		if r.Done > 0 {
			text = words.Count("{{.N}} files sent", r.Done)
		}
		w.host.Notify(words.Count("{{.N}} files need you", r.Failed), text)
		return
	}
	text := lang.L("The links are in Chute.")
	if copied {
		text = lang.L("The links are on the clipboard.")
	}
	w.host.Notify(words.Count("{{.N}} files sent", r.Done), text)
}

// notifyNeed tells an absent user that a drop which goes on needs them.
func (w *Window) notifyNeed(failed int) {
	if w.absent() {
		w.host.Notify(words.Count("{{.N}} files need you", failed), lang.L("The others go on."))
	}
}

// updateTray makes the tray's menu say how things stand.
func (w *Window) updateTray(now time.Time) {
	t := w.list.model.Total()
	s := trayState{text: trayText(t), busy: t.Count(pausable...) > 0, paused: t.Count(uploader.Paused) > 0}
	if s == w.away.tray || now.Sub(w.away.trayAt) < trayEvery {
		return
	}
	w.away.tray, w.away.trayAt = s, now
	status := fyne.NewMenuItem(s.text, nil)
	status.Disabled = true
	items := []*fyne.MenuItem{status, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(lang.L("Open Chute"), w.Raise)}
	switch {
	case s.busy:
		items = append(items, fyne.NewMenuItem(lang.L("Pause all"), w.pauseAll))
	case s.paused:
		items = append(items, fyne.NewMenuItem(lang.L("Resume all"), w.resumeAll))
	}
	quit := fyne.NewMenuItem(lang.L("Quit"), w.Quit)
	quit.IsQuit = true
	w.host.Tray(fyne.NewMenu("Chute", append(items, fyne.NewMenuItemSeparator(), quit)...))
}

// trayText is one coarse line, so that the menu does not change all the time.
func trayText(t model.Tally) string {
	switch {
	case t.Files == 0:
		return lang.L("Nothing to send")
	case t.Ended() < t.Files:
		text := lang.L("{{.Percent}} of {{.Files}}", map[string]any{
			"Percent": words.Percent(t.Sent, t.Size), "Files": words.Count("{{.N}} files", t.Files),
		})
		if t.Count(pausable...)+t.Count(uploader.Finishing) == 0 {
			return text + " · " + lang.L("Paused")
		}
		return text
	case t.Count(uploader.Failed) > 0:
		return words.Count("{{.N}} files need you", t.Count(uploader.Failed))
	}
	return words.Count("{{.N}} files sent", t.Count(uploader.Done))
}
