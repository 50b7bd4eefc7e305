package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"chute/ui/internal/model"
	"chute/ui/internal/pilot"
	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"
)

// noon is the clock of all tests.
var noon = time.Date(2026, 11, 20, 15, 4, 0, 0, time.UTC)

// fakeHost is a program that remembers what the window asked of it.
type fakeHost struct {
	calls     []string
	changes   []uploader.Snapshot
	parts     map[uploader.ID][]uploader.Part
	details   map[uploader.ID][]uploader.PartDetail
	linkErr   error
	inTray    bool
	tray      *fyne.Menu
	groups    map[uploader.GroupID]Group
	adding    map[uploader.BatchID]bool
	all       []Destination
	current   string
	life      time.Duration
	usual     time.Duration
	set       Settings
	wrong     map[string]string
	saved     Destination
	secrets   Secrets
	saveErr   error
	notice    string
	detected  []Detected
	detectErr error
	steps     []TestStep
	tested    Destination
	fixed     []string // settings, and names of destinations
	login     bool
	crash     string
	offers    []Offer
	readErr   error
	release   chan struct{} // Test and Detect wait for it, where there is one
	partsFor  int           // how often Parts was asked
	links     fakeLinks
	left      fakeLeft
	setup     fakeSetup
	drops     fakeDrops
}

var _ Host = (*fakeHost)(nil)

func newFakeHost() *fakeHost {
	return &fakeHost{
		parts: map[uploader.ID][]uploader.Part{}, groups: map[uploader.GroupID]Group{}, adding: map[uploader.BatchID]bool{},
		all:     []Destination{{Name: "work", Type: typeS3, Provider: "r2", Endpoint: "https://acc1.r2.cloudflarestorage.com", Bucket: "media", Credentials: "keyring", LinkExpiry: "48h"}, {Name: "this-computer", Type: typeLocal}},
		current: "work", usual: 48 * time.Hour, set: Settings{CopyLinks: true, Folders: foldersAsk, Theme: "light", Speed: "full"},
	}
}

func (h *fakeHost) call(name string, args ...any) {
	h.calls = append(h.calls, fmt.Sprint(append([]any{name}, args...)...))
}

func (h *fakeHost) Pause(ids ...uploader.ID)    { h.call("pause ", ids) }
func (h *fakeHost) Resume(ids ...uploader.ID)   { h.call("resume ", ids) }
func (h *fakeHost) Cancel(ids ...uploader.ID)   { h.call("cancel ", ids) }
func (h *fakeHost) Retry(ids ...uploader.ID)    { h.call("retry ", ids) }
func (h *fakeHost) Remove(ids ...uploader.ID)   { h.call("remove ", ids) }
func (h *fakeHost) Open(url string)             { h.call("open ", url) }
func (h *fakeHost) Use(name string)             { h.call("use ", name); h.current = name }
func (h *fakeHost) LinkLife() time.Duration     { return h.life }
func (h *fakeHost) UsualLife() time.Duration    { return h.usual }
func (h *fakeHost) SetLinkLife(d time.Duration) { h.call("life ", d); h.life = d }
func (h *fakeHost) Settings() Settings          { return h.set }
func (h *fakeHost) SetSettings(s Settings)      { h.call("settings ", s); h.set = s }

func (h *fakeHost) CheckLimit(s Settings) (limit, hours bool) {
	return s.Limit != "fast", s.LimitFrom == "" || s.LimitUntil != ""
}

func (h *fakeHost) Adding(b uploader.BatchID) bool      { return h.adding[b] }
func (h *fakeHost) Group(id uploader.GroupID) Group     { return h.groups[id] }
func (h *fakeHost) Details(id uploader.ID) string       { return "details of " + string(id) }
func (h *fakeHost) Check(Destination) map[string]string { return h.wrong }

func (h *fakeHost) Changes(dst []uploader.Snapshot) []uploader.Snapshot {
	dst = append(dst, h.changes...)
	h.changes = h.changes[:0]
	return dst
}

func (h *fakeHost) Parts(dst []uploader.Part, id uploader.ID) []uploader.Part {
	h.partsFor++
	return append(dst, h.parts[id]...)
}

func (h *fakeHost) PartDetails(dst []uploader.PartDetail, id uploader.ID, first, last int) []uploader.PartDetail {
	return append(dst, h.details[id][min(first-1, len(h.details[id])):min(last, len(h.details[id]))]...)
}

func (h *fakeHost) NewLink(_ context.Context, id uploader.ID) (sign.Link, error) {
	h.call("new link ", id)
	if h.linkErr != nil {
		return sign.Link{}, h.linkErr
	}
	link := sign.Link{URL: "https://x/new/" + string(id), Expires: noon.Add(48 * time.Hour)}
	s := doneSnapshot(string(id), link.URL)
	s.Link = link
	h.tell(s)
	h.links.renewed(id, link)
	return link, nil
}

func (h *fakeHost) InTray() bool              { return h.inTray }
func (h *fakeHost) Tray(menu *fyne.Menu)      { h.tray = menu }
func (h *fakeHost) Notify(title, text string) { h.call("notify ", title, "|", text) }

func (h *fakeHost) Policy(destination string) string {
	if destination == "work" {
		return "{the policy}"
	}
	return ""
}

func (h *fakeHost) Destinations() ([]Destination, string) { return h.all, h.current }

func (h *fakeHost) Providers() []Provider {
	return []Provider{
		{ID: "aws", Title: "Amazon S3", Regions: []string{"eu-west-1"}},
		{ID: "r2", Title: "Cloudflare R2", Endpoint: "https://{account}.r2.cloudflarestorage.com"},
		{ID: "b2", Title: "Backblaze B2", Endpoint: "https://s3.{region}.backblazeb2.com", Regions: []string{"us-west-004"}},
		{ID: "minio", Title: "MinIO", NeedsEndpoint: true},
	}
}

func (h *fakeHost) Dialects() []Dialect {
	return []Dialect{
		{Name: "house", Title: "Our own", Own: true, Vars: []string{"endpoint", "route"}, Needs: []string{"route"}},
		{Name: "presign", Title: "One path, two methods", NeedsBucket: true},
		{Name: "uppy-companion", Title: "Uppy Companion"},
	}
}

// detectedAt are the addresses that were asked.
func (h *fakeHost) detectedAt() []string {
	var all []string
	for _, c := range h.calls {
		if address, ok := strings.CutPrefix(c, "detect "); ok {
			all = append(all, address)
		}
	}
	return all
}

// wait holds a call until it is released or given up.
func (h *fakeHost) wait(ctx context.Context) error {
	if h.release == nil {
		return nil
	}
	select {
	case <-h.release:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (h *fakeHost) Detect(ctx context.Context, d Destination) ([]Detected, error) {
	h.call("detect ", d.URL)
	h.setup.asked = d
	if err := h.wait(ctx); err != nil {
		return nil, err
	}
	return h.detected, h.detectErr
}

func (h *fakeHost) Save(_ context.Context, old string, d Destination, s Secrets) (string, error) {
	h.call("save ", old)
	h.saved, h.secrets = d, s
	if h.saveErr == nil {
		h.setup.first = false
	}
	return h.notice, h.saveErr
}

func (h *fakeHost) Delete(_ context.Context, name string) error {
	h.call("delete ", name)
	h.all = slices.DeleteFunc(h.all, func(d Destination) bool { return d.Name == name })
	return nil
}

func (h *fakeHost) Test(ctx context.Context, d Destination, s Secrets, report func(TestStep)) {
	h.call("test")
	h.tested, h.secrets = d, s
	if h.wait(ctx) != nil {
		return
	}
	for _, step := range h.steps {
		report(step)
	}
}

func (h *fakeHost) Explain(err error) (message, hint string) {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Message(), e.Hint()
	}
	return err.Error(), ""
}

// tell makes the next pull report these.
func (h *fakeHost) tell(s ...uploader.Snapshot) { h.changes = append(h.changes, s...) }

// newTestWindow makes the window with Fyne's test driver. Nothing pulls but the test.
func newTestWindow(t testing.TB, h Host) *Window {
	t.Helper()
	a := test.NewTempApp(t)
	w := New(a, h, Options{Now: func() time.Time { return noon }})
	w.win.Resize(fyne.NewSize(900, 620))
	// Fyne's test driver would pull on the pump's goroutine, beside the test.
	w.pump.run = func(func()) {}
	t.Cleanup(w.pump.halt)
	t.Cleanup(w.toast.Hide) // no timer outlives its test
	t.Cleanup(w.list.peek.Leave)
	return w
}

func snapshot(id string, state uploader.State) uploader.Snapshot {
	return uploader.Snapshot{
		ID: uploader.ID(id), Name: id + ".pdf", Path: "/home/ada/" + id + ".pdf", Destination: "work", State: state,
		Size: 12_400_000, Left: -1, Parts: 1, Bucket: "media", Key: "2026/" + id + ".pdf",
	}
}

func doneSnapshot(id, url string) uploader.Snapshot {
	s := snapshot(id, uploader.Done)
	s.Sent, s.PartsDone, s.Started, s.Ended = s.Size, 1, noon.Add(-time.Minute), noon
	s.Link = sign.Link{URL: url, Expires: noon.Add(24 * time.Hour)}
	return s
}

func failedSnapshot(id string) uploader.Snapshot {
	s := snapshot(id, uploader.Failed)
	s.Err = fault.New(fault.Denied, "", nil, nil)
	return s
}

// find returns the first visible object below o that matches.
func find[T fyne.CanvasObject](o fyne.CanvasObject, matches func(T) bool) (T, bool) {
	return pilot.Find(o, matches)
}

// press taps the button of that name, in the topmost overlay if there is one.
func (w *Window) press(t testing.TB, name string) {
	t.Helper()
	pressIn(t, pilot.Top(w.win.Canvas()), name)
}

// rowOf returns the row of a transfer, which must be in view.
func (w *Window) rowOf(t testing.TB, id string) *row {
	t.Helper()
	r, ok := w.list.list.Live(model.Key{ID: uploader.ID(id)})
	if !ok {
		t.Fatalf("no row of %q in view", id)
	}
	return r
}

func pressIn(t testing.TB, root fyne.CanvasObject, name string) {
	t.Helper()
	b, ok := pilot.Button(root, name)
	if !ok {
		t.Fatalf("no button %q", name)
	}
	test.Tap(b)
}

func wantCalls(t testing.TB, h *fakeHost, want ...string) {
	t.Helper()
	if !slices.Equal(h.calls, want) {
		t.Errorf("calls %q, want %q", h.calls, want)
	}
	h.calls = nil
}

// turn orders what the test has drawn before what an answer draws.
var turn sync.Mutex

// takeTime keeps an answer of the host until whoever asked has drawn what it
// asked for: Fyne's test driver draws an answer on the goroutine that brings it.
func takeTime() {
	time.Sleep(time.Millisecond)
	turn.Lock()
	defer turn.Unlock()
}

// settle lets the host answer, and what its answers ask for, too. It is for
// tests in a bubble of synctest.
func settle() {
	func() {
		turn.Lock()
		defer turn.Unlock()
	}()
	time.Sleep(20 * time.Millisecond) // no toast goes meanwhile
	synctest.Wait()
}
