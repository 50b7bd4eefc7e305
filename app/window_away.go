package app

import "fyne.io/fyne/v2"

// This file is what the program does for the window while nobody looks at it.

// Tray implements ui.Host.
func (h *host) Tray(menu *fyne.Menu) { h.tray.set(menu) }

// InTray implements ui.Host.
func (h *host) InTray() bool { return h.tray.there.Load() }

// Notify implements ui.Host.
func (h *host) Notify(title, text string) {
	go func() {
		if err := h.notifier.send(title, text); err != nil {
			h.app.log.Info("no notification", "cause", err)
		}
	}()
}
