package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"chute/ui/internal/kit"
	"chute/ui/internal/pilot"
	"chute/uploader"
	"chute/uploader/fault"
)

// onLinks opens the list of links.
func onLinks(t *testing.T, h *fakeHost, f func(t *testing.T, w *Window)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newTestWindow(t, h)
		w.press(t, "Links")
		settle()
		f(t, w)
		settle()
		w.toast.Hide()
	})
}

// linkRow returns the row of something that was sent, which must be in view.
func (w *Window) linkRow(t *testing.T, l SentLink) *linkRow {
	t.Helper()
	r, ok := w.links.list.Live(l.Number)
	if !ok {
		t.Fatalf("no row of %q in view", l.Name)
	}
	return r
}

// listed are the names of the links that are wanted.
func (w *Window) listed() []string {
	var names []string
	for _, n := range w.links.numbers {
		if l, ok := w.links.read[n]; ok {
			names = append(names, l.Name)
		} else {
			names = append(names, fmt.Sprint("unread ", n))
		}
	}
	return names
}

func everyState(h *fakeHost) map[LinkState]SentLink {
	return map[LinkState]SentLink{
		LinkWorks:   h.links.add("works.pdf", nil),
		LinkExpired: h.links.add("expired.pdf", func(l *SentLink) { l.Expires = noon }),
		LinkForever: h.links.add("forever.pdf", func(l *SentLink) { l.Expires = time.Time{} }),
		LinkNone:    h.links.add("none.pdf", func(l *SentLink) { l.Expires, l.HasLink = time.Time{}, false }),
		LinkDeleted: h.links.add("deleted.pdf", func(l *SentLink) { l.Deleted = true }),
	}
}

func TestLinksSayWhatTheyAreGoodFor(t *testing.T) {
	h := newFakeHost()
	all := everyState(h)
	soon := h.links.add("soon.pdf", func(l *SentLink) { l.Expires = noon.Add(2 * time.Hour) })
	page := h.links.add("Brand kit.html", func(l *SentLink) { l.Files = 14 })
	onLinks(t, h, func(t *testing.T, w *Window) {
		for _, c := range []struct {
			link               SentLink
			title, chip, main  string
			qr                 bool
			menu               []action
			caption            string
			accessibilityLabel string
		}{
			{link: all[LinkWorks], title: "works.pdf", chip: "until tomorrow, 15:04", main: "Copy link", qr: true, menu: []action{actCopy, actCopyMarkdown, actQR, actOpen, actNewLink, actCopyKey, actReveal, actDelete}},
			{link: soon, title: "soon.pdf", chip: "2 h left", main: "Copy link", qr: true, menu: []action{actCopy, actCopyMarkdown, actQR, actOpen, actNewLink, actCopyKey, actReveal, actDelete}},
			{link: all[LinkExpired], title: "expired.pdf", chip: "expired", main: "New link", menu: []action{actNewLink, actCopyKey, actReveal, actDelete}},
			{link: all[LinkForever], title: "forever.pdf", chip: "does not expire", main: "Copy link", qr: true, menu: []action{actCopy, actCopyMarkdown, actQR, actOpen, actCopyKey, actReveal, actDelete}},
			{link: all[LinkNone], title: "none.pdf", chip: "no link", main: "Copy key", menu: []action{actCopyKey, actReveal, actDelete}},
			{link: all[LinkDeleted], title: "deleted.pdf", chip: "deleted", menu: []action{actCopyKey, actReveal}},
			{link: page, title: "Brand kit, 14 files", chip: "until tomorrow, 15:04", main: "Copy link", qr: true, menu: []action{actCopy, actCopyMarkdown, actQR, actOpen, actNewLink, actCopyKey, actReveal, actDelete}},
		} {
			r := w.linkRow(t, c.link)
			main := ""
			if r.main.Visible() {
				main = r.main.Text
			}
			if r.title.String() != c.title || r.chip.String() != c.chip || main != c.main || r.qr.Visible() != c.qr {
				t.Errorf("%q %q %q qr %t, want %+v", r.title, r.chip, main, r.qr.Visible(), c)
			}
			if got := r.caption.String(); got != "1.2 MB · work · today, 14:04" {
				t.Errorf("%s: caption %q", c.title, got)
			}
			if got := w.links.actions(c.link); !slices.Equal(got, c.menu) {
				t.Errorf("%s: menu %v", c.title, got)
			}
		}
		if got := w.links.search.PlaceHolder; got != "Search 7 links" {
			t.Errorf("the search says %q", got)
		}
	})
}

func TestLinkButtons(t *testing.T) {
	h := newFakeHost()
	all := everyState(h)
	onLinks(t, h, func(t *testing.T, w *Window) {
		pressIn(t, w.linkRow(t, all[LinkWorks]), "Copy link")
		settle()
		wantCalls(t, h, "link s1")
		if got := w.app.Clipboard().Content(); got != "https://x/s1" {
			t.Errorf("clipboard %q", got)
		}
		pressIn(t, w.linkRow(t, all[LinkExpired]), "New link")
		settle()
		wantCalls(t, h, "new link s2")
		if got := w.app.Clipboard().Content(); got != "https://x/new/s2" {
			t.Errorf("clipboard %q", got)
		}
		if got := w.toast.Text(); got != "New link copied. It works until Sunday, 15:04." {
			t.Errorf("toast %q", got)
		}
		if got := w.linkRow(t, all[LinkExpired]).chip.String(); got != "until Sunday, 15:04" {
			t.Errorf("chip %q", got)
		}
		pressIn(t, w.linkRow(t, all[LinkNone]), "Copy key")
		if got := w.app.Clipboard().Content(); got != "k/none.pdf" {
			t.Errorf("clipboard %q", got)
		}
		pressIn(t, w.linkRow(t, all[LinkForever]), "QR code")
		settle()
		if got := w.saidInPopUp(t); got != "does not expire" {
			t.Errorf("it says %q", got)
		}
		w.press(t, "Close")
		h.calls = nil
		w.links.act(all[LinkWorks], actOpen)
		settle()
		w.links.act(all[LinkWorks], actReveal)
		settle()
		wantCalls(t, h, "link s1", "open https://x/s1", "reveal /home/ada/works.pdf")
	})
}

func TestLinkIsDeletedAfterAsking(t *testing.T) {
	h := newFakeHost()
	l := h.links.add("a.pdf", nil)
	onLinks(t, h, func(t *testing.T, w *Window) {
		w.links.act(l, actDelete)
		if got := w.saidInPopUp(t); !strings.HasPrefix(got, "Links to it stop working for everybody") {
			t.Errorf("it says %q", got)
		}
		w.press(t, "Cancel")
		settle()
		wantCalls(t, h)
		w.links.act(l, actDelete)
		w.press(t, "Delete")
		settle()
		wantCalls(t, h, "delete sent s1")
		if got := w.linkRow(t, l).chip.String(); got != "deleted" {
			t.Errorf("chip %q", got)
		}
		if got := w.toast.Text(); got != "Deleted from work" {
			t.Errorf("toast %q", got)
		}
	})
}

func TestDeletingAPageSaysThatItsFilesGo(t *testing.T) {
	h := newFakeHost()
	l := h.links.add("Photos.html", func(l *SentLink) { l.Files = 2 })
	onLinks(t, h, func(t *testing.T, w *Window) {
		w.links.act(l, actDelete)
		if got := w.saidInPopUp(t); !strings.HasPrefix(got, "The page and the files on it are deleted.") {
			t.Errorf("it says %q", got)
		}
		w.press(t, "Cancel")
	})
}

func TestLinkFailures(t *testing.T) {
	h := newFakeHost()
	l := h.links.add("a.pdf", nil)
	h.links.linkErr = fault.New(fault.Changed, fault.NotFound, nil, nil)
	onLinks(t, h, func(t *testing.T, w *Window) {
		for _, a := range []action{actCopy, actReveal} {
			w.links.act(l, a)
			settle()
			if got := w.saidInPopUp(t); !strings.HasPrefix(got, "The file is no longer in the store.") {
				t.Errorf("%d: it says %q", a, got)
			}
			w.press(t, "Close")
		}
		w.links.act(l, actDelete)
		w.press(t, "Delete")
		settle()
		w.press(t, "Close")
		if got := w.app.Clipboard().Content(); got != "" {
			t.Errorf("clipboard %q", got)
		}
		h.links.sentErr = errors.New("disk")
		w.links.find()
		settle()
		w.press(t, "Close")
	})
}

func TestLinksAreSearchedAndFiltered(t *testing.T) {
	h := newFakeHost()
	everyState(h)
	h.links.add("other works.mov", func(l *SentLink) { l.Destination = "this-computer" })
	onLinks(t, h, func(t *testing.T, w *Window) {
		want := func(names ...string) {
			t.Helper()
			settle()
			if got := w.listed(); !slices.Equal(got, names) {
				t.Errorf("listed %q, want %q", got, names)
			}
		}
		want("other works.mov", "deleted.pdf", "none.pdf", "forever.pdf", "expired.pdf", "works.pdf")
		test.Type(w.links.search, "works")
		want("other works.mov", "works.pdf")
		pick := func(p *kit.Picker, label string) {
			t.Helper()
			for _, o := range p.Options() {
				if o.Label == label {
					o.Run()
					return
				}
			}
			t.Fatalf("no option %q", label)
		}
		pick(w.links.destination, "This computer")
		want("other works.mov")
		pick(w.links.state, "Expired")
		want()
		if !w.links.nothing.Visible() || w.links.nothing.title.String() != "No link matches" {
			t.Error("nothing says that nothing matches")
		}
		if w.links.destination.Text != "This computer" || w.links.state.Text != "Expired" {
			t.Errorf("the filters say %q and %q", w.links.destination.Text, w.links.state.Text)
		}
		w.press(t, "Show all")
		want("other works.mov", "deleted.pdf", "none.pdf", "forever.pdf", "expired.pdf", "works.pdf")
		if w.links.nothing.Visible() || w.links.search.Text != "" {
			t.Error("a filter holds still")
		}
		if got := w.links.search.PlaceHolder; got != "Search 6 links" {
			t.Errorf("the search says %q", got)
		}
	})
}

func TestNothingWasSentYet(t *testing.T) {
	onLinks(t, newFakeHost(), func(t *testing.T, w *Window) {
		if got := w.links.nothing.title.String(); !w.links.nothing.Visible() || got != "No links yet" {
			t.Errorf("it says %q", got)
		}
	})
}

// Of very many links only those around the view are read.
func TestManyLinksAreReadInPieces(t *testing.T) {
	h := newFakeHost()
	const n = 20_000
	for i := range n {
		h.links.add(fmt.Sprint(i), nil)
	}
	onLinks(t, h, func(t *testing.T, w *Window) {
		if got := len(w.links.read); got > 2*readAhead {
			t.Errorf("%d read at once", got)
		}
		h.links.reads = nil
		w.links.list.ScrollTo(linkRowHeight * n / 2)
		w.pull()
		settle()
		read := 0
		for _, r := range h.links.reads {
			read += len(r)
		}
		if read == 0 || read > 4*readAhead || len(h.links.reads) > 2 {
			t.Errorf("%d read in %d pieces after a jump", read, len(h.links.reads))
		}
		for y := range 120 {
			w.links.list.ScrollTo(float32(y) * linkRowHeight * 100)
			w.pull()
			settle()
		}
		if got := len(w.links.read); got > readAtMost {
			t.Errorf("%d are remembered", got)
		}
		w.links.list.ScrollTo(1e9)
		w.pull()
		settle()
		if r := w.linkRow(t, h.links.sent[0]); r.title.String() != "0" {
			t.Errorf("the last row says %q", r.title)
		}
	})
}

func TestLinksByKeyboard(t *testing.T) {
	h := newFakeHost()
	a := h.links.add("a.pdf", nil)
	h.links.add("b.pdf", nil)
	onLinks(t, h, func(t *testing.T, w *Window) {
		c := w.win.Canvas()
		list, _ := pilot.Find(fyne.CanvasObject(w.links), func(*focusList) bool { return true })
		c.Focus(list)
		key := func(names ...fyne.KeyName) {
			for _, n := range names {
				c.Focused().TypedKey(&fyne.KeyEvent{Name: n})
				settle()
			}
		}
		key(fyne.KeyDown, fyne.KeyReturn)
		wantCalls(t, h, "link s1")
		if w.links.selected != a.Number || w.linkRow(t, a).card.StrokeWidth != 2 {
			t.Error("the selected row does not show")
		}
		key(fyne.KeyUp)
		list.TypedShortcut(&fyne.ShortcutCopy{})
		settle()
		wantCalls(t, h, "link s2")
		key(fyne.KeyEnd, fyne.KeyDelete)
		w.press(t, "Delete")
		settle()
		wantCalls(t, h, "delete sent s1")
		key(desktop.KeyMenu)
		if c.Overlays().Top() == nil {
			t.Error("no menu")
		}
		c.Overlays().Remove(c.Overlays().Top())
		key(fyne.KeyEscape)
		if w.links.Visible() {
			t.Error("Escape does not lead back")
		}
		for _, s := range w.shortcuts() { // Fyne's test canvas has none
			if s.KeyName == fyne.KeyF {
				s.run()
			}
		}
		if !w.links.Visible() || c.Focused() != fyne.Focusable(w.links.search) {
			t.Error("Ctrl+F does not search")
		}
	})
}

func TestLinksFollowWhatIsSent(t *testing.T) {
	h := newFakeHost()
	h.set.CopyLinks = false
	onLinks(t, h, func(t *testing.T, w *Window) {
		h.tell(snapshot("a", uploader.Sending))
		w.pull()
		if !w.footer.Visible() {
			t.Error("what is on its way is not told")
		}
		h.links.add("a.pdf", nil)
		h.tell(doneSnapshot("a", "https://x/a"))
		w.pull()
		settle()
		if got := w.listed(); !slices.Equal(got, []string{"a.pdf"}) {
			t.Errorf("listed %q", got)
		}
		if w.footer.Visible() {
			t.Error("the totals of the transfers stay")
		}
		w.add([]string{"/x"})
		if w.links.Visible() || !w.list.Visible() {
			t.Error("a drop does not lead to the transfers")
		}
	})
}
