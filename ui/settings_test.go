package ui

import (
	"strings"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"chute/ui/internal/kit"
	"chute/uploader/fault"
)

// inSettings opens the settings of a window, inside a bubble, so that what runs
// on other goroutines can be waited for.
func inSettings(t *testing.T, h *fakeHost, f func(t *testing.T, w *Window)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newTestWindow(t, h)
		w.openSettings()
		f(t, w)
		w.closeSettings()
		settle()
	})
}

func (f *destinationForm) enter(values map[string]string) {
	for name, v := range values {
		if name == "region" {
			f.region.SetText(v)
			continue
		}
		f.entries[name].SetText(v)
	}
}

// shownFields lists the labels of the fields that the user sees.
func (f *destinationForm) shown(name string) bool {
	_, ok := find(fyne.CanvasObject(f.page), func(x *kit.Field) bool { return x == f.fields[name] })
	return ok
}

func choose(t *testing.T, p *kit.Picker, label string) {
	t.Helper()
	for _, o := range p.Options() {
		if o.Label == label {
			o.Run()
			return
		}
	}
	t.Fatalf("no %q to choose", label)
}

func TestAddDestination(t *testing.T) {
	h := newFakeHost()
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.press(t, "Add destination")
		w.press(t, "I have a bucket and keys")
		f := w.settings.form
		choose(t, f.provider, "Cloudflare R2")
		if !f.shown(fieldAccount) || f.shown("endpoint") || f.shown("url") || f.shown("key") {
			t.Error("the form does not show what an R2 bucket needs")
		}
		f.enter(map[string]string{
			fieldAccount: "9f1ce2", fieldAccessKey: "AKIA", fieldSecretKey: "hush", fieldToken: "tok", "bucket": "media", "name": "Team bucket",
		})
		h.notice = "Keys are kept until you quit."
		w.press(t, "Save")
		settle()
		wantCalls(t, h, "locate media", "save ", "use Team bucket")
		if want := (Secrets{AccessKey: "AKIA", SecretKey: "hush", SessionToken: "tok"}); h.secrets != want {
			t.Errorf("secrets %+v", h.secrets)
		}
		if h.saved.Endpoint != "https://9f1ce2.r2.cloudflarestorage.com" || h.saved.Provider != "r2" || h.saved.Name != "Team bucket" || h.saved.Type != typeS3 {
			t.Errorf("saved %+v", h.saved)
		}
		if w.settings.form != nil {
			t.Fatal("the form is still open")
		}
		for _, name := range []string{fieldAccessKey, fieldSecretKey, fieldToken} {
			if got := f.entries[name].Text; got != "" {
				t.Errorf("%s still holds %q", name, got)
			}
		}
		if _, ok := find(fyne.CanvasObject(w.settings), func(p *kit.Para) bool { return p.String() == h.notice }); !ok {
			t.Error("the notice is not shown")
		}
	})
}

func TestEditKeepsKeysThatAreNotEntered(t *testing.T) {
	h := newFakeHost()
	h.all[0].Headers = map[string]string{"X-Team": "video"}
	h.all[0].Key = "{name}"
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.press(t, "Edit")
		f := w.settings.form
		if f.entries[fieldAccount].Text != "acc1" || f.provider.Text != "Cloudflare R2" {
			t.Errorf("account %q, provider %q", f.entries[fieldAccount].Text, f.provider.Text)
		}
		f.enter(map[string]string{"bucket": "other"})
		w.press(t, "Save")
		settle()
		wantCalls(t, h, "locate other", "save work")
		if h.saved.Bucket != "other" || h.saved.Key != "{name}" || h.saved.Headers["X-Team"] != "video" || h.secrets != (Secrets{}) {
			t.Errorf("saved %+v with %+v", h.saved, h.secrets)
		}
	})
}

func TestMistakesShowBelowTheirFields(t *testing.T) {
	h := newFakeHost()
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.press(t, "Add destination")
		w.press(t, "I have a bucket and keys")
		f := w.settings.form
		h.wrong = map[string]string{"bucket": "Enter the bucket.", "part_size": "At least 5 MiB.", "elsewhere": "Something else."}
		if f.fields["bucket"].Error() != "" {
			t.Error("mistakes show before anything was tried")
		}
		w.press(t, "Save")
		settle()
		wantCalls(t, h)
		for name, want := range map[string]string{
			"bucket": "Enter the bucket.", "part_size": "At least 5 MiB.", fieldAccessKey: "Enter the access key.",
		} {
			if got := f.fields[name].Error(); got != want || !f.shown(name) {
				t.Errorf("%s says %q, shown %v", name, got, f.shown(name))
			}
		}
		if _, ok := find(fyne.CanvasObject(f), func(p *kit.Para) bool { return strings.Contains(p.String(), "Something else.") }); !ok {
			t.Error("a mistake without a field is not shown")
		}
		delete(h.wrong, "bucket")
		f.enter(map[string]string{"bucket": "media", fieldAccessKey: "A"})
		if f.fields["bucket"].Error() != "" || f.fields[fieldSecretKey].Error() != "Enter the secret key." {
			t.Error("the mistakes do not follow what is typed")
		}
	})
}

func TestSaveThatFailsKeepsTheForm(t *testing.T) {
	h := newFakeHost()
	h.saveErr = fault.New(fault.Keyring, fault.KeyringLocked, nil, nil)
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.press(t, "Edit")
		w.settings.form.enter(map[string]string{fieldAccessKey: "A", fieldSecretKey: "S"})
		w.press(t, "Save")
		settle()
		f := w.settings.form
		if f == nil || f.entries[fieldSecretKey].Text != "S" {
			t.Fatal("what was entered is lost")
		}
		if _, ok := find(fyne.CanvasObject(f), func(p *kit.Para) bool { return strings.HasPrefix(p.String(), "The keyring is locked.") }); !ok {
			t.Error("the failure is not shown")
		}
		if f.saving.Disabled() {
			t.Error("one cannot try again")
		}
	})
}

func TestTestShowsStepsAndPolicy(t *testing.T) {
	h := newFakeHost()
	h.steps = []TestStep{{Name: "upload", OK: true}, {Name: "delete", Message: "No.", Hint: "Ask.", Policy: "{policy}"}}
	inSettings(t, h, func(t *testing.T, w *Window) {
		h.release = make(chan struct{}) // of this bubble
		w.press(t, "Edit")
		w.press(t, "Test")
		settle()
		f := w.settings.form
		if !f.testing.Disabled() {
			t.Error("a second test could be started")
		}
		close(h.release)
		settle()
		for _, want := range []string{"Upload", "Delete – No. Ask."} {
			if _, ok := find(fyne.CanvasObject(f.results), func(p *kit.Para) bool { return p.String() == want }); !ok {
				t.Errorf("no step %q", want)
			}
		}
		w.press(t, "Show the policy to paste")
		w.press(t, "Copy")
		if got := w.app.Clipboard().Content(); got != "{policy}" {
			t.Errorf("clipboard %q", got)
		}
	})
}

func TestLeavingTheFormStopsTheTestAndForgetsKeys(t *testing.T) {
	h := newFakeHost()
	inSettings(t, h, func(t *testing.T, w *Window) {
		h.release = make(chan struct{}) // never closed: only the context ends the test
		w.press(t, "Edit")
		f := w.settings.form
		f.enter(map[string]string{fieldAccessKey: "A", fieldSecretKey: "S"})
		w.press(t, "Test")
		settle()
		if h.secrets.SecretKey != "S" {
			t.Error("the test did not get the key that was entered")
		}
		f.entries["bucket"].TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) // from within a field
		settle()
		if w.settings.form != nil || f.entries[fieldSecretKey].Text != "" {
			t.Error("Escape did not leave the form")
		}
		w.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if w.settings != nil || !w.content.Visible() {
			t.Error("Escape did not close the settings")
		}
	})
}

func TestRemoveDestinationAsks(t *testing.T) {
	h := newFakeHost()
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.press(t, "Remove")
		w.press(t, "Cancel")
		settle()
		wantCalls(t, h)
		w.press(t, "Remove")
		w.press(t, "Remove") // in the question
		settle()
		wantCalls(t, h, "delete work")
		if _, ok := find(fyne.CanvasObject(w.settings), func(l *kit.Line) bool { return l.String() == "work" }); ok {
			t.Error("the destination is still listed")
		}
	})
}

func TestPreferences(t *testing.T) {
	h := newFakeHost()
	inSettings(t, h, func(t *testing.T, w *Window) {
		check, ok := find(fyne.CanvasObject(w.settings), func(c accessibleCheck) bool { return strings.HasPrefix(c.AccessibilityLabel(), "Copy the links") })
		if !ok {
			t.Fatal("no check box")
		}
		test.Tap(check)
		if h.set.CopyLinks {
			t.Error("the setting did not change")
		}
		p, _ := find(fyne.CanvasObject(w.settings), func(p *kit.Picker) bool { return p.Text == "Light" })
		choose(t, p, "Dark")
		if h.set.Theme != "dark" || h.set.CopyLinks {
			t.Errorf("settings %+v", h.set)
		}
		resume, _ := find(fyne.CanvasObject(w.settings), func(c *kit.Check) bool { return strings.HasPrefix(c.Text, "Go on with unfinished") })
		test.Tap(resume)
		if !h.set.Resume || h.set.CopyLinks {
			t.Errorf("settings %+v", h.set)
		}
		w.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if w.settings != nil {
			t.Error("Escape does nothing while a check box has the focus")
		}
	})
}

type accessibleCheck interface {
	fyne.CanvasObject
	fyne.Accessible
	fyne.Tappable
	SetChecked(bool)
}

func TestMatchEndpoint(t *testing.T) {
	for _, c := range []struct {
		template, endpoint string
		ok                 bool
		found              map[string]string
	}{
		{"", "", true, nil},
		{"", "https://x", false, nil},
		{"https://{account}.r2.cloudflarestorage.com", "https://9f.r2.cloudflarestorage.com/", true, map[string]string{"account": "9f"}},
		{"https://{account}.r2.cloudflarestorage.com", "https://9f.eu.r2.cloudflarestorage.com", false, nil},
		{"https://s3.{region}.example.com", "https://s3.eu-1.example.com", true, map[string]string{"region": "eu-1"}},
		{"https://s3.{region}.example.com", "https://s3xeu-1.example.com", false, nil},
	} {
		found, ok := matchEndpoint(c.template, c.endpoint)
		if ok != c.ok {
			t.Errorf("%q with %q: %v", c.template, c.endpoint, ok)
		}
		for k, v := range c.found {
			if found[k] != v {
				t.Errorf("%q with %q: %v", c.template, c.endpoint, found)
			}
		}
	}
}
