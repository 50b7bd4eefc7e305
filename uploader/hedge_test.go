package uploader

import (
	"testing"
	"time"
)

// A part is hedged when it takes far longer than the others did, or is silent
// for long; the time before its attempt began says nothing of it.
func TestStraggler(t *testing.T) {
	for _, test := range []struct {
		name   string
		usual  time.Duration // that parts took; 0: none has arrived
		before time.Duration // since an earlier attempt moved a byte; 0: there was none
		took   time.Duration // since the attempt began
		moved  time.Duration // since it moved a byte; 0: it did not, it is being signed
		hedged bool
	}{
		{name: "begins", usual: 100 * time.Millisecond, took: time.Millisecond},
		{name: "begins after a pause", usual: 100 * time.Millisecond, before: time.Hour, took: time.Millisecond},
		{name: "is being signed, nothing known", before: time.Hour, took: 2 * time.Second},
		{name: "is signed for long", usual: 100 * time.Millisecond, took: 1100 * time.Millisecond, hedged: true},
		{name: "moves", usual: time.Second, took: 1900 * time.Millisecond, moved: time.Millisecond},
		{name: "is slow", usual: time.Second, took: 2100 * time.Millisecond, moved: time.Millisecond, hedged: true},
		{name: "is silent", usual: 4 * time.Second, took: 5 * time.Second, moved: 2100 * time.Millisecond, hedged: true},
		{name: "slow, but not for a person", usual: 50 * time.Millisecond, took: 900 * time.Millisecond, moved: 900 * time.Millisecond},
	} {
		t.Run(test.name, func(t *testing.T) {
			now := time.Now()
			at := func(ago time.Duration) int64 { return now.Add(-ago).UnixNano() }
			x := &transfer{parts: newParts(3)}
			if test.usual > 0 {
				x.took.add(test.usual)
			}
			p := x.parts[1]
			p.state.Store(uint32(PartSending))
			p.began.Store(at(test.took))
			if test.before > 0 {
				p.moved.Store(at(test.took + test.before))
			}
			if test.moved > 0 {
				p.moved.Store(at(test.moved))
			}
			want := 0
			if test.hedged {
				want = 2
			}
			if got := x.straggler(now, map[int]bool{}); got != want {
				t.Errorf("part %d is hedged, want %d", got, want)
			}
			if got := x.straggler(now, map[int]bool{2: true}); got != 0 {
				t.Errorf("part %d is hedged twice", got)
			}
		})
	}
}
