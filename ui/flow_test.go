package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"chute/ui/internal/kit"
	"chute/ui/internal/model"
	"chute/uploader"
	"chute/uploader/fault"
)

func TestRowButtonsReachTheHost(t *testing.T) {
	for _, c := range []struct {
		item   uploader.Snapshot
		button string
		want   string
	}{
		{snapshot("a", uploader.Sending), "Pause", "pause [a]"},
		{snapshot("a", uploader.Paused), "Resume", "resume [a]"},
		{snapshot("a", uploader.Queued), "Cancel", "cancel [a]"},
		{snapshot("a", uploader.Offline), "Cancel", "cancel [a]"},
		{snapshot("a", uploader.Finishing), "Cancel", "cancel [a]"},
		{failedSnapshot("a"), "Retry", "retry [a]"},
		{snapshot("a", uploader.Cancelled), "Retry", "retry [a]"},
		{failedSnapshot("a"), "Take off the list", "remove [a]"},
		{doneSnapshot("a", "https://x/a"), "Open in the browser", "open https://x/a"},
	} {
		t.Run(c.button+" "+c.want, func(t *testing.T) {
			h := newFakeHost()
			w := newTestWindow(t, h)
			h.tell(c.item)
			w.pull()
			pressIn(t, w.rowOf(t, "a"), c.button)
			wantCalls(t, h, c.want)
		})
	}
}

func TestGroupButtonsActOnItsFiles(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	h.groups[7] = Group{Name: "Photos", Files: 3}
	for id, state := range map[string]uploader.State{"f1": uploader.Sending, "f2": uploader.Queued, "f3": uploader.Finishing} {
		s := snapshot(id, state)
		s.Group = 7
		h.tell(s)
	}
	slices.SortFunc(h.changes, func(a, b uploader.Snapshot) int { return strings.Compare(string(a.ID), string(b.ID)) })
	w.pull()
	r, _ := w.list.list.Live(model.Key{Group: 7})
	pressIn(t, r, "Pause")
	pressIn(t, r, "Cancel")
	wantCalls(t, h, "pause [f1 f2]", "cancel [f1 f2 f3]")
	pressIn(t, r, "Show the files")
	w.rowOf(t, "f3")
	pressIn(t, r, "Hide the files")
	if _, ok := w.list.list.Live(model.Key{ID: "f3"}); ok {
		t.Error("the files of a closed folder are still shown")
	}
}

func TestBatchEndPutsLinksOnTheClipboard(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	h.tell(snapshot("a", uploader.Sending), snapshot("b", uploader.Sending), snapshot("c", uploader.Sending))
	w.pull()
	h.tell(doneSnapshot("c", "https://x/c"), doneSnapshot("a", "https://x/a"))
	w.pull()
	if got := w.app.Clipboard().Content(); got != "" {
		t.Fatalf("copied %q before the drop was done", got)
	}
	h.tell(failedSnapshot("b"))
	w.pull()
	if got := w.app.Clipboard().Content(); got != "https://x/a\nhttps://x/c" {
		t.Errorf("clipboard %q", got)
	}
	if got := w.toast.Text(); got != "2 links copied · 1 file needs you" {
		t.Errorf("toast %q", got)
	}
	if got := w.rowOf(t, "a").caption.String(); !strings.HasPrefix(got, "Link copied · 12.4 MB · works until tomorrow, 15:04") {
		t.Errorf("caption %q", got)
	}
	if got := w.footer.totals.String(); got != "1 file needs you · 2 files sent" {
		t.Errorf("totals %q", got)
	}
}

func TestBatchEndLeavesTheClipboardAloneWhereTheUserWantsThat(t *testing.T) {
	h := newFakeHost()
	h.set.CopyLinks = false
	w := newTestWindow(t, h)
	w.app.Clipboard().SetContent("mine")
	h.tell(doneSnapshot("a", "https://x/a"))
	w.pull()
	if got := w.app.Clipboard().Content(); got != "mine" {
		t.Errorf("clipboard %q", got)
	}
	if got := w.rowOf(t, "a").caption.String(); !strings.HasPrefix(got, "Link ready") {
		t.Errorf("caption %q", got)
	}
}

func TestKeyIsSharedWhereThereIsNoLink(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	s := doneSnapshot("a", "")
	s.Link.URL, s.NoLink = "", true
	h.tell(s)
	w.pull()
	if got := w.app.Clipboard().Content(); got != "2026/a.pdf" {
		t.Errorf("clipboard %q", got)
	}
}

func TestOnlyTheLastCopyCountsAsCopied(t *testing.T) {
	h := newFakeHost()
	h.set.CopyLinks = false
	w := newTestWindow(t, h)
	h.tell(doneSnapshot("a", "https://x/a"), doneSnapshot("b", "https://x/b"))
	w.pull()
	pressIn(t, w.rowOf(t, "a"), "Copy link")
	pressIn(t, w.rowOf(t, "b"), "Copy link")
	if got := w.app.Clipboard().Content(); got != "https://x/b" {
		t.Errorf("clipboard %q", got)
	}
	if a, b := w.rowOf(t, "a").caption.String(), w.rowOf(t, "b").caption.String(); !strings.HasPrefix(a, "Link ready") || !strings.HasPrefix(b, "Link copied") {
		t.Errorf("captions %q, %q", a, b)
	}
	w.press(t, "Copy all links")
	if got := w.app.Clipboard().Content(); got != "https://x/a\nhttps://x/b" {
		t.Errorf("all links: %q", got)
	}
}

func TestCopyDetails(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	h.tell(failedSnapshot("a"))
	w.pull()
	pressIn(t, w.rowOf(t, "a"), "Copy details")
	if got := w.app.Clipboard().Content(); got != "details of a" {
		t.Errorf("clipboard %q", got)
	}
}

func TestDropReachesTheHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		w := newTestWindow(t, h)
		w.openSettings() // anywhere, the settings too
		link, err := storage.ParseURI("https://example.org/x?y=1")
		if err != nil {
			t.Fatal(err)
		}
		w.add(droppedPaths([]fyne.URI{storage.NewFileURI("/home/ada/a b+c%20#é.pdf"), link}))
		settle()
		wantCalls(t, h, "add [/home/ada/a b+c%20#é.pdf https://example.org/x?y=1]")
		if w.settings != nil {
			t.Error("the settings hide what was dropped")
		}
	})
}

func TestAllAtOnce(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	h.tell(snapshot("a", uploader.Sending), snapshot("b", uploader.Queued), snapshot("c", uploader.Paused), doneSnapshot("d", "https://x/d"))
	w.pull()
	w.press(t, "Pause all")
	wantCalls(t, h, "pause [a b]")
	h.tell(snapshot("a", uploader.Paused), snapshot("b", uploader.Paused))
	w.pull()
	w.press(t, "Resume all")
	w.press(t, "Clear")
	wantCalls(t, h, "resume [a b c]", "remove [d]")
	if got := w.footer.totals.String(); !strings.HasPrefix(got, "0 of 3 files") {
		t.Errorf("totals %q", got)
	}
	h.calls = nil
	w.press(t, "Cancel all")
	wantCalls(t, h) // it asks first
	w.press(t, "Cancel all")
	wantCalls(t, h, "cancel [a b c]")
	h.calls = nil
	h.tell(failedSnapshot("a"), failedSnapshot("b"), snapshot("c", uploader.Cancelled))
	w.pull()
	w.press(t, "Retry all")
	wantCalls(t, h, "retry [a b]")
}

func TestEmptyStateComesAndGoes(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	if !w.empty.Visible() || w.list.Visible() || w.footer.Visible() {
		t.Error("an empty window does not say what to do")
	}
	h.tell(doneSnapshot("a", "https://x/a"))
	w.pull()
	if w.empty.Visible() || !w.list.Visible() || !w.footer.Visible() {
		t.Error("the list did not take the place of the empty state")
	}
	w.press(t, "Clear")
	if !w.empty.Visible() {
		t.Error("the empty state did not come back")
	}
}

func TestTitleShowsProgress(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	s := snapshot("a", uploader.Sending)
	s.Sent = s.Size / 2
	h.tell(s)
	w.pull()
	if got := w.win.Title(); got != "50 % of 1 file – Chute" {
		t.Errorf("title %q", got)
	}
	h.tell(doneSnapshot("a", "https://x/a"))
	w.pull()
	if got := w.win.Title(); got != "Chute" {
		t.Errorf("title %q", got)
	}
}

func TestOnlyRowsInViewAreDrawn(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	for i := range 1000 {
		s := snapshot(fmt.Sprint("t", i), uploader.Sending)
		s.Parts = 64
		h.tell(s)
	}
	w.pull()
	h.partsFor = 0
	s := snapshot("t900", uploader.Sending)
	s.Parts, s.Sent = 64, 5
	h.tell(s)
	w.pull()
	if h.partsFor != 0 {
		t.Error("the parts of a row out of view were asked for")
	}
	s.ID = "t2"
	h.tell(s)
	w.pull()
	if h.partsFor != 1 {
		t.Errorf("the parts of one row in view were asked for %d times", h.partsFor)
	}
}

func TestKeyboard(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	h.tell(doneSnapshot("a", "https://x/a"), snapshot("b", uploader.Sending), doneSnapshot("c", "https://x/c"))
	w.pull()
	c := w.win.Canvas()
	c.Focus(w.list)
	key := func(n fyne.KeyName) { c.Focused().TypedKey(&fyne.KeyEvent{Name: n}) }
	if w.list.selected.ID != "a" || !w.rowOf(t, "a").face.focused {
		t.Fatalf("reaching the list by keyboard shows no selection: %+v", w.list.selected)
	}
	key(fyne.KeyDown)
	key(fyne.KeySpace)
	wantCalls(t, h, "pause [b]")
	key(fyne.KeyDelete) // still sending: not by accident
	wantCalls(t, h)
	key(fyne.KeyEnd)
	key(fyne.KeyDelete)
	wantCalls(t, h, "remove [c]")
	if w.list.selected.ID != "b" {
		t.Errorf("after Delete %v is selected", w.list.selected)
	}
	key(fyne.KeyHome)
	key(fyne.KeyReturn)
	if len(w.rowOf(t, "a").face.details) == 0 {
		t.Error("Enter did not open the row")
	}
	key(fyne.KeyEscape)
	if len(w.rowOf(t, "a").face.details) > 0 {
		t.Error("Escape did not close the row")
	}
	w.list.TypedShortcut(&fyne.ShortcutCopy{})
	if got := w.app.Clipboard().Content(); got != "https://x/a" {
		t.Errorf("copied %q", got)
	}
}

func TestTappingARowOpensAndClosesIt(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	h.tell(doneSnapshot("a", "https://x/a"), doneSnapshot("b", "https://x/b"))
	w.pull()
	before := w.rowOf(t, "b").Size().Height
	test.Tap(w.rowOf(t, "b"))
	r := w.rowOf(t, "b")
	if len(r.face.details) == 0 || r.Size().Height <= before || r.face.focused {
		t.Errorf("opened: %+v, height %v after %v", r.face, r.Size().Height, before)
	}
	if w.list.selected.ID != "b" {
		t.Error("another row was selected")
	}
	test.Tap(r)
	if len(w.rowOf(t, "b").face.details) != 0 || w.rowOf(t, "b").Size().Height != before {
		t.Error("the row did not close")
	}
}

func TestShortcuts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		h.set.CopyLinks = false
		w := newTestWindow(t, h)
		asked := &fakeChooser{}
		w.chooser = asked
		h.tell(doneSnapshot("a", "https://x/a"))
		w.pull()
		typed := func(k fyne.KeyName, m fyne.KeyModifier) {
			for _, s := range w.shortcuts() { // Fyne's test canvas has none
				if s.KeyName == k && s.Modifier == m {
					s.run()
					return
				}
			}
			t.Errorf("no shortcut %v %v", m, k)
		}
		typed(fyne.KeyO, fyne.KeyModifierShortcutDefault)
		asked.chosen([]string{"/a", "/b"})
		settle()
		wantCalls(t, h, "add [/a /b]")
		typed(fyne.KeyC, fyne.KeyModifierShortcutDefault|fyne.KeyModifierShift)
		if got := w.app.Clipboard().Content(); got != "https://x/a" {
			t.Errorf("clipboard %q", got)
		}
	})
}

type fakeChooser struct{ chosen func([]string) }

func (c *fakeChooser) files(f func([]string))  { c.chosen = f }
func (c *fakeChooser) folder(f func([]string)) { c.chosen = f }

func (c *fakeChooser) save(string, func(string)) {}

func TestHeaderPickers(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	choose := func(p *kit.Picker, label string) {
		t.Helper()
		for _, o := range p.Options() {
			if o.Label == label {
				o.Run()
				return
			}
		}
		t.Fatalf("no %q among %+v", label, p.Options())
	}
	choose(w.header.destination, "This computer")
	choose(w.header.life, "7 days")
	wantCalls(t, h, "use this-computer", "life 168h0m0s")
	if w.header.destination.Text != "This computer" || w.header.life.Text != "7 days" {
		t.Errorf("shown: %q, %q", w.header.destination.Text, w.header.life.Text)
	}
	if got := w.empty.text.String(); !strings.Contains(got, "This computer") {
		t.Errorf("the empty state says %q", got)
	}
	test.Tap(w.header.destination)
	if w.win.Canvas().Overlays().Top() == nil {
		t.Error("the picker opened no menu")
	}
}

func TestToastGoesByItself(t *testing.T) {
	for after, want := range map[time.Duration]string{kit.ToastTime - time.Millisecond: "3 links copied", kit.ToastTime + time.Millisecond: ""} {
		synctest.Test(t, func(t *testing.T) {
			w := newTestWindow(t, newFakeHost())
			w.toast.Show("3 links copied")
			time.Sleep(after)
			synctest.Wait()
			if got := w.toast.Text(); got != want {
				t.Errorf("after %v it shows %q", after, got)
			}
		})
	}
}

func TestPumpPullsWhileShownOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		p := newPump(func() { n++ })
		p.run = func(f func()) { f() }
		p.start(pullEvery)
		p.start(pullEvery) // no second one
		time.Sleep(time.Second + time.Millisecond)
		synctest.Wait()
		if n != 9 {
			t.Errorf("%d pulls in a second", n)
		}
		p.halt()
		time.Sleep(time.Second)
		synctest.Wait()
		if n != 9 {
			t.Errorf("pulled %d times after the window was hidden", n-9)
		}
		p.start(pullEvery)
		synctest.Wait()
		if n != 10 {
			t.Error("no pull at once when shown again")
		}
		p.end()
		time.Sleep(time.Second)
		synctest.Wait()
		if n != 10 {
			t.Errorf("pulled %d times after the end", n-10)
		}
		p.halt()
	})
}

// A UI goroutine that does not get to it must not find a queue of pulls.
func TestPumpQueuesOneCallAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var queued []func()
		n := 0
		p := newPump(func() { n++ })
		p.run = func(f func()) { queued = append(queued, f) }
		p.start(pullEvery)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if len(queued) != 1 {
			t.Errorf("%d calls wait", len(queued))
		}
		p.halt()
		synctest.Wait()
		queued[0]()
		if n != 0 {
			t.Error("a call that waited ran after the window was hidden")
		}
	})
}

func TestTabGoesFromTopToBottom(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	h.tell(snapshot("a", uploader.Sending))
	w.pull()
	c := w.win.Canvas()
	var got []string
	for range 12 {
		c.FocusNext()
		switch o := c.Focused().(type) {
		case *transfers:
			got = append(got, "list")
		case fyne.Accessible:
			got = append(got, o.AccessibilityLabel())
		}
	}
	want := []string{"Transfers", "Links", "work", "2 days", "Add files", "Add a folder", "Settings", "list", "Pause", "Cancel", "Full speed", "Pause all"}
	if !slices.Equal(got, want) {
		t.Errorf("order %q, want %q", got, want)
	}
}

func TestRefusedKeyOpensItsDestination(t *testing.T) {
	for _, c := range []struct {
		err    *fault.Error
		button string
	}{
		{fault.New(fault.Signature, fault.SignatureSecret, nil, nil), "Enter key again"},
		{fault.New(fault.Signature, fault.NoKey, nil, nil), "Enter key again"},
		{fault.New(fault.Expired, fault.KeysOver, nil, nil), "Enter key again"},
		{fault.New(fault.Denied, fault.DeniedBackend, nil, nil), "Enter secret again"},
		{fault.New(fault.Denied, fault.NoSecret, nil, nil), "Enter secret again"},
	} {
		h := newFakeHost()
		w := newTestWindow(t, h)
		s := failedSnapshot("a")
		s.Err = c.err
		h.tell(s)
		w.pull()
		pressIn(t, w.rowOf(t, "a"), "Retry")
		wantCalls(t, h, "retry [a]")
		pressIn(t, w.rowOf(t, "a"), c.button)
		if w.settings == nil || w.settings.form == nil || w.settings.form.old != "work" {
			t.Errorf("%s: the form of the destination did not open", c.err.Variant)
		}
		w.closeSettings()
	}
}

func TestFooterTellsTheLimit(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	for _, c := range []struct{ limit, from, want string }{
		{"", "", "Full speed"}, {"2.5 MB/s", "", "Up to 2.5 MB/s"}, {"2.5 MB/s", "07:00", "Full speed"},
	} {
		h.set.Limit, h.set.LimitFrom = c.limit, c.from
		w.footer.update()
		if w.footer.speed.Text != c.want {
			t.Errorf("limit %q from %q: %q", c.limit, c.from, w.footer.speed.Text)
		}
	}
}

// In a narrow window the totals keep their room, and what stands elsewhere goes.
func TestFooterLeavesRoomForTheTotals(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	a, b := half("a"), half("b")
	a.Speed, b.Speed = 41_300_000, 2_200_000
	h.tell(a, b)
	w.pull()
	for width, want := range map[float32]string{900: "speed cancel pause", 480: "pause"} {
		w.win.Resize(fyne.NewSize(width, 480))
		var got []string
		for _, c := range []struct {
			name string
			o    fyne.CanvasObject
		}{{"speed", w.footer.speed}, {"cancel", w.footer.cancel}, {"pause", w.footer.pause}} {
			if c.o.Size().Width > 0 {
				got = append(got, c.name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%v wide it shows %q, want %q", width, got, want)
		}
		if w.footer.totals.Size().Width < w.footer.totals.Natural() {
			t.Errorf("%v wide the totals have %v, and need %v", width, w.footer.totals.Size().Width, w.footer.totals.Natural())
		}
	}
}
