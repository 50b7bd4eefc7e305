package ui

import (
	"context"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/pilot"
)

func (h *fakeHost) FixedSetting(name string) bool     { return slices.Contains(h.fixed, name) }
func (h *fakeHost) FixedDestination(name string) bool { return slices.Contains(h.fixed, name) }

func (h *fakeHost) StartsAtLogin() (on, possible bool) { return h.login, true }

func (h *fakeHost) SetStartsAtLogin(_ context.Context, on bool) error {
	h.call("login ", on)
	if h.saveErr == nil {
		h.login = on
	}
	return h.saveErr
}

func (h *fakeHost) Crash() string { return h.crash }
func (h *fakeHost) ForgetCrash()  { h.call("forget crash") }

func (h *fakeHost) Support(context.Context) (string, error) { return "all there is", h.saveErr }

func TestNoCrashNoQuestion(t *testing.T) {
	w := newTestWindow(t, newFakeHost())
	w.OfferCrash()
	if w.win.Canvas().Overlays().Top() != nil {
		t.Error("asked about nothing")
	}
}

func TestCrashIsOffered(t *testing.T) {
	for button, want := range map[string]struct {
		calls     []string
		clipboard string
	}{
		"Copy":   {[]string{"forget crash"}, "panic: x"},
		"Forget": {[]string{"forget crash"}, ""},
	} {
		h := newFakeHost()
		h.crash = "panic: x"
		w := newTestWindow(t, h)
		w.app.Clipboard().SetContent("")
		w.OfferCrash()
		wantCalls(t, h)
		w.press(t, "Show")
		if _, ok := pilot.Find(w.win.Canvas().Overlays().Top(), func(l *widget.Label) bool { return l.Text == "panic: x" }); !ok {
			t.Error("the record is not shown")
		}
		w.press(t, button)
		wantCalls(t, h, want.calls...)
		if got := w.app.Clipboard().Content(); got != want.clipboard {
			t.Errorf("%s: clipboard %q", button, got)
		}
		if w.win.Canvas().Overlays().Top() != nil {
			t.Errorf("%s: the question is still there", button)
		}
	}
}

func TestSupportBundleIsCopied(t *testing.T) {
	h := newFakeHost()
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.press(t, "Copy support bundle")
		settle()
		if got := w.app.Clipboard().Content(); got != "all there is" {
			t.Errorf("clipboard %q", got)
		}
	})
}

// checkOf returns the check box of that text in the settings.
func checkOf(t *testing.T, w *Window, text string) *kit.Check {
	t.Helper()
	c, ok := pilot.Find(fyne.CanvasObject(w.settings), func(c *kit.Check) bool { return c.Text == text })
	if !ok {
		t.Fatalf("no check box %q", text)
	}
	return c
}

func TestStartAtLogin(t *testing.T) {
	const text = "Start when I log in, without a window"
	h := newFakeHost()
	inSettings(t, h, func(t *testing.T, w *Window) {
		h.calls = nil
		c := checkOf(t, w, text)
		c.Checked = true // not SetChecked, which goes on drawing beside the answer
		c.OnChanged(true)
		settle()
		wantCalls(t, h, "login true")
	})
	h = newFakeHost()
	h.saveErr = context.DeadlineExceeded
	inSettings(t, h, func(t *testing.T, w *Window) {
		c := checkOf(t, w, text)
		c.Checked = true // not SetChecked, which goes on drawing beside the answer
		c.OnChanged(true)
		settle()
		if c.Checked || !strings.Contains(w.toast.Text(), "deadline") {
			t.Errorf("checked %v, said %q", c.Checked, w.toast.Text())
		}
		w.toast.Hide()
	})
}

func TestFixedSettings(t *testing.T) {
	h := newFakeHost()
	h.fixed = []string{"speed", "resume", "link_life", "work"}
	inSettings(t, h, func(t *testing.T, w *Window) {
		if c := checkOf(t, w, "Go on with unfinished uploads when Chute starts"); !c.Disabled() {
			t.Error("a fixed setting can be changed")
		}
		if c := checkOf(t, w, "Copy the links when a drop is done"); c.Disabled() {
			t.Error("one that is not fixed cannot be changed")
		}
		if !w.header.life.Disabled() || !w.footer.speed.Disabled() || w.header.destination.Disabled() {
			t.Error("the pickers outside the settings do not follow")
		}
		w.settings.edit(h.all[0])
		f := w.settings.form
		for name := range f.fields {
			if want := slices.Contains([]string{fieldAccessKey, fieldSecretKey, fieldToken}, name); f.has(name) != want {
				t.Errorf("%s: %v", name, f.has(name))
			}
		}
		f.entries[fieldAccessKey].SetText("AKIA")
		f.entries[fieldSecretKey].SetText("s")
		w.press(t, "Save")
		settle()
		if h.secrets.AccessKey != "AKIA" {
			t.Errorf("saved %v, calls %q", h.secrets, h.calls)
		}
		w.toast.Hide()
	})
}

// The mistakes in a file stay until they were read; a toast would be gone.
func TestNoticeOfSeveralLinesStays(t *testing.T) {
	w := newTestWindow(t, newFakeHost())
	w.Notice("There is a mistake in settings.toml:\nsettings.toml:1: theme: unknown value")
	top := w.win.Canvas().Overlays().Top()
	if _, ok := pilot.Find(top, func(p *kit.Para) bool { return p.String() == "settings.toml:1: theme: unknown value" }); !ok || w.toast.Text() != "" {
		t.Errorf("shown %v, toast %q", ok, w.toast.Text())
	}
	w.press(t, "Close")
	if w.win.Canvas().Overlays().Top() != nil {
		t.Error("it cannot be closed")
	}
	w.Hide()
	w.Notice("one\ntwo")
	w.Show()
	if w.win.Canvas().Overlays().Top() == nil {
		t.Error("what came while the window was hidden is not told")
	}
}
