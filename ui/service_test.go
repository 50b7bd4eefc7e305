package ui

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"chute/ui/internal/kit"
	"chute/uploader/fault"
)

// inNewService opens the form of a new upload service.
func inNewService(t *testing.T, h *fakeHost, f func(t *testing.T, w *Window, form *destinationForm)) {
	t.Helper()
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.setUp(Destination{Type: typeBackend, Auth: "none", Credentials: "keyring"}, nil)
		f(t, w, w.settings.form)
	})
}

func labels(p *kit.Picker) []string {
	var all []string
	for _, o := range p.Options() {
		all = append(all, o.Label)
	}
	return all
}

func TestAddUploadService(t *testing.T) {
	h := newFakeHost()
	inNewService(t, h, func(t *testing.T, w *Window, f *destinationForm) {
		if f.shown("bucket") || f.shown(fieldAccessKey) || !f.shown("url") || f.shown(fieldSecret) {
			t.Error("the form does not show what a service needs")
		}
		choose(t, f.auth, "A header of its own")
		choose(t, f.kind, "One path, two methods")
		if !f.shown("bucket") {
			t.Error("a kind that needs a bucket does not ask for it")
		}
		f.enter(map[string]string{"url": "https://files.example.org/api", fieldHeader: "X-Key", fieldSecret: "hush", "name": "Studio"})
		w.press(t, "Save")
		settle()
		if h.saved.Auth != "header:X-Key" || h.saved.URL == "" || h.saved.Dialect != "presign" || h.saved.Credentials != "" || h.secrets != (Secrets{Backend: "hush"}) {
			t.Errorf("saved %+v with %+v", h.saved, h.secrets)
		}
	})
}

// Paste an address, detect, enter the secret, test, save.
func TestDetectUploadService(t *testing.T) {
	h := newFakeHost()
	h.detected = []Detected{{Dialect: "uppy-companion", URL: "https://files.example.org/companion", NeedsSecret: true}}
	h.steps = []TestStep{{Name: "upload", OK: true}}
	inNewService(t, h, func(t *testing.T, w *Window, f *destinationForm) {
		w.press(t, "Detect")
		if f.fields["url"].Error() == "" || len(h.detectedAt()) != 0 {
			t.Error("nothing was asked for an address")
		}
		f.enter(map[string]string{"url": "https://files.example.org/companion/s3"})
		w.press(t, "Detect")
		settle()
		if f.text("url") != "https://files.example.org/companion" || f.kind.Text != "Uppy Companion" || !f.shown(fieldSecret) {
			t.Errorf("took %q, %q, asks for a secret: %v", f.text("url"), f.kind.Text, f.shown(fieldSecret))
		}
		if want := "It wants a secret, and is probably this: Uppy Companion."; f.detected.String() != want {
			t.Errorf("says %q", f.detected.String())
		}
		f.enter(map[string]string{fieldSecret: "hush", "name": "Studio"})
		w.press(t, "Test")
		settle()
		if h.tested.Dialect != "uppy-companion" || h.tested.Auth != "bearer" || h.secrets.Backend != "hush" {
			t.Errorf("tested %+v", h.tested)
		}
		w.press(t, "Save")
		settle()
		if h.saved.Name != "Studio" || h.saved.Dialect != "uppy-companion" {
			t.Errorf("saved %+v", h.saved)
		}
	})
}

func TestDetectThatFindsNothing(t *testing.T) {
	for want, found := range map[string]func(*fakeHost){
		"Nothing there answers like a service": func(*fakeHost) {},
		"does not answer": func(h *fakeHost) {
			h.detectErr = fault.New(fault.Offline, fault.NotAnswering, nil, nil)
		},
	} {
		h := newFakeHost()
		found(h)
		inNewService(t, h, func(t *testing.T, w *Window, f *destinationForm) {
			f.enter(map[string]string{"url": "https://example.org"})
			w.press(t, "Detect")
			settle()
			if got := f.detected.String(); !strings.Contains(got, want) {
				t.Errorf("says %q, want %q", got, want)
			}
			if f.draft.Dialect != "" || f.text("url") != "https://example.org" || f.detecting.Disabled() {
				t.Errorf("took %q at %q", f.draft.Dialect, f.text("url"))
			}
		})
	}
}

// Where several answer, the likeliest is taken, and the others stand first
// among the kinds, each with its own address.
func TestDetectThatFindsSeveral(t *testing.T) {
	h := newFakeHost()
	h.detected = []Detected{{Dialect: "uppy-companion", URL: "https://example.org/up"}, {Dialect: "presign", URL: "https://example.org"}}
	inNewService(t, h, func(t *testing.T, w *Window, f *destinationForm) {
		f.enter(map[string]string{"url": "https://example.org/up/x"})
		w.press(t, "Detect")
		settle()
		if want := "It is probably this: Uppy Companion. If it is one of these, choose it: One path, two methods."; f.detected.String() != want {
			t.Errorf("says %q", f.detected.String())
		}
		if got, want := labels(f.kind), []string{"Uppy Companion", "One path, two methods", "", "Our own (your own)"}; !slices.Equal(got, want) {
			t.Errorf("kinds %q, want %q", got, want)
		}
		choose(t, f.kind, "One path, two methods")
		if f.text("url") != "https://example.org" || f.draft.Dialect != "presign" || !f.shown("bucket") {
			t.Errorf("took %q at %q", f.draft.Dialect, f.text("url"))
		}
		choose(t, f.kind, "Uppy Companion")
		if f.text("url") != "https://example.org/up" || f.shown("bucket") {
			t.Errorf("took %q at %q", f.draft.Dialect, f.text("url"))
		}
		f.enter(map[string]string{"url": "https://other.example.org"})
		if got := labels(f.kind); len(got) != len(f.kinds) || strings.Contains(f.detected.String(), "probably") {
			t.Errorf("what was found elsewhere still holds: %q, %q", got, f.detected.String())
		}
	})
}

// An answer about an address that is no longer entered says nothing.
func TestDetectWhileTheAddressChanges(t *testing.T) {
	h := newFakeHost()
	h.detected = []Detected{{Dialect: "uppy-companion", URL: "https://old.example.org"}}
	inNewService(t, h, func(t *testing.T, w *Window, f *destinationForm) {
		h.release = make(chan struct{}) // of this bubble
		f.enter(map[string]string{"url": "https://old.example.org"})
		w.press(t, "Detect")
		settle()
		if !f.detecting.Disabled() || f.detected.String() != "Asking …" {
			t.Errorf("says %q while it asks", f.detected.String())
		}
		f.enter(map[string]string{"url": "https://new.example.org"})
		close(h.release)
		settle()
		if f.text("url") != "https://new.example.org" || f.draft.Dialect != "" || f.detecting.Disabled() {
			t.Errorf("took %q at %q", f.draft.Dialect, f.text("url"))
		}
	})
}

// A kind's own variables are asked for, and saved.
func TestUploadServiceWithVariables(t *testing.T) {
	h := newFakeHost()
	inNewService(t, h, func(t *testing.T, w *Window, f *destinationForm) {
		if f.shown(varField("route")) {
			t.Error("a variable of another kind is asked for")
		}
		choose(t, f.kind, "Our own (your own)")
		f.enter(map[string]string{"url": "https://files.example.org", varField("route"): "videos", "name": "House"})
		w.press(t, "Save")
		settle()
		if h.saved.Dialect != "house" || h.saved.Vars["route"] != "videos" {
			t.Errorf("saved %+v", h.saved)
		}
	})
}

func TestUploadServiceWithUserAndPassword(t *testing.T) {
	h := newFakeHost()
	inNewService(t, h, func(t *testing.T, w *Window, f *destinationForm) {
		choose(t, f.kind, "Uppy Companion")
		choose(t, f.auth, "User and password")
		if !f.shown(fieldUser) || f.fields[fieldSecret].Label() != "Password" {
			t.Errorf("asks for user: %v, and for %q", f.shown(fieldUser), f.fields[fieldSecret].Label())
		}
		f.enter(map[string]string{"url": "https://files.example.org", "name": "Studio", fieldUser: "a:b", fieldSecret: "hu:sh"})
		w.press(t, "Save")
		if f.fields[fieldUser].Error() == "" {
			t.Error("a user with a colon is another user and password")
		}
		f.enter(map[string]string{fieldUser: "ada", fieldSecret: ""})
		if f.fields[fieldUser].Error() != "" || f.fields[fieldSecret].Error() == "" {
			t.Error("the mistakes do not follow what is typed")
		}
		f.enter(map[string]string{fieldSecret: "hu:sh"})
		w.press(t, "Save")
		settle()
		wantCalls(t, h, "save ", "use Studio")
		if h.saved.Auth != "basic" || h.secrets != (Secrets{Backend: "ada:hu:sh"}) {
			t.Errorf("saved %+v with %+v", h.saved, h.secrets)
		}
		for _, name := range []string{fieldUser, fieldSecret} {
			if got := f.entries[name].Text; got != "" {
				t.Errorf("%s still holds %q", name, got)
			}
		}
	})
}

func TestUploadServiceLacksSomething(t *testing.T) {
	h := newFakeHost()
	inNewService(t, h, func(t *testing.T, w *Window, f *destinationForm) {
		choose(t, f.auth, "A header of its own")
		h.wrong = map[string]string{"dialect": "raw", "auth": "raw"}
		w.press(t, "Save")
		settle()
		wantCalls(t, h)
		for name, want := range map[string]string{
			"dialect": "Choose what it is, or have it detected.", fieldHeader: "Enter the name of the header.", "auth": "", fieldSecret: "Enter the secret.",
		} {
			if got := f.fields[name].Error(); got != want {
				t.Errorf("%s says %q, want %q", name, got, want)
			}
		}
	})
}

// service is an upload service as it was saved, of a kind whose file is gone.
func service() Destination {
	return Destination{
		Name: "Studio", Type: typeBackend, URL: "https://files.example.org", Dialect: "gone", Auth: "bearer",
		Headers: map[string]string{"X-Team": "video", "X-Room": "2"}, Vars: map[string]string{"route": "a"}, LinkExpiry: "24h",
	}
}

func TestEditUploadServiceKeepsWhatIsNotEntered(t *testing.T) {
	h := newFakeHost()
	h.all = []Destination{service()}
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.press(t, "Edit")
		f := w.settings.form
		if f.kind.Text != "gone" || f.plainHTTP.Checked {
			t.Errorf("shows %q, plain http: %v", f.kind.Text, f.plainHTTP.Checked)
		}
		w.press(t, "Save")
		settle()
		if !reflect.DeepEqual(h.saved, service()) || h.secrets != (Secrets{}) {
			t.Errorf("saved %+v with %+v", h.saved, h.secrets)
		}
	})
}

func TestHeadersAndPlainHTTP(t *testing.T) {
	h := newFakeHost()
	h.all = []Destination{service()}
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.press(t, "Edit")
		f := w.settings.form
		if f.shown("headers") || f.shown("allow_http") {
			t.Error("rare settings are shown before they are asked for")
		}
		w.press(t, "More settings")
		w.press(t, "Remove the header") // the first: X-Room
		w.press(t, "Add header")
		last := f.headers.rows[len(f.headers.rows)-1]
		if w.win.Canvas().Focused() != last.name {
			t.Error("one cannot type the name of the header at once")
		}
		last.name.SetText("x-team")
		last.value.SetText(" sound ")
		w.press(t, "Save")
		if got := f.fields["headers"].Error(); got != "x-team is there twice." {
			t.Errorf("headers say %q", got)
		}
		last.name.SetText("X-Floor")
		w.press(t, "Add header") // stays empty
		f.plainHTTP.SetChecked(true)
		w.press(t, "Save")
		settle()
		if want := map[string]string{"X-Team": "video", "X-Floor": "sound"}; !maps.Equal(h.saved.Headers, want) || !h.saved.AllowHTTP {
			t.Errorf("saved %+v", h.saved)
		}
	})
}
