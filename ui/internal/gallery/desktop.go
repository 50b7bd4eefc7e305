package main

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"chute/ui/internal/kit"
	"chute/ui/internal/pilot"
)

func (h *host) FixedSetting(name string) bool {
	return h.fixed && (name == "speed" || name == "resume")
}

func (h *host) FixedDestination(name string) bool { return h.fixed && name == "Studio" }

func (h *host) StartsAtLogin() (on, possible bool) { return false, true }

func (h *host) SetStartsAtLogin(context.Context, bool) error { return nil }

func (h *host) Crash() string { return h.crash }

func (h *host) ForgetCrash() {}

func (h *host) Support(context.Context) (string, error) { return "Chute 1.0", nil }

// crashed is a program that died the last time.
func crashed(h *host) {
	sending(h)
	h.crash = "Chute crash, collected by 1.0\nended 2026-11-20T14:58:02Z\n\npanic: runtime error: index out of range [3] with length 3\n\ngoroutine 41 [running]:\nchute/uploader.(*transfer).part(0xc000412000, 0x3)\n\tchute/uploader/parts.go:118 +0x1a5\n"
}

// administered is a computer that somebody else looks after.
func administered(h *host) {
	sending(h)
	h.fixed = true
}

// end scrolls the page that is shown to its end.
func end(c fyne.Canvas) error {
	page, ok := pilot.Find(c.Content(), func(*kit.Page) bool { return true })
	if !ok {
		return errors.New("no page")
	}
	page.ShowEnd()
	return nil
}
