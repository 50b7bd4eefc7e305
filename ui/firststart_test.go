package ui

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"chute/ui/internal/kit"
	"chute/ui/internal/pilot"
	"chute/uploader/fault"
)

// atFirst opens the window as at the first start.
func atFirst(t *testing.T, h *fakeHost, f func(t *testing.T, w *Window)) {
	t.Helper()
	h.setup.first = true
	h.all, h.current = []Destination{{Name: thisComputer, Type: typeLocal}}, thisComputer
	synctest.Test(t, func(t *testing.T) {
		w := newTestWindow(t, h)
		settle()
		f(t, w)
		settle()
		w.toast.Hide()
		w.closeCover()
		w.closeSettings()
		settle()
	})
}

// choices are the ways that the user sees.
func (w *Window) choices() []string {
	var all []string
	pilot.Walk(w.win.Canvas().Content(), func(o fyne.CanvasObject) bool {
		if c, ok := o.(*choice); ok {
			all = append(all, c.title)
		}
		return true
	})
	return all
}

func TestFirstStartAsksWhereFilesShouldGo(t *testing.T) {
	h := newFakeHost()
	atFirst(t, h, func(t *testing.T, w *Window) {
		want := []string{"My organisation gave me an address or a file", "I have a bucket and keys", "Just try it on this computer"}
		if got := w.choices(); !slices.Equal(got, want) {
			t.Errorf("choices %q", got)
		}
		w.press(t, "Just try it on this computer")
		wantCalls(t, h, "welcomed")
		if w.cover != nil || !w.empty.Visible() || !w.content.Visible() {
			t.Error("the user cannot drop anything now")
		}
	})
	w := newTestWindow(t, h)
	if w.cover != nil {
		t.Error("asked again at the next start")
	}
}

// Going back leads to the question as long as it has no answer.
func TestGoingBackAtTheFirstStart(t *testing.T) {
	for _, leave := range []func(t *testing.T, w *Window){
		func(t *testing.T, w *Window) { w.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) },
		func(t *testing.T, w *Window) { w.press(t, "Close") },
		func(t *testing.T, w *Window) { w.press(t, "Back") },
	} {
		h := newFakeHost()
		atFirst(t, h, func(t *testing.T, w *Window) {
			w.press(t, "My organisation gave me an address or a file")
			leave(t, w)
			settle()
			if got := w.choices(); len(got) != 3 {
				t.Fatalf("choices %q", got)
			}
			w.openDestinationFile("/home/ada/team.chute")
			settle()
			w.press(t, "Cancel")
			settle()
			if got := w.choices(); len(got) != 3 {
				t.Errorf("choices %q", got)
			}
			w.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
			if w.cover != nil || !w.content.Visible() {
				t.Error("the question cannot be left")
			}
			if !h.setup.first {
				t.Error("going back answers the question")
			}
		})
	}
}

func TestDropAnswersTheFirstQuestion(t *testing.T) {
	h := newFakeHost()
	atFirst(t, h, func(t *testing.T, w *Window) {
		w.Take([]string{"/home/ada/a.pdf"})
		settle()
		if w.cover != nil || h.setup.first {
			t.Error("the question is still there")
		}
		if !slices.Contains(h.calls, "add [/home/ada/a.pdf]") {
			t.Errorf("calls %q", h.calls)
		}
	})
}

// From keys to where files can be dropped: nothing is asked that can be found out.
func TestFirstStartWithKeys(t *testing.T) {
	h := newFakeHost()
	h.setup.buckets = []Bucket{{"archive", "eu-west-1"}, {"media", "eu-central-1"}}
	h.steps = []TestStep{{Name: "upload", OK: true}, {Name: "link", OK: true}}
	atFirst(t, h, func(t *testing.T, w *Window) {
		w.press(t, "I have a bucket and keys")
		f := w.settings.form
		var asked []string
		pilot.Walk(f, func(o fyne.CanvasObject) bool {
			if x, ok := o.(*kit.Field); ok && x.Label() != "" {
				asked = append(asked, x.Label())
			}
			return true
		})
		if want := []string{"Provider", "Access key", "Secret key", "Bucket", "Name"}; !slices.Equal(asked, want) {
			t.Errorf("asked %q, want %q", asked, want)
		}
		c := w.win.Canvas()
		if c.Focused() != fyne.Focusable(f.entries[fieldAccessKey]) {
			t.Error("the focus is not where to begin")
		}
		test.Type(f.entries[fieldAccessKey], "AKIA")
		test.Type(f.entries[fieldSecretKey], "hush")
		c.Focus(f.entries[fieldSecretKey])
		c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // leads to the bucket, which lists
		settle()
		wantCalls(t, h, "buckets")
		if h.setup.asked.Bucket != "" || h.setup.secrets != (Secrets{AccessKey: "AKIA", SecretKey: "hush"}) {
			t.Errorf("asked with %+v, %+v", h.setup.asked, h.setup.secrets)
		}
		if got := labels(f.listing); !slices.Equal(got, []string{"archive  ·  eu-west-1", "media  ·  eu-central-1"}) || f.listing.Text != "2 found" {
			t.Errorf("%q: %q", f.listing.Text, got)
		}
		choose(t, f.listing, "media  ·  eu-central-1")
		w.press(t, "Test")
		settle()
		if h.tested.Bucket != "media" || h.tested.Region != "eu-central-1" || h.tested.Name != "media" {
			t.Errorf("tested %+v", h.tested)
		}
		w.press(t, "Save")
		settle()
		wantCalls(t, h, "test", "save ", "use media")
		if w.settings != nil || w.cover != nil || !w.empty.Visible() {
			t.Error("the user cannot drop anything now")
		}
		if got := w.toast.Text(); got != "Ready. Drop a file to get a link." {
			t.Errorf("toast %q", got)
		}
	})
}

func TestFirstStartWithAnAddress(t *testing.T) {
	h := newFakeHost()
	h.detected = []Detected{{Dialect: "uppy-companion", URL: "https://files.example.org/companion", NeedsSecret: true}}
	atFirst(t, h, func(t *testing.T, w *Window) {
		w.press(t, "My organisation gave me an address or a file")
		w.press(t, "Continue")
		if w.settings != nil {
			t.Fatal("went on without an address")
		}
		if err := pilot.Enter("https://files.example.org", " files.example.org/companion ")(w.win.Canvas()); err != nil {
			t.Fatal(err)
		}
		w.press(t, "Continue")
		settle()
		f := w.settings.form
		if got := h.detectedAt(); !slices.Equal(got, []string{"https://files.example.org/companion"}) {
			t.Errorf("asked %q", got)
		}
		if f.draft.Dialect != "uppy-companion" || f.text("name") != "files.example.org" || w.win.Canvas().Focused() != fyne.Focusable(f.entries[fieldSecret]) {
			t.Errorf("dialect %q, name %q", f.draft.Dialect, f.text("name"))
		}
		w.press(t, "Cancel")
		if len(w.choices()) != 3 {
			t.Error("Cancel does not lead back to the question")
		}
	})
}

func TestFirstStartWithAFile(t *testing.T) {
	h := newFakeHost()
	h.offers = []Offer{studioOffer()}
	atFirst(t, h, func(t *testing.T, w *Window) {
		w.chooser = chosen{"/home/ada/studio.chute"}
		w.press(t, "My organisation gave me an address or a file")
		w.press(t, "Back")
		if len(w.choices()) != 3 {
			t.Error("Back does not lead back to the question")
		}
		w.press(t, "My organisation gave me an address or a file")
		w.press(t, "Open a file…")
		settle()
		wantCalls(t, h, "read /home/ada/studio.chute")
		if text := w.shown(); !strings.Contains(text, "https://files.example.org/api") {
			t.Errorf("shown %q", text)
		}
	})
}

// chosen is a chooser whose user takes these.
type chosen []string

func (c chosen) files(f func([]string))  { f(c) }
func (c chosen) folder(f func([]string)) { f(c) }

func (c chosen) save(_ string, f func(string)) { f(c[0]) }

func TestProfilesAreOneTapAway(t *testing.T) {
	h := newFakeHost()
	h.setup.profiles = []Profile{{"default", ""}, {"studio", "eu-west-1"}}
	h.setup.buckets = []Bucket{{"masters", "eu-west-3"}}
	atFirst(t, h, func(t *testing.T, w *Window) {
		w.press(t, "Use your AWS configuration (2 profiles)")
		settle()
		w.press(t, "studio")
		settle()
		f := w.settings.form
		wantCalls(t, h, "buckets")
		if d := h.setup.asked; d.Credentials != "aws" || d.AWSProfile != "studio" || d.Provider != "aws" {
			t.Errorf("asked with %+v", d)
		}
		if !f.shown("aws_profile") || f.shown(fieldAccessKey) || f.text("bucket") != "masters" { // the only one there is
			t.Errorf("the form has bucket %q", f.text("bucket"))
		}
		w.press(t, "Save")
		settle()
		if h.saved.AWSProfile != "studio" || h.saved.Credentials != "aws" || h.saved.Region != "eu-west-3" || h.secrets != (Secrets{}) {
			t.Errorf("saved %+v with %+v", h.saved, h.secrets)
		}
	})
}

func TestBucketsThatCannotBeListed(t *testing.T) {
	for _, c := range []struct {
		name    string
		buckets []Bucket
		err     error
		want    string
	}{
		{"not allowed", nil, fault.New(fault.Denied, "", nil, nil), "This key may not list buckets. Type the name of yours."},
		{"unknown key", nil, fault.New(fault.Signature, fault.SignatureKey, fault.Facts{"Key": "7QPA"}, nil), "The store does not know the access key ending in 7QPA."},
		{"none", nil, nil, "There is no bucket yet."},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newFakeHost()
			h.setup.buckets, h.setup.bucketErr = c.buckets, c.err
			inSettings(t, h, func(t *testing.T, w *Window) {
				w.setUp(Destination{Type: typeS3, Credentials: "keyring", Auth: "none"}, nil)
				f := w.settings.form
				w.press(t, "Choose")
				if got := f.listHint.String(); got != "Enter the keys first." {
					t.Errorf("without keys it says %q", got)
				}
				f.enter(map[string]string{fieldAccessKey: "AKIA", fieldSecretKey: "hush"})
				w.press(t, "Choose")
				settle()
				if got := f.listHint.String(); !strings.HasPrefix(got, c.want) {
					t.Errorf("it says %q", got)
				}
				f.enter(map[string]string{fieldSecretKey: "other"})
				if got := f.listHint.String(); got != "" {
					t.Errorf("other keys, and it says %q still", got)
				}
			})
		})
	}
}

func TestRegionIsFoundOutBeforeSaving(t *testing.T) {
	h := newFakeHost()
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.setUp(Destination{Type: typeS3, Credentials: "keyring", Auth: "none"}, nil)
		f := w.settings.form
		choose(t, f.provider, "Backblaze B2")
		f.enter(map[string]string{fieldAccessKey: "AKIA", fieldSecretKey: "hush", "bucket": "media", "name": "b2"})
		w.press(t, "Save") // nobody knows the region
		settle()
		wantCalls(t, h, "locate media")
		if got := f.fields["region"].Error(); !f.shown("region") || !strings.HasPrefix(got, "The region could not be found out.") {
			t.Errorf("the region says %q", got)
		}
		h.setup.region = "eu-central-003"
		w.press(t, "Save")
		settle()
		wantCalls(t, h, "locate media", "save ", "use b2")
		if h.saved.Region != "eu-central-003" || h.saved.Endpoint != "https://s3.eu-central-003.backblazeb2.com" {
			t.Errorf("saved %+v", h.saved)
		}
	})
}

func TestFoundRegionIsThatOfItsBucket(t *testing.T) {
	h := newFakeHost()
	h.setup.region = "eu-west-1"
	h.steps = []TestStep{{Name: "upload"}}
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.setUp(Destination{Type: typeS3, Credentials: "keyring", Auth: "none"}, nil)
		f := w.settings.form
		f.enter(map[string]string{fieldAccessKey: "AKIA", fieldSecretKey: "hush", "bucket": "media"})
		w.press(t, "Test")
		settle()
		if f.region.Text != "eu-west-1" {
			t.Fatalf("region %q", f.region.Text)
		}
		f.enter(map[string]string{"bucket": "medium"})
		if f.region.Text != "" {
			t.Error("another bucket has the region of the first")
		}
		f.enter(map[string]string{"region": "us-east-1"})
		f.enter(map[string]string{"bucket": "mediums"})
		if f.region.Text != "us-east-1" {
			t.Error("what the user said is forgotten")
		}
	})
}

func TestNameIsSuggestedOnce(t *testing.T) {
	h := newFakeHost()
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.setUp(Destination{Type: typeS3, Credentials: "keyring", Auth: "none"}, nil)
		f := w.settings.form
		f.enter(map[string]string{"bucket": "WORK"})
		if got := f.text("name"); got != "WORK 2" {
			t.Errorf("suggested %q beside a destination of that name", got)
		}
		f.enter(map[string]string{"name": "mine"})
		f.enter(map[string]string{"bucket": "other"})
		if got := f.text("name"); got != "mine" {
			t.Errorf("name %q", got)
		}
	})
}

func TestServiceNeedsItsVariables(t *testing.T) {
	h := newFakeHost()
	inNewService(t, h, func(t *testing.T, w *Window, f *destinationForm) {
		choose(t, f.kind, "Our own (your own)")
		f.enter(map[string]string{"url": "https://files.example.org", "name": "x"})
		w.press(t, "Save")
		settle()
		wantCalls(t, h)
		if f.fields[varField("route")].Error() == "" || f.fields[varField("endpoint")].Error() != "" {
			t.Error("not exactly what has no default is asked for")
		}
		f.enter(map[string]string{varField("route"): "images"})
		w.press(t, "Save")
		settle()
		if h.saved.Vars["route"] != "images" {
			t.Errorf("saved %+v", h.saved)
		}
	})
}

func TestAddressWithoutTLSAsksFirst(t *testing.T) {
	h := newFakeHost()
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.setUp(Destination{Type: typeS3, Credentials: "keyring", Auth: "none"}, nil)
		f := w.settings.form
		choose(t, f.provider, "MinIO")
		for _, address := range []string{"", "https://nas:9000", "http://127.0.0.1:9000"} {
			f.enter(map[string]string{"endpoint": address})
			if f.shown("allow_http") {
				t.Errorf("asked for %q", address)
			}
		}
		f.enter(map[string]string{"endpoint": "http://nas:9000", fieldAccessKey: "A", fieldSecretKey: "s", "bucket": "b", "name": "nas"})
		if !f.shown("allow_http") {
			t.Error("not asked")
		}
		f.plainHTTP.SetChecked(true)
		w.press(t, "Save")
		settle()
		if !h.saved.AllowHTTP {
			t.Errorf("saved %+v", h.saved)
		}
		h.calls = nil
	})
}

func TestDetectUsesTheCertificates(t *testing.T) {
	h := newFakeHost()
	inNewService(t, h, func(t *testing.T, w *Window, f *destinationForm) {
		f.enter(map[string]string{"url": "https://files.example.org", "ca_file": "/etc/ca.pem"})
		w.press(t, "Detect")
		settle()
		if h.setup.asked.CAFile != "/etc/ca.pem" {
			t.Errorf("asked with %+v", h.setup.asked)
		}
	})
}
