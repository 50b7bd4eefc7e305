package ui

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"chute/uploader"
)

// leaving is a window whose end can be seen.
func leaving(t *testing.T, h *fakeHost) (w *Window, quits *int) {
	w = newTestWindow(t, h)
	quits = new(int)
	w.away.quit = func() { *quits++ }
	return w, quits
}

func TestCloseGoesToTheTrayWhereThereIsOne(t *testing.T) {
	for _, c := range []struct{ there, wanted, hides bool }{
		{true, true, true}, {true, false, false}, {false, true, false},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			h := newFakeHost()
			h.inTray, h.set.CloseToTray = c.there, c.wanted
			w, quits := leaving(t, h)
			w.Close()
			if w.away.hidden != c.hides || (*quits == 0) != c.hides {
				t.Errorf("hidden %v, quit %d times", w.away.hidden, *quits)
			}
			if c.hides {
				wantCalls(t, h, "notify Chute goes on in the tray|Quit it from there.")
				w.Show()
				w.Close()
				wantCalls(t, h) // said once
			}
		})
	}
}

func TestQuitAsksWhileSending(t *testing.T) {
	for state, asks := range map[uploader.State]bool{
		uploader.Sending: true, uploader.Queued: true, uploader.Offline: true, uploader.Finishing: true,
		uploader.Paused: false, uploader.Done: false, uploader.Failed: false,
	} {
		h := newFakeHost()
		w, quits := leaving(t, h)
		h.tell(snapshot("a", state))
		w.pull()
		w.Quit()
		if (*quits == 0) != asks {
			t.Errorf("in state %v it quit %d times", state, *quits)
		}
		if !asks {
			continue
		}
		w.press(t, "Keep sending")
		if *quits != 0 || w.win.Canvas().Overlays().Top() != nil {
			t.Error("Keep sending ended the program, or left the question open")
		}
		w.Quit()
		w.Quit() // the same question, not two
		w.press(t, "Quit")
		if *quits != 1 || w.win.Canvas().Overlays().Top() != nil || w.pump.stop != nil {
			t.Errorf("Quit ended the program %d times, or it still looks for changes", *quits)
		}
		wantCalls(t, h) // nothing is cancelled: it goes on at the next start
	}
}

func TestQuitFromTheTrayShowsTheQuestion(t *testing.T) {
	h := newFakeHost()
	h.inTray, h.set.CloseToTray = true, true
	w, quits := leaving(t, h)
	h.tell(snapshot("a", uploader.Sending))
	w.pull()
	w.Close()
	w.Quit()
	if w.away.hidden || *quits != 0 || w.win.Canvas().Overlays().Top() == nil {
		t.Error("the question is not to be seen")
	}
}

// While it is hidden a window follows the transfers and draws nothing: Fyne
// would keep all of it.
func TestHiddenWindowDrawsNothing(t *testing.T) {
	h := newFakeHost()
	w, _ := leaving(t, h)
	a := snapshot("a", uploader.Sending)
	a.Parts = 64
	h.tell(a, snapshot("b", uploader.Sending))
	w.pull()
	w.Hide()
	w.toast.Hide()
	before, asked := w.rowOf(t, "a").caption.String(), h.partsFor
	for i := range 100 {
		a.Sent = int64(i) * 1000
		h.tell(a, snapshot(fmt.Sprint("new", i), uploader.Queued))
		w.pull()
	}
	if got := w.rowOf(t, "a").caption.String(); got != before || h.partsFor != asked {
		t.Errorf("drawn while hidden: %q, parts asked for %d times", got, h.partsFor-asked)
	}
	w.Notice("said meanwhile")
	if w.toast.Text() != "" {
		t.Error("a toast was drawn while hidden")
	}
	w.Show()
	if got := w.rowOf(t, "a").caption.String(); !strings.HasPrefix(got, "99 kB of 12.4 MB") {
		t.Errorf("shown again it says %q", got)
	}
	if rows := w.list.model.Rows(); len(rows) != 102 {
		t.Errorf("%d rows", len(rows))
	}
	if got := w.toast.Text(); got != "said meanwhile" {
		t.Errorf("shown again the toast says %q", got)
	}
	if got := w.footer.totals.String(); !strings.HasPrefix(got, "0 of 102 files") {
		t.Errorf("shown again the totals say %q", got)
	}
}

func TestAbsentUserIsTold(t *testing.T) {
	for name, leave := range map[string]func(*Window){
		"hidden": func(w *Window) { w.Hide() },
		"behind": func(w *Window) { w.away.behind = true },
	} {
		t.Run(name, func(t *testing.T) {
			h := newFakeHost()
			w, _ := leaving(t, h)
			leave(w)
			h.tell(snapshot("a", uploader.Sending), snapshot("b", uploader.Sending), snapshot("c", uploader.Sending))
			w.pull()
			wantCalls(t, h)
			h.tell(failedSnapshot("b"))
			w.pull()
			wantCalls(t, h, "notify 1 file needs you|The others go on.")
			h.tell(failedSnapshot("c"))
			w.pull()
			wantCalls(t, h) // said once a drop
			h.tell(doneSnapshot("a", "https://x/a"))
			w.pull()
			wantCalls(t, h, "notify 2 files need you|1 file sent")
			if got := w.app.Clipboard().Content(); got != "https://x/a" {
				t.Errorf("clipboard %q", got)
			}
			d := doneSnapshot("d", "https://x/d")
			d.Batch = 2
			h.tell(d)
			w.pull()
			wantCalls(t, h, "notify 1 file sent|The links are on the clipboard.")
		})
	}
}

func TestPresentUserIsNotNotified(t *testing.T) {
	h := newFakeHost()
	w, _ := leaving(t, h)
	h.tell(doneSnapshot("a", "https://x/a"), failedSnapshot("b"))
	w.pull()
	wantCalls(t, h)
}

func TestTrayMenu(t *testing.T) {
	h := newFakeHost()
	w, quits := leaving(t, h)
	now := noon
	w.list.now = func() time.Time { return now }
	labels := func() string {
		if h.tray == nil {
			return ""
		}
		var l []string
		for _, i := range h.tray.Items {
			if !i.IsSeparator {
				l = append(l, i.Label)
			}
		}
		return strings.Join(l, ", ")
	}
	tap := func(label string) {
		for _, i := range h.tray.Items {
			if i.Label == label {
				i.Action()
			}
		}
	}
	steps := []struct {
		after time.Duration
		tell  []uploader.Snapshot
		want  string
	}{
		{0, nil, "Nothing to send, Open Chute, Quit"},
		{3 * time.Second, []uploader.Snapshot{half("a"), half("b")}, "50 % of 2 files, Open Chute, Pause all, Quit"},
		{time.Second, []uploader.Snapshot{snapshot("a", uploader.Paused), snapshot("b", uploader.Paused)}, "50 % of 2 files, Open Chute, Pause all, Quit"}, // not yet
		{time.Second, nil, "0 % of 2 files · Paused, Open Chute, Resume all, Quit"},
		{3 * time.Second, []uploader.Snapshot{doneSnapshot("a", "https://x/a"), failedSnapshot("b")}, "1 file needs you, Open Chute, Quit"},
		{3 * time.Second, []uploader.Snapshot{doneSnapshot("b", "https://x/b")}, "2 files sent, Open Chute, Quit"},
	}
	for i, s := range steps {
		now = now.Add(s.after)
		h.tell(s.tell...)
		w.pull()
		if got := labels(); got != s.want {
			t.Errorf("step %d: %q, want %q", i, got, s.want)
		}
	}
	w.Hide()
	tap("Open Chute")
	if w.away.hidden {
		t.Error("Open Chute did not show the window")
	}
	tap("Quit")
	if *quits != 1 {
		t.Error("Quit did not end the program")
	}
	if last := h.tray.Items[len(h.tray.Items)-1]; !last.IsQuit {
		t.Error("Fyne would add a Quit of its own, which does not ask")
	}
}

func half(id string) uploader.Snapshot {
	s := snapshot(id, uploader.Sending)
	s.Sent = s.Size / 2
	return s
}

func TestSizeIsKnownAtTheEnd(t *testing.T) {
	w, _ := leaving(t, newFakeHost())
	w.win.Resize(fyne.NewSize(777, 555))
	w.Quit()
	if w.Size() != fyne.NewSize(777, 555) {
		t.Errorf("size %v", w.Size())
	}
}

func TestHiddenWindowLooksLessOften(t *testing.T) {
	h := newFakeHost()
	w, _ := leaving(t, h)
	w.Show()
	if w.pump.every != pullEvery {
		t.Errorf("shown it looks every %v", w.pump.every)
	}
	w.Hide()
	if w.pump.stop == nil || w.pump.every != hiddenPullEvery {
		t.Errorf("hidden it looks every %v", w.pump.every)
	}
}

// TestNothingPilesUpInTheTray is a night in the tray, shortened: as many pulls
// must not keep anything, neither here nor at Fyne.
func TestNothingPilesUpInTheTray(t *testing.T) {
	h := newFakeHost()
	h.inTray = true
	now := noon
	a := test.NewTempApp(t)
	w := New(a, h, Options{Now: func() time.Time { return now }})
	w.pump.run = func(func()) {}
	t.Cleanup(w.pump.halt)
	w.Show()
	w.Hide()
	sent := int64(0)
	pulls := func(n int) (kept uint64) {
		for range n {
			sent += 10_000_000
			now = now.Add(time.Second)
			for i := range 4 {
				s := snapshot(fmt.Sprint("t", i), uploader.Sending)
				s.Size, s.Sent, s.Speed, s.Left, s.Active, s.Parts = 1<<40, sent, 40_000_000, time.Hour, 8, 10_000
				h.tell(s)
			}
			w.pull()
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := pulls(500)
	const n = 5000
	if after := pulls(n); after > before+n*40 {
		t.Errorf("%d pulls kept %d bytes", n, after-before)
	}
	if h.tray == nil || !strings.Contains(h.tray.Items[0].Label, "%") {
		t.Error("the tray does not follow")
	}
}
