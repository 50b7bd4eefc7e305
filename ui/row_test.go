package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"chute/ui/internal/look"
	"chute/ui/internal/model"
	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"
)

type rowCase struct {
	name  string
	items []uploader.Snapshot
	group *Group
	open  bool // selected
}

func rowCases() []rowCase {
	with := func(s uploader.Snapshot, f func(*uploader.Snapshot)) []uploader.Snapshot {
		f(&s)
		return []uploader.Snapshot{s}
	}
	moving := func(s *uploader.Snapshot) {
		s.Sent, s.Speed, s.Left, s.Started = 3_100_000, 2_200_000, 4*time.Second, noon
	}
	multi := func(s *uploader.Snapshot) {
		moving(s)
		s.Size, s.Sent, s.Parts, s.PartsDone, s.PartSize, s.Active, s.Again = 38_600_000_000, 18_200_000_000, 4603, 2171, 8<<20, 6, 8<<20
		s.Left = 8 * time.Minute
	}
	folder := func(states ...uploader.State) []uploader.Snapshot {
		var all []uploader.Snapshot
		for i, state := range states {
			s := snapshot(fmt.Sprint("f", i), state)
			if state == uploader.Done {
				s = doneSnapshot(s.Name, "https://x/"+s.Name)
			}
			s.Group = 7
			all = append(all, s)
		}
		return all
	}
	photos := &Group{Name: "Photos", Files: 3}
	cases := []rowCase{
		{name: "queued", items: with(snapshot("a", uploader.Queued), func(*uploader.Snapshot) {})},
		{name: "queued_unknown_size", items: with(snapshot("a", uploader.Queued), func(s *uploader.Snapshot) { s.Size = -1 })},
		{name: "preparing", items: with(snapshot("a", uploader.Preparing), func(*uploader.Snapshot) {})},
		{name: "sending_single", items: with(snapshot("a", uploader.Sending), moving)},
		{name: "sending_multipart", items: with(snapshot("a", uploader.Sending), multi)},
		{name: "sending_multipart_open", items: with(snapshot("a", uploader.Sending), multi), open: true},
		{name: "sending_nothing_known", items: with(snapshot("a", uploader.Sending), func(s *uploader.Snapshot) { s.Size = -1; s.Sent = 5_000_000 })},
		{name: "sending_empty_file", items: with(snapshot("a", uploader.Sending), func(s *uploader.Snapshot) { s.Size = 0 })},
		{name: "retrying", items: with(snapshot("a", uploader.Retrying), func(s *uploader.Snapshot) { moving(s); s.Err = fault.New(fault.Throttled, "", nil, nil) })},
		{name: "offline", items: with(snapshot("a", uploader.Offline), moving)},
		{name: "paused", items: with(snapshot("a", uploader.Paused), moving)},
		{name: "finishing", items: with(snapshot("a", uploader.Finishing), func(s *uploader.Snapshot) { s.Sent = s.Size })},
		{name: "done", items: with(doneSnapshot("a", "https://x/a"), func(*uploader.Snapshot) {})},
		{name: "done_open", items: with(doneSnapshot("a", "https://x/a"), func(*uploader.Snapshot) {}), open: true},
		{name: "done_soon_over", items: with(doneSnapshot("a", "https://x/a"), func(s *uploader.Snapshot) { s.Link.Expires = noon.Add(2 * time.Hour) })},
		{name: "done_over", items: with(doneSnapshot("a", "https://x/a"), func(s *uploader.Snapshot) { s.Link.Expires = noon })},
		{name: "done_for_ever", items: with(doneSnapshot("a", "https://x/a"), func(s *uploader.Snapshot) { s.Link.Expires = time.Time{} })},
		{name: "done_without_link", items: with(doneSnapshot("a", ""), func(s *uploader.Snapshot) { s.Link = sign.Link{}; s.NoLink = true })},
		{name: "failed", items: with(failedSnapshot("a"), func(*uploader.Snapshot) {})},
		{name: "failed_open", items: with(failedSnapshot("a"), func(*uploader.Snapshot) {}), open: true},
		{name: "failed_key", items: with(failedSnapshot("a"), func(s *uploader.Snapshot) {
			s.Err = fault.New(fault.Signature, fault.SignatureKey, fault.Facts{"Key": "7QPA"}, nil)
		})},
		{name: "failed_region", items: with(failedSnapshot("a"), func(s *uploader.Snapshot) {
			s.Err = fault.New(fault.WrongRegion, "", fault.Facts{"Region": "eu-west-1"}, nil)
		})},
		{name: "failed_kept", items: with(failedSnapshot("a"), func(s *uploader.Snapshot) {
			s.Sent, s.Parts, s.PartsDone, s.PartSize = 8_000_000, 3, 1, 8<<20
		}), open: true},
		{name: "done_over_open", items: with(doneSnapshot("a", "https://x/a"), func(s *uploader.Snapshot) { s.Link.Expires = noon }), open: true},
		{name: "cancelled", items: with(snapshot("a", uploader.Cancelled), func(*uploader.Snapshot) {})},
		{name: "group_queued", items: folder(uploader.Queued, uploader.Queued, uploader.Queued), group: photos},
		{name: "group_sending", items: folder(uploader.Done, uploader.Sending, uploader.Queued), group: photos},
		{name: "group_scanning", items: folder(uploader.Done, uploader.Sending, uploader.Queued), group: &Group{Name: "Photos", Files: 90, Scanning: true}},
		{name: "group_offline", items: folder(uploader.Done, uploader.Offline, uploader.Queued), group: photos},
		{name: "group_failed", items: folder(uploader.Done, uploader.Failed, uploader.Cancelled), group: photos},
		{name: "group_done", items: folder(uploader.Done, uploader.Done, uploader.Done), group: photos},
		{name: "group_done_open", items: folder(uploader.Done, uploader.Done, uploader.Done), group: photos, open: true},
		{name: "group_cancelled", items: folder(uploader.Cancelled, uploader.Cancelled, uploader.Cancelled), group: photos},
	}
	return cases
}

// makeRow makes the first row of a case as the list would.
func makeRow(t testing.TB, c rowCase, width float32) *row {
	t.Helper()
	h := newFakeHost()
	if c.group != nil {
		h.groups[7] = *c.group
	}
	l := newTransfers(h, func() time.Time { return noon })
	l.todo.ended, l.todo.changed = func(model.Result) {}, func() {}
	h.tell(c.items...)
	l.pull(true)
	k := l.model.Rows()[0]
	if c.open {
		l.opened = k
	}
	r := l.New()
	l.Bind(r, k)
	r.Resize(fyne.NewSize(width, l.Height(k, width)))
	return r
}

func TestRows(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(look.Theme{Mode: look.Light})
	for _, c := range rowCases() {
		t.Run(c.name, func(t *testing.T) {
			test.AssertObjectRendersToMarkup(t, "row/"+c.name+".xml", makeRow(t, c, 800))
		})
	}
}

// A row that was used for another transfer looks as if it had been new.
func TestReusedRowsLookLikeNew(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(look.Theme{Mode: look.Light})
	cases := rowCases()
	for i, c := range cases {
		used := makeRow(t, cases[(i+7)%len(cases)], 800)
		fresh := makeRow(t, c, 800)
		test.RenderObjectToMarkup(used) // shown before
		used.set(fresh.key, fresh.face)
		used.Resize(fresh.Size())
		if got, want := test.RenderObjectToMarkup(used), test.RenderObjectToMarkup(fresh); got != want {
			t.Errorf("%s: the used row differs\nused:\n%s\nfresh:\n%s", c.name, got, want)
		}
	}
}

// Nothing in a row reaches over its edge or lies upon something else.
func TestRowsFitAtAnyWidth(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(look.Theme{Mode: look.Light})
	for _, width := range []float32{448, 600, 868, 1100} {
		for _, c := range rowCases() {
			for i := range c.items {
				c.items[i].Name = strings.Repeat("A name without end ", 12) + ".pdf"
			}
			r := makeRow(t, c, width)
			var placed []fyne.CanvasObject
			for _, o := range test.WidgetRenderer(r).Objects() {
				if !o.Visible() || o == fyne.CanvasObject(r.card) || o == fyne.CanvasObject(r.hover) || o == fyne.CanvasObject(r.tile) || o == fyne.CanvasObject(r.errCard) {
					continue
				}
				p, s := o.Position(), o.Size()
				if p.X < 0 || p.Y < 0 || p.X+s.Width > width || p.Y+s.Height > r.Size().Height {
					t.Errorf("%s at %v: %T at %v with %v leaves the row of %v", c.name, width, o, p, s, r.Size())
				}
				for _, other := range placed {
					q, z := other.Position(), other.Size()
					if p.X < q.X+z.Width && q.X < p.X+s.Width && p.Y < q.Y+z.Height && q.Y < p.Y+s.Height {
						t.Errorf("%s at %v: %T at %v %v lies upon %T at %v %v", c.name, width, o, p, s, other, q, z)
					}
				}
				placed = append(placed, o)
			}
		}
	}
}
