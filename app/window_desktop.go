package app

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"chute/app/autostart"
	"chute/app/config"
	"chute/ui"
	"chute/uploader/fault"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"golang.org/x/term"
)

// This file is what the window asks about this computer.

// FixedSetting implements ui.Host.
func (h *host) FixedSetting(name string) bool { return slices.Contains(h.fixed, name) }

// FixedDestination implements ui.Host.
func (h *host) FixedDestination(name string) bool {
	all, err := h.app.file.Load()
	return err == nil && all.Managed(name)
}

// loginEntry is how the program starts at login: minimised, where the desktop
// has a place for it.
var loginEntry = autostart.Entry{ID: appID, Name: "Chute", Args: []string{"--" + minimisedFlag}}

// StartsAtLogin implements ui.Host. A program that keeps everything in one
// folder is not set up with the desktop.
func (h *host) StartsAtLogin() (on, possible bool) {
	if _, portable := h.app.home.Portable(); portable {
		return false, false
	}
	if on, known := loginEntry.Enabled(); known {
		return on, true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.settings.StartAtLogin, true
}

// SetStartsAtLogin implements ui.Host.
func (h *host) SetStartsAtLogin(ctx context.Context, on bool) error {
	if err := loginEntry.Set(ctx, on); err != nil {
		return fault.Wrong(err, fault.Mistake{What: fault.LoginNotChanged.With("Cause", fault.Says(err))})
	}
	h.change(func(s *config.Settings) { s.StartAtLogin = on })
	return nil
}

// keepAtLogin makes the desktop follow where the program is now, and what an
// administrator fixed.
func (h *host) keepAtLogin(ctx context.Context) {
	if _, portable := h.app.home.Portable(); portable {
		return
	}
	err := loginEntry.Refresh(ctx)
	if h.FixedSetting("start_at_login") {
		h.mu.Lock()
		want := h.settings.StartAtLogin
		h.mu.Unlock()
		if on, known := loginEntry.Enabled(); known && on != want {
			err = loginEntry.Set(ctx, want)
		}
	}
	if err != nil {
		h.app.log.Warn("starting at login", "cause", err)
	}
}

// Crash implements ui.Host.
func (h *host) Crash() string {
	text, err := collectCrash(h.app.home, h.app.redactor())
	if err != nil {
		h.app.log.Warn("a crash could not be read", "cause", err)
	}
	return text
}

// ForgetCrash implements ui.Host.
func (h *host) ForgetCrash() {
	if err := forgetCrash(h.app.home); err != nil {
		h.app.log.Warn("a crash could not be forgotten", "cause", err)
	}
}

// Support implements ui.Host.
func (h *host) Support(context.Context) (string, error) {
	var b strings.Builder
	err := h.app.support(&b)
	return b.String(), err
}

// trayPatience is how long a start without a window waits for a tray: at login
// the desktop's own parts start beside it.
const trayPatience = 10 * time.Second

// begin shows the window or, where that is not wanted and a tray can bring it
// back, leaves it hidden. stop ends the waiting for a tray.
func (h *host) begin(w *ui.Window, hidden bool) (stop func()) {
	if !hidden || h.tray.app == nil {
		w.Show()
		return func() {}
	}
	w.Hide()
	if h.InTray() {
		return func() {}
	}
	waiting := time.AfterFunc(trayPatience, func() {
		if !h.InTray() {
			fyne.Do(w.Show)
		}
	})
	return func() { waiting.Stop() }
}

// tellFailure shows why the window does not come up, where nobody reads what is
// printed because the program was started from a menu.
func tellFailure(ctx context.Context, c *console, err error) error {
	if f, ok := c.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) || needDisplay() != nil {
		return err
	}
	f, app := fault.As(err), newFyne()
	defer context.AfterFunc(ctx, func() { fyne.Do(app.Quit) })()
	message, hint := f.In(ui.Say)
	if detail := messageOf(f); f.Message() != detail {
		message += "\n" + detail // the cause, which nothing else here would tell
	}
	ui.ShowFailure(app, message, hint)
	return err
}

// newFyne makes the desktop's side of the program.
func newFyne() fyne.App {
	fyneapp.SetMetadata(fyne.AppMetadata{ID: appID, Name: "Chute", Version: Version, Migrations: map[string]bool{"fyneDo": true}})
	f := fyneapp.NewWithID(appID)
	leaveAtOnce(f)
	return f
}

// leaveAtOnce keeps the end of the program from waiting for ever. Fyne 2.8 has
// its own last act done on its main goroutine, through a queue that it closes
// at the same time: where the closing comes first, App.Run never returns. That
// act saves Fyne's preferences, and the program keeps none there.
func leaveAtOnce(f fyne.App) {
	if l, ok := f.Lifecycle().(interface{ SetOnStoppedHookExecuted(func()) }); ok {
		l.SetOnStoppedHookExecuted(nil)
	}
}
