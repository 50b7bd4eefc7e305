package ui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"chute/uploader"
)

// BenchmarkFrame is the work of one pull on the UI goroutine: 10,000 transfers in
// the list, of which those with 64 active parts changed, all in view.
func BenchmarkFrame(b *testing.B) {
	h := newFakeHost()
	w := newTestWindow(b, h)
	for i := range 10_000 {
		h.tell(snapshot(fmt.Sprint("t", i), uploader.Queued))
	}
	w.pull()
	sent := int64(0)
	for b.Loop() {
		sent += 1_000_000
		for i := range 8 { // eight parts each
			s := snapshot(fmt.Sprint("t", i), uploader.Sending)
			s.Size, s.Sent, s.Speed, s.Left, s.Active = 1<<40, sent, 40_000_000, time.Hour, 8
			s.Parts, s.PartsDone = 10_000, int(sent/8e6)
			h.tell(s)
			if h.parts[s.ID] == nil {
				h.parts[s.ID] = make([]uploader.Part, 10_000)
			}
			h.parts[s.ID][int(sent/1e6)%10_000].State = uploader.PartSending
		}
		w.pull()
	}
}

// BenchmarkAllChange is the worst pull: each of 10,000 transfers changed, as
// when the network goes away.
func BenchmarkAllChange(b *testing.B) {
	h := newFakeHost()
	w := newTestWindow(b, h)
	all := make([]uploader.Snapshot, 10_000)
	for i := range all {
		all[i] = snapshot(fmt.Sprint("t", i), uploader.Sending)
	}
	for b.Loop() {
		for i := range all {
			all[i].Sent++
		}
		h.tell(all...)
		w.pull()
	}
}

// BenchmarkScroll is one step of scrolling through 10,000 rows.
func BenchmarkScroll(b *testing.B) {
	h := newFakeHost()
	w := newTestWindow(b, h)
	for i := range 10_000 {
		h.tell(snapshot(fmt.Sprint("t", i), uploader.State(i%10)))
	}
	w.pull()
	i := 0
	for b.Loop() {
		i = (i + 1) % 9_000
		w.list.list.ScrollTo(float32(i * 60))
	}
}

// BenchmarkPaint is the painting of the whole window in software, which a
// graphics card does otherwise: an upper bound.
func BenchmarkPaint(b *testing.B) {
	h := newFakeHost()
	w := newTestWindow(b, h)
	for i := range 100 {
		h.tell(snapshot(fmt.Sprint("t", i), uploader.Sending))
	}
	w.pull()
	w.win.Resize(fyne.NewSize(900, 620))
	for b.Loop() {
		w.win.Canvas().Capture()
	}
}
