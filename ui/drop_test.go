package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"

	"chute/ui/internal/pilot"
	"chute/uploader"
)

// dropping drops paths of which the host says what they are.
func dropping(t *testing.T, h *fakeHost, paths []string, f func(t *testing.T, w *Window)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newTestWindow(t, h)
		w.Take(paths)
		settle()
		f(t, w)
		settle()
		w.toast.Hide()
		closeOverlays(w.win.Canvas())
	})
}

func TestFilesAloneGoAtOnce(t *testing.T) {
	for _, c := range []struct {
		onePage bool
		paths   []string
		page    bool
	}{
		{false, []string{"/a", "/b"}, false},
		{true, []string{"/a"}, false}, // one file needs no page
		{true, []string{"/a", "/b"}, true},
	} {
		h := newFakeHost()
		h.set.OnePage = c.onePage
		h.drops.drop.Files = len(c.paths)
		dropping(t, h, c.paths, func(t *testing.T, w *Window) {
			if w.win.Canvas().Overlays().Top() != nil {
				t.Error("asked")
			}
			if want := (Sending{To: "work", Page: c.page}); h.drops.how != want {
				t.Errorf("%+v, want %+v", h.drops.how, want)
			}
		})
	}
}

func TestFoldersAreAskedAboutOnce(t *testing.T) {
	for choice, want := range map[string]Sending{
		"A link for each file":   {To: "work"},
		"One link for all files": {To: "work", Page: true},
		"One zip":                {To: "work", Zip: true},
	} {
		h := newFakeHost()
		h.drops.drop = Drop{Folders: 2, Files: 1}
		dropping(t, h, []string{"/Photos", "/Videos", "/a"}, func(t *testing.T, w *Window) {
			wantCalls(t, h)
			w.press(t, choice)
			wantCalls(t, h, "add [/Photos /Videos /a]")
			if h.drops.how != want {
				t.Errorf("%s: %+v", choice, h.drops.how)
			}
			if w.win.Canvas().Overlays().Top() != nil {
				t.Error("asked twice")
			}
		})
	}
	h := newFakeHost()
	h.drops.drop = Drop{Folders: 1}
	dropping(t, h, []string{"/home/ada/Photos"}, func(t *testing.T, w *Window) {
		if text := said(pilot.Top(w.win.Canvas())); !strings.Contains(text, "How should Photos go?") {
			t.Errorf("asked %q", text)
		}
		w.press(t, "Cancel")
		wantCalls(t, h)
	})
}

func TestFoldersGoAsRemembered(t *testing.T) {
	h := newFakeHost()
	h.drops.drop = Drop{Folders: 1}
	dropping(t, h, []string{"/Photos"}, func(t *testing.T, w *Window) {
		w.press(t, "Remember this for every folder")
		wantCalls(t, h)
		w.press(t, "One zip")
		if h.set.Folders != foldersZip || !h.drops.how.Zip {
			t.Errorf("%+v, %+v", h.set, h.drops.how)
		}
	})
	for rule, want := range map[string]Sending{
		foldersFiles: {To: "work"},
		foldersPage:  {To: "work", Page: true},
		foldersZip:   {To: "work", Zip: true},
	} {
		h := newFakeHost()
		h.set.Folders, h.drops.drop = rule, Drop{Folders: 1, Files: 1}
		dropping(t, h, []string{"/Photos", "/a"}, func(t *testing.T, w *Window) {
			wantCalls(t, h, "add [/Photos /a]")
			if h.drops.how != want || w.win.Canvas().Overlays().Top() != nil {
				t.Errorf("%s: %+v", rule, h.drops.how)
			}
		})
	}
	h = newFakeHost()
	h.fixed, h.drops.drop = []string{"folders"}, Drop{Folders: 1}
	dropping(t, h, []string{"/Photos"}, func(t *testing.T, w *Window) {
		if text := said(pilot.Top(w.win.Canvas())); strings.Contains(text, "Remember") {
			t.Errorf("an administrator decides, yet asked %q", text)
		}
	})
}

// said is all the text below an object.
func said(o fyne.CanvasObject) string {
	var b strings.Builder
	pilot.Walk(o, func(o fyne.CanvasObject) bool {
		if s, ok := o.(interface{ String() string }); ok {
			b.WriteString(s.String() + "\n")
		}
		return true
	})
	return b.String()
}

func sentAgain(path string, change func(*SentLink)) SentAgain {
	l := SentLink{ID: uploader.ID("s" + path[1:]), Name: path[1:], Sent: noon.Add(-time.Hour), Expires: noon.Add(time.Hour), HasLink: true}
	if change != nil {
		change(&l)
	}
	return SentAgain{Path: path, Link: l}
}

func expired(l *SentLink) { l.Expires = noon.Add(-time.Minute) }

func TestSameFileAgainOffersItsLink(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*SentLink)
		text   string
		call   string
		link   string
	}{
		{"works", nil, "a was sent today, 14:04. Its link works until 16:04.", "link sa", "https://x/sa"},
		{"expired", expired, "a was sent today, 14:04. Its link has expired; a new one is made.", "new link sa", "https://x/new/sa"},
		{"for ever", func(l *SentLink) { l.Expires = time.Time{} }, "a was sent today, 14:04. Its link does not expire.", "link sa", "https://x/sa"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newFakeHost()
			h.drops.drop = Drop{Files: 1, Again: []SentAgain{sentAgain("/a", c.change)}}
			dropping(t, h, []string{"/a"}, func(t *testing.T, w *Window) {
				if text := said(pilot.Top(w.win.Canvas())); !strings.Contains(text, c.text) {
					t.Errorf("asked %q", text)
				}
				wantCalls(t, h) // never silently
				w.press(t, "Use the link it has")
				settle()
				wantCalls(t, h, c.call)
				if got := w.app.Clipboard().Content(); got != c.link {
					t.Errorf("clipboard %q", got)
				}
			})
		})
	}
	h := newFakeHost()
	h.drops.drop = Drop{Files: 1, Again: []SentAgain{sentAgain("/a", nil)}}
	dropping(t, h, []string{"/a"}, func(t *testing.T, w *Window) {
		w.press(t, "Send again")
		wantCalls(t, h, "add [/a]")
	})
	h = newFakeHost()
	h.linkErr = errors.New("gone")
	h.drops.drop = Drop{Files: 1, Again: []SentAgain{sentAgain("/a", expired)}}
	dropping(t, h, []string{"/a"}, func(t *testing.T, w *Window) {
		w.press(t, "Use the link it has")
		settle()
		if got := w.saidInPopUp(t); !strings.HasPrefix(got, "gone") {
			t.Errorf("it says %q", got)
		}
	})
}

func TestSomeFilesAgain(t *testing.T) {
	h := newFakeHost()
	h.drops.drop = Drop{Folders: 1, Files: 2, Again: []SentAgain{sentAgain("/b", nil)}}
	dropping(t, h, []string{"/a", "/b", "/Photos"}, func(t *testing.T, w *Window) {
		if text := said(pilot.Top(w.win.Canvas())); !strings.Contains(text, "One of these files was sent before") {
			t.Errorf("asked %q", text)
		}
		w.press(t, "Send only the 2 new ones")
		w.press(t, "One zip") // what is left is asked about as ever
		wantCalls(t, h, "add [/a /Photos]")
	})
	h = newFakeHost()
	h.drops.drop = Drop{Files: 2, Again: []SentAgain{sentAgain("/a", nil), sentAgain("/b", expired)}}
	dropping(t, h, []string{"/a", "/b"}, func(t *testing.T, w *Window) {
		w.press(t, "Use the links they have")
		settle()
		wantCalls(t, h, "link sa", "new link sb")
		if got := w.app.Clipboard().Content(); got != "https://x/sa\nhttps://x/new/sb" {
			t.Errorf("clipboard %q", got)
		}
	})
}

func TestPageIsWhatADropShares(t *testing.T) {
	h := newFakeHost()
	h.drops.page = "p"
	w := newTestWindow(t, h)
	h.tell(doneSnapshot("a", "https://x/a"), doneSnapshot("b", "https://x/b"), doneSnapshot("p", "https://x/p"))
	w.pull()
	if got := w.app.Clipboard().Content(); got != "https://x/p" {
		t.Errorf("clipboard %q", got)
	}
	if got := w.toast.Text(); got != "Link copied" {
		t.Errorf("toast %q", got)
	}
	if got := w.rowOf(t, "p").caption.String(); !strings.HasPrefix(got, "Link copied · one link for all files") {
		t.Errorf("the page's row says %q", got)
	}
}

func TestPaste(t *testing.T) {
	for _, c := range []struct {
		name   string
		paths  []string
		err    error
		toast  string
		want   []string
		failed bool
	}{
		{"files", []string{"/a", "/b"}, nil, "", []string{"paste some text", "add [/a /b]"}, false},
		{"nothing", nil, nil, "There is nothing to send on the clipboard", []string{"paste some text"}, false},
		{"a failure", nil, errors.New("no room"), "", []string{"paste some text"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newFakeHost()
			h.drops.pasted, h.drops.pasteErr = c.paths, c.err
			synctest.Test(t, func(t *testing.T) {
				w := newTestWindow(t, h)
				w.app.Clipboard().SetContent("some text")
				w.paste()
				settle()
				if !slices.Equal(h.calls, c.want) {
					t.Errorf("calls %q", h.calls)
				}
				if c.toast != "" && w.toast.Text() != c.toast {
					t.Errorf("toast %q", w.toast.Text())
				}
				if c.failed && !strings.HasPrefix(w.saidInPopUp(t), "no room") {
					t.Error("the failure is not told")
				}
				closeOverlays(w.win.Canvas())
				w.toast.Hide()
			})
		})
	}
}

func TestWhatIsLeftOutIsTold(t *testing.T) {
	w := newTestWindow(t, newFakeHost())
	w.LeftOut(0, nil)
	if got := w.toast.Text(); got != "" {
		t.Errorf("toast %q", got)
	}
	w.LeftOut(5, []string{".DS_Store", "node_modules"})
	if got := w.toast.Text(); got != "5 left out: .DS_Store, node_modules, …" {
		t.Errorf("toast %q", got)
	}
}
