package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"chute/ui/internal/kit"
	"chute/ui/internal/pilot"
)

// fakeLeft is what was left at the stores of tests.
type fakeLeft struct {
	list     []Unfinished
	problems []string
	err      error
}

func (h *fakeHost) Unfinished(context.Context) ([]Unfinished, []string, error) {
	takeTime()
	return h.left.list, h.left.problems, h.left.err
}

func (h *fakeHost) Finish(_ context.Context, u Unfinished) error {
	takeTime()
	h.call("finish ", u.ID)
	h.left.list = nil
	return nil
}

func (h *fakeHost) DropUnfinished(_ context.Context, u Unfinished) error {
	takeTime()
	h.call("drop ", u.ID)
	return h.left.err
}

// onScreen is all the text of the cover.
func onScreen(w *Window) string {
	var all []string
	pilot.Find(pilot.Top(w.win.Canvas()), func(l *kit.Line) bool { all = append(all, l.String()); return false })
	pilot.Find(pilot.Top(w.win.Canvas()), func(p *kit.Para) bool { all = append(all, p.String()); return false })
	return strings.Join(all, "\n")
}

func TestLeftovers(t *testing.T) {
	h := newFakeHost()
	h.left.list = []Unfinished{
		{ID: "mine", Destination: "work", Name: "film.mov", Own: true, Size: 4e9, Sent: 1e9, Begun: noon.Add(-time.Hour)},
		{ID: "theirs", Destination: "work", Name: "backup/db.gz", Size: -1, Sent: 50e9, Begun: noon.Add(-40 * 24 * time.Hour), Cost: 1.15, Price: 0.023},
	}
	h.left.problems = []string{"studio: The store refused the request."}
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.openLeftovers()
		settle()
		text := onScreen(w)
		for _, want := range []string{"film.mov", "1.0 GB of 4.0 GB", "backup/db.gz", "left by another program", "costs $1.15 a month at $0.023 a GB", "studio: The store refused"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not on the screen:\n%s", want, text)
			}
		}
		// Drop asks, and says that somebody may be at work.
		drop := w.cover.body.(*kit.Page)
		var buttons []*kit.Button
		pilot.Find(drop, func(b *kit.Button) bool {
			if b.Text == "Drop" {
				buttons = append(buttons, b)
			}
			return false
		})
		test.Tap(buttons[1])
		if !strings.Contains(onScreen(w), "still sending it") {
			t.Error("nothing is said of whoever may be sending")
		}
		wantCalls(t, h)
		if err := pilot.Tap("Drop")(w.win.Canvas()); err != nil {
			t.Fatal(err)
		}
		settle()
		wantCalls(t, h, "drop theirs")
		if err := pilot.Tap("Finish")(w.win.Canvas()); err != nil {
			t.Fatal(err)
		}
		settle()
		wantCalls(t, h, "finish mine")
		if !strings.Contains(onScreen(w), "Nothing was left.") {
			t.Errorf("the list was not made anew:\n%s", onScreen(w))
		}
		w.closeCover()
	})
	h.left = fakeLeft{list: []Unfinished{{ID: "rest", Destination: "work", Name: "Film + 2", Own: true, Unread: true, Size: -1, Begun: noon.Add(-time.Hour)}}}
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.openLeftovers()
		settle()
		if text := onScreen(w); !strings.Contains(text, "Film + 2") || !strings.Contains(text, "Not read to its end") {
			t.Errorf("on the screen:\n%s", text)
		}
		if err := pilot.Tap("Drop")(w.win.Canvas()); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(onScreen(w), "Files that were sent stay.") {
			t.Error("it does not say what becomes of the files")
		}
	})
	h.left = fakeLeft{err: errors.New("disk")}
	inSettings(t, h, func(t *testing.T, w *Window) {
		w.openLeftovers()
		settle()
		if strings.Contains(onScreen(w), "Nothing was left") {
			t.Error("a failure reads as good news")
		}
		w.closeCover()
	})
}
