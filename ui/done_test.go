package ui

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"chute/ui/internal/kit"
	"chute/ui/internal/pilot"
	"chute/uploader"
	"chute/uploader/fault"
)

func TestNewLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		w := newTestWindow(t, h)
		s := doneSnapshot("a", "https://x/a")
		s.Link.Expires = noon.Add(-time.Minute)
		h.tell(s, doneSnapshot("b", "https://x/b"))
		w.pull()
		if got := w.rowOf(t, "a").caption.String(); !strings.HasPrefix(got, "Link is over") {
			t.Errorf("caption %q", got)
		}
		if _, ok := pilot.Button(w.rowOf(t, "a"), "Copy link"); ok {
			t.Error("a link that is over can be copied")
		}
		pressIn(t, w.rowOf(t, "a"), "New link")
		synctest.Wait()
		if got := w.rowOf(t, "a").caption.String(); got != "Link copied · 12.4 MB · works until Sunday, 15:04" {
			t.Errorf("caption %q", got)
		}
		if got := w.app.Clipboard().Content(); got != "https://x/new/a" {
			t.Errorf("clipboard %q", got)
		}
		pressIn(t, w.rowOf(t, "b"), "New link") // of one that still works
		synctest.Wait()
		wantCalls(t, h, "new link a", "new link b")
	})
}

func TestNoNewLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		h.linkErr = fault.New(fault.Changed, fault.NotFound, nil, nil)
		w := newTestWindow(t, h)
		h.set.CopyLinks = false
		h.tell(doneSnapshot("a", "https://x/a"))
		w.pull()
		pressIn(t, w.rowOf(t, "a"), "New link")
		synctest.Wait()
		if got := w.saidInPopUp(t); !strings.HasPrefix(got, "The file is no longer in the store.") {
			t.Errorf("it says %q", got)
		}
		if got := w.app.Clipboard().Content(); got != "" {
			t.Errorf("clipboard %q", got)
		}
	})
}

func TestQRCode(t *testing.T) {
	h := newFakeHost()
	h.set.CopyLinks = false
	w := newTestWindow(t, h)
	long := doneSnapshot("b", "https://x/"+strings.Repeat("x", 3000))
	h.tell(doneSnapshot("a", "https://x/a"), long)
	w.pull()
	pressIn(t, w.rowOf(t, "a"), "QR code")
	if _, ok := pilot.Find(w.win.Canvas().Overlays().Top(), func(*kit.QR) bool { return true }); !ok {
		t.Error("no code")
	}
	if got := w.saidInPopUp(t); got != "works until tomorrow, 15:04" {
		t.Errorf("it says %q", got)
	}
	w.press(t, "Copy link")
	if got := w.app.Clipboard().Content(); got != "https://x/a" {
		t.Errorf("clipboard %q", got)
	}
	pressIn(t, w.rowOf(t, "b"), "QR code")
	if got := w.saidInPopUp(t); !strings.Contains(got, "too long") {
		t.Errorf("of a link that is too long it says %q", got)
	}
}

func TestCopyAs(t *testing.T) {
	h := newFakeHost()
	h.set.CopyLinks = false
	w := newTestWindow(t, h)
	h.tell(doneSnapshot("a", "https://x/a"))
	w.pull()
	w.list.openRow(w.list.model.Rows()[0])
	for _, c := range []struct{ button, want string }{
		{"Plain link", "https://x/a"},
		{"Markdown", "[a.pdf](<https://x/a>)"},
		{"HTML", `<a href="https://x/a">a.pdf</a>`},
		{"curl", "curl -fLOJ 'https://x/a'"},
		{"Key", "2026/a.pdf"},
	} {
		pressIn(t, w.rowOf(t, "a"), c.button)
		if got := w.app.Clipboard().Content(); got != c.want {
			t.Errorf("%s copied %q", c.button, got)
		}
	}
}

// A signed link's query is a key: it is copied when asked for, and not shown.
func TestDetailsShowNoSignature(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	h.tell(doneSnapshot("a", "https://x/a?X-Amz-Signature=abc"))
	w.pull()
	w.list.openRow(w.list.model.Rows()[0])
	pilot.Walk(w.win.Canvas().Content(), func(o fyne.CanvasObject) bool {
		if l, ok := o.(*kit.Line); ok && strings.Contains(l.String(), "X-Amz") {
			t.Errorf("the window shows %q", l.String())
		}
		return true
	})
}

func TestRowMenu(t *testing.T) {
	h := newFakeHost()
	h.set.CopyLinks = false
	w := newTestWindow(t, h)
	h.tell(doneSnapshot("a", "https://x/a"), failedSnapshot("b"), snapshot("c", uploader.Sending))
	w.pull()
	rows := w.list.model.Rows()
	for i, want := range [][]string{
		{"Copy link", "QR code", "Open in the browser", "New link", "Take off the list", "Show details"},
		{"Show policy", "Copy details", "Retry", "Take off the list", "Show details"},
		{"Pause", "Cancel", "Show details"},
	} {
		var got []string
		for _, a := range w.list.menu(rows[i]) {
			got = append(got, w.list.label(rows[i], a))
		}
		if !slices.Equal(got, want) {
			t.Errorf("row %d offers %q, want %q", i, got, want)
		}
	}
	w.rowOf(t, "c").TappedSecondary(&fyne.PointEvent{})
	w.win.Canvas().Overlays().Remove(w.win.Canvas().Overlays().Top())
	w.win.Canvas().Focus(w.list)
	w.list.TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu})
	if w.win.Canvas().Overlays().Top() == nil {
		t.Error("the menu key opened no menu")
	}
	w.list.act(rows[0], actOpenDetails)
	if !slices.Contains(w.list.menu(rows[0]), actCloseDetails) {
		t.Error("the menu of an open row does not close it")
	}
}

// Resting the pointer on a row shows its details without moving anything.
func TestPeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		w := newTestWindow(t, h)
		h.tell(half("a"), doneSnapshot("b", "https://x/b"), failedSnapshot("c"))
		w.pull()
		below := w.rowOf(t, "b").Position()
		rest := func(id string) bool {
			r := w.rowOf(t, id)
			r.MouseIn(&desktop.MouseEvent{})
			time.Sleep(time.Second)
			synctest.Wait()
			return w.list.peek.Shown()
		}
		if !rest("a") || w.rowOf(t, "b").Position() != below {
			t.Error("no details, or the rows moved")
		}
		s := half("a")
		s.Again = 1_200_000
		h.tell(s)
		w.pull()
		if lines := w.list.peek.Lines(); !slices.Contains(lines, [2]string{"Goes to", "media/2026/a.pdf"}) {
			t.Errorf("details %q", lines)
		}
		w.rowOf(t, "a").MouseOut()
		if w.list.peek.Shown() {
			t.Error("the details stay when the pointer leaves")
		}
		for screen, open := range map[string]func(){"settings": w.openSettings, "links": func() { w.showLinks(true) }, "leftovers": w.openLeftovers} {
			if !rest("a") {
				t.Error("no details again")
			}
			if open(); w.list.peek.Shown() {
				t.Errorf("the details stay over the %s", screen)
			}
			settle()
			w.closeCover()
			w.closeSettings()
			w.showLinks(false)
			settle()
		}
		w.rowOf(t, "a").MouseIn(&desktop.MouseEvent{})
		w.rowOf(t, "a").MouseOut()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if w.list.peek.Shown() {
			t.Error("crossing a row shows its details")
		}
		if rest("c") {
			t.Error("a failure shows details over its card")
		}
		w.rowOf(t, "c").MouseOut()
		w.list.openRow(w.list.model.Rows()[1])
		if rest("b") {
			t.Error("a row that is open shows its details twice")
		}
		w.rowOf(t, "b").MouseOut()
	})
}
