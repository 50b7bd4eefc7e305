package kit

import (
	"image/color"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"chute/ui/internal/look"
	"chute/uploader"
)

func TestCellsOf(t *testing.T) {
	done := uploader.Part{State: uploader.PartDone, Fill: 255}
	half := uploader.Part{State: uploader.PartSending, Fill: 128}
	retry := uploader.Part{State: uploader.PartRetrying}
	wait := uploader.Part{}
	for _, c := range []struct {
		name  string
		parts []uploader.Part
		fit   int
		want  []cell
	}{
		{"none", nil, 10, nil},
		{"no room", []uploader.Part{done}, 0, nil},
		{"one each", []uploader.Part{done, half, retry, wait}, 10, []cell{{255, uploader.PartDone}, {128, uploader.PartSending}, {0, uploader.PartRetrying}, {0, uploader.PartWaiting}}},
		{"groups", []uploader.Part{done, done, done, half, half, retry, done, wait}, 4, []cell{{255, uploader.PartDone}, {191, uploader.PartSending}, {64, uploader.PartRetrying}, {127, uploader.PartWaiting}}},
		{"uneven", []uploader.Part{done, done, done, done, wait}, 2, []cell{{255, uploader.PartDone}, {170, uploader.PartWaiting}}},
	} {
		if got := cellsOf(nil, c.parts, c.fit); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func newTestStrip(t testing.TB, width float32) *Strip {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(look.Theme{Mode: look.Light})
	s := NewStrip()
	s.Resize(fyne.NewSize(width, StripHeight))
	return s
}

func TestStripDrawsItsCells(t *testing.T) {
	s := newTestStrip(t, 100)
	s.Set([]uploader.Part{{State: uploader.PartDone, Fill: 255}, {State: uploader.PartSending, Fill: 128}, {State: uploader.PartRetrying}, {}})
	img := s.draw(200, 20) // at scale 2
	at := func(x int) color.NRGBA { return nrgba(img.At(x, 10)) }
	for x, name := range map[int]fyne.ThemeColorName{20: look.Accent, 60: look.Accent, 90: look.Surface, 120: look.Warn, 180: look.Track} {
		if got, want := at(x), nrgba(look.Color(name)); got != want {
			t.Errorf("at %d: %v, want %v (%s)", x, got, want, name)
		}
	}
	if at(49).A != 0 {
		t.Error("no gap between the cells")
	}
}

func TestStripIsDrawnAgainOnlyWhenACellChanged(t *testing.T) {
	s := newTestStrip(t, 800)
	parts := make([]uploader.Part, 10_000)
	s.Set(parts)
	parts[0].State = uploader.PartSending
	s.parts = append(s.parts[:0], parts...)
	if !s.reduce() {
		t.Error("a part that is being sent does not show")
	}
	parts[1].State = uploader.PartSending // in the same cell
	s.parts = append(s.parts[:0], parts...)
	if s.reduce() {
		t.Error("the same picture is drawn again")
	}
}

// BenchmarkStrip is a tick of a strip of 10,000 parts: taking them over, and
// drawing the picture at scale 2.
func BenchmarkStrip(b *testing.B) {
	s := newTestStrip(b, 800)
	parts := make([]uploader.Part, 10_000)
	n := 0
	for b.Loop() {
		n = (n + 1) % len(parts)
		parts[n] = uploader.Part{State: uploader.PartSending, Fill: uint8(n)}
		s.Set(parts)
		s.draw(1600, 20)
	}
}
