package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"chute/ui/internal/kit"
	"chute/ui/internal/pilot"
)

func (h *fakeHost) ReadDestinationFile(_ context.Context, path string) ([]Offer, error) {
	h.call("read ", path)
	return h.offers, h.readErr
}

func (h *fakeHost) Accept(_ context.Context, o Offer, s Secrets) (string, error) {
	h.call("accept ", o.Destination.Name)
	h.saved, h.secrets = o.Destination, s
	h.all = append(h.all, o.Destination)
	return h.notice, h.saveErr
}

func studioOffer() Offer {
	return Offer{Destination: Destination{
		Name: "studio", Type: typeBackend, URL: "https://files.example.org/api", Dialect: "uppy-companion", Auth: "bearer",
		Headers: map[string]string{"X-Team": "video"}, Key: "{name}", LinkExpiry: "24h",
	}, Life: 24 * time.Hour}
}

// opening opens a destination file and hands over once it was read.
func opening(t *testing.T, h *fakeHost, f func(t *testing.T, w *Window)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newTestWindow(t, h)
		w.Take([]string{"/home/ada/studio.chute"})
		synctest.Wait()
		f(t, w)
		synctest.Wait()
		w.toast.Hide()
		w.closeCover()
	})
}

// shown is all the text of the cover.
func (w *Window) shown() string {
	var b strings.Builder
	if w.cover != nil {
		pilot.Walk(w.cover, func(o fyne.CanvasObject) bool {
			if s, ok := o.(fmt.Stringer); ok {
				b.WriteString(s.String() + "\n")
			}
			return true
		})
	}
	return b.String()
}

// field returns the entry with that label below the cover.
func (w *Window) field(t *testing.T, label string) *kit.Field {
	t.Helper()
	f, ok := find(fyne.CanvasObject(w.cover), func(f *kit.Field) bool { return f.Label() == label })
	if !ok {
		t.Fatalf("no field %q", label)
	}
	return f
}

func TestDestinationFileIsShownBeforeAnythingIsAdded(t *testing.T) {
	h := newFakeHost()
	h.offers = []Offer{studioOffer()}
	opening(t, h, func(t *testing.T, w *Window) {
		wantCalls(t, h, "read /home/ada/studio.chute")
		text := w.shown()
		for _, want := range []string{
			"studio.chute", "Where files.example.org says, each time", "https://files.example.org/api", "Uppy Companion", "Bearer token",
			"X-Team: video", "{name}", "1 day",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not shown:\n%s", want, text)
			}
		}
		if w.content.Visible() {
			t.Error("Tab leads to what the cover hides")
		}
		w.press(t, "Cancel")
		wantCalls(t, h)
		if w.cover != nil || !w.content.Visible() {
			t.Error("the cover is still there")
		}
	})
}

func TestDestinationFileIsAdded(t *testing.T) {
	h := newFakeHost()
	h.offers = []Offer{studioOffer()}
	opening(t, h, func(t *testing.T, w *Window) {
		h.calls = nil
		w.field(t, "Token").Control.(*kit.Entry).SetText("tok")
		w.field(t, "Name").Control.(*kit.Entry).SetText("my studio")
		w.press(t, "Add")
		synctest.Wait()
		wantCalls(t, h, "accept my studio", "use my studio")
		if h.secrets != (Secrets{Backend: "tok"}) || w.cover != nil {
			t.Errorf("secrets %v, cover %v", h.secrets, w.cover)
		}
		if got := w.toast.Text(); got != "Added my studio" {
			t.Errorf("said %q", got)
		}
	})
}

func TestDestinationFileNeedsAName(t *testing.T) {
	h := newFakeHost()
	o := studioOffer()
	o.Taken, o.Destination.Name = "work", "work 2"
	o.Destination.Auth = "basic"
	h.offers = []Offer{o}
	opening(t, h, func(t *testing.T, w *Window) {
		h.calls = nil
		if text := w.shown(); !strings.Contains(text, "You have another destination called work, which stays as it is.") {
			t.Errorf("nothing of the other:\n%s", text)
		}
		name := w.field(t, "Name")
		name.Control.(*kit.Entry).SetText("WORK")
		w.field(t, "Password").Control.(*kit.Entry).SetText("x")
		w.press(t, "Add")
		synctest.Wait()
		if name.Error() == "" || w.field(t, "User").Error() == "" {
			t.Errorf("name %q, user %q", name.Error(), w.field(t, "User").Error())
		}
		wantCalls(t, h)
		name.Control.(*kit.Entry).SetText("work 2")
		w.field(t, "User").Control.(*kit.Entry).SetText("ada")
		w.press(t, "Add")
		synctest.Wait()
		wantCalls(t, h, "accept work 2", "use work 2")
		if h.secrets.Backend != "ada:x" {
			t.Errorf("secret %q", h.secrets.Backend)
		}
	})
}

func TestKnownDestinationIsNotAddedAgain(t *testing.T) {
	h := newFakeHost()
	o := studioOffer()
	o.Known = true
	h.offers = []Offer{o}
	opening(t, h, func(t *testing.T, w *Window) {
		if _, ok := pilot.Button(w.cover, "Add"); ok {
			t.Error("there is nothing to add")
		}
		if text := w.shown(); !strings.Contains(text, "already") {
			t.Errorf("it does not say so:\n%s", text)
		}
	})
}

func TestSeveralDestinations(t *testing.T) {
	h := newFakeHost()
	second := Offer{Preferred: true, Destination: Destination{Name: "bucket", Type: typeS3, Bucket: "media", Credentials: "keyring"}}
	h.offers = []Offer{studioOffer(), second}
	opening(t, h, func(t *testing.T, w *Window) {
		h.calls = nil
		w.field(t, "Access key").Control.(*kit.Entry).SetText("AKIA")
		w.press(t, "Add")
		synctest.Wait()
		if w.field(t, "Secret key").Error() == "" {
			t.Error("half a key was taken")
		}
		w.field(t, "Secret key").Control.(*kit.Entry).SetText("s")
		w.press(t, "Add")
		synctest.Wait()
		wantCalls(t, h, "accept studio", "accept bucket", "use bucket")
	})
}

func TestDestinationFileThatFails(t *testing.T) {
	h := newFakeHost()
	h.readErr = errors.New("studio.chute:3: unknown field")
	opening(t, h, func(t *testing.T, w *Window) {
		if text := w.shown(); !strings.Contains(text, "unknown field") {
			t.Errorf("shown:\n%s", text)
		}
		if _, ok := pilot.Button(w.cover, "Add"); ok {
			t.Error("there is nothing to add")
		}
		h.calls = nil
		w.press(t, "Send the file instead")
		settle()
		wantCalls(t, h, "add [/home/ada/studio.chute]")
	})
}

func TestAddingFailsHalfWay(t *testing.T) {
	h := newFakeHost()
	h.offers, h.saveErr = []Offer{studioOffer()}, errors.New("the disk is full")
	opening(t, h, func(t *testing.T, w *Window) {
		h.calls = nil
		w.field(t, "Token").Control.(*kit.Entry).SetText("tok")
		w.press(t, "Add")
		synctest.Wait()
		if text := w.shown(); !strings.Contains(text, "the disk is full") {
			t.Errorf("shown:\n%s", text)
		}
		if slices.Contains(h.calls, "use studio") {
			t.Error("what failed is in use")
		}
	})
}

func TestWithoutTLSIsSaid(t *testing.T) {
	for address, want := range map[string]bool{
		"http://nas.example.org:9000": true, "https://nas.example.org": false, "http://127.0.0.1:9000": false, "http://[::1]:9000": false,
		"http://localhost": false, "http://127.0.0.1.example.org": true, "": false,
	} {
		if got := plainHTTP(Destination{URL: address}); got != want {
			t.Errorf("%s: %v", address, got)
		}
		if got := plainHTTP(Destination{Endpoint: address}); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if !plainHTTP(Destination{URL: "https://x", AllowHTTP: true}) {
		t.Error("allow_http lets the service send files anywhere without TLS")
	}
}

// Only one destination file by itself is one to open: everything else that is
// dropped is to be sent.
func TestWhatIsADestinationFile(t *testing.T) {
	link, err := storage.ParseURI("https://example.org/x.chute")
	if err != nil {
		t.Fatal(err)
	}
	for want, uris := range map[bool][][]fyne.URI{
		true:  {{storage.NewFileURI("/a/b.chute")}, {storage.NewFileURI("/a/B.CHUTE")}},
		false: {{storage.NewFileURI("/a/b.chute"), storage.NewFileURI("/a/c.chute")}, {storage.NewFileURI("/a/chute")}, {link}, {}},
	} {
		for _, u := range uris {
			if got := isDestinationFile(droppedPaths(u)); got != want {
				t.Errorf("%v: %v", u, got)
			}
		}
	}
}

func TestEscapeClosesTheCoverAlone(t *testing.T) {
	h := newFakeHost()
	h.offers = []Offer{studioOffer()}
	synctest.Test(t, func(t *testing.T) {
		w := newTestWindow(t, h)
		w.openSettings()
		w.openDestinationFile("/a.chute")
		synctest.Wait()
		w.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if w.cover != nil || w.settings == nil || !w.settings.Visible() || w.content.Visible() {
			t.Error("Escape did not lead back to the settings")
		}
	})
}
