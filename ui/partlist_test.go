package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"chute/uploader"
	"chute/uploader/fault"
)

const mib = 1 << 20

// openParts shows a transfer of n parts, of which done are, with its row open.
func openParts(t *testing.T, n, done int) (*fakeHost, *Window) {
	t.Helper()
	h := newFakeHost()
	w := newTestWindow(t, h)
	s := snapshot("a", uploader.Sending)
	s.Size, s.Parts, s.PartSize = int64(n)*8*mib-4*mib, n, 8*mib
	h.progress(n, done)
	h.tell(s)
	w.pull()
	w.list.openRow(w.list.model.Rows()[0])
	return h, w
}

// progress makes the parts of transfer a.
func (h *fakeHost) progress(n, done int) {
	details, parts := make([]uploader.PartDetail, n), make([]uploader.Part, n)
	for i := range n {
		d := uploader.PartDetail{Number: i + 1, Offset: int64(i) * 8 * mib, Size: 8 * mib}
		if i == n-1 {
			d.Size = 4*mib + mib/2
		}
		switch {
		case i < done:
			d.State, d.Sent, d.Attempts, d.Speed = uploader.PartDone, d.Size, 1, 6_400_000
		case i == done:
			d.State, d.Sent, d.Attempts, d.Speed = uploader.PartSending, 2*mib, 2, 5_000_000
		case i == done+1:
			d.State, d.Attempts, d.Err = uploader.PartRetrying, 3, fault.New(fault.Throttled, "", nil, nil)
		}
		details[i], parts[i].State = d, d.State
	}
	h.details = map[uploader.ID][]uploader.PartDetail{"a": details}
	h.parts["a"] = parts
}

func (w *Window) partLines(t *testing.T) []string {
	t.Helper()
	p := w.rowOf(t, "a").panel.parts
	var lines []string
	for _, n := range p.keys {
		if r, ok := p.list.Live(n); ok {
			var cells []string
			for _, c := range r.cells {
				cells = append(cells, c.String())
			}
			lines = append(lines, strings.Join(cells, "|"))
		}
	}
	return lines
}

func TestPartsAreListed(t *testing.T) {
	_, w := openParts(t, 4, 1)
	want := []string{
		"1|0 – 8|Done|1|6.4 MB/s|",
		"2|8 – 16|Sending, 25 %|2|5.0 MB/s|",
		"3|16 – 24|Trying again|3||The store is too busy",
		"4|24 – 28.5|To come|||",
	}
	if got := w.partLines(t); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("listed:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestPartsFollowWhatIsSent(t *testing.T) {
	h, w := openParts(t, 10_000, 2171)
	first := func() string { return strings.SplitN(w.partLines(t)[0], "|", 2)[0] }
	if got := first(); got != "2,171" {
		t.Fatalf("the first line is of part %s, want the last that is done", got)
	}
	pull := func(done int) {
		h.progress(10_000, done)
		s := snapshot("a", uploader.Sending)
		s.Size, s.Parts, s.PartsDone = 10_000*8*mib, 10_000, done
		h.tell(s)
		w.pull()
	}
	pull(2500)
	if got := first(); got != "2,500" {
		t.Errorf("after progress the first line is of part %s", got)
	}
	p := w.rowOf(t, "a").panel.parts
	w.win.Canvas().Focus(p)
	p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	pull(2600)
	if got := first(); got != "1" {
		t.Errorf("the list moved away from where the user scrolled, to part %s", got)
	}
	p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	if lines := w.partLines(t); !strings.HasPrefix(lines[len(lines)-1], "10,000|") {
		t.Errorf("the end shows %q", lines)
	}
}

func TestWheelStopsFollowing(t *testing.T) {
	h, w := openParts(t, 100, 50)
	p := w.rowOf(t, "a").panel.parts
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p).AddXY(20, 60)
	test.Scroll(w.win.Canvas(), at, 0, 40)
	before := w.partLines(t)[0]
	h.progress(100, 80)
	s := snapshot("a", uploader.Sending)
	s.Size, s.Parts, s.PartsDone = 100*8*mib, 100, 80
	h.tell(s)
	w.pull()
	if got := w.partLines(t)[0]; strings.SplitN(got, "|", 2)[0] != strings.SplitN(before, "|", 2)[0] {
		t.Errorf("the list moved from %q to %q", before, got)
	}
}
