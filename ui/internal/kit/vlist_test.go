package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

func textOf(o fyne.CanvasObject) string { return o.(*canvas.Text).Text }

// numbers are rows of which the first ones may be higher.
type numbers struct {
	made, bound int
	height      map[int]float32
}

func (n *numbers) Height(k int, _ float32) float32 {
	if h, ok := n.height[k]; ok {
		return h
	}
	return 60
}
func (n *numbers) New() *Line          { n.made++; return NewLine(14) }
func (n *numbers) Bind(_ *Line, _ int) { n.bound++ }

func newNumbers(t testing.TB, count int) (*VList[int, *Line], *numbers) {
	test.NewTempApp(t)
	src := &numbers{height: map[int]float32{}}
	l := NewVList[int, *Line](src)
	l.Gap, l.Margin = 10, 0
	test.NewTempWindow(t.(*testing.T), l).Resize(fyne.NewSize(408, 708))
	keys := make([]int, count)
	for i := range keys {
		keys[i] = i
	}
	l.SetKeys(keys)
	return l, src
}

func TestListHoldsWidgetsForRowsInViewOnly(t *testing.T) {
	l, src := newNumbers(t, 10_000)
	if len(l.live) < 10 || len(l.live) > 12 {
		t.Errorf("%d rows in view", len(l.live))
	}
	for y := float32(0); y < 400_000; y += 1300 {
		l.ScrollTo(y)
	}
	if src.made > 30 {
		t.Errorf("%d widgets were made", src.made)
	}
	first := int(l.scroll.Offset.Y / 70)
	r, ok := l.Live(first)
	if !ok || r.Position().Y != float32(first)*70 {
		t.Errorf("row %d is not where it belongs", first)
	}
}

func TestListKeepsItsPlaceWhenRowsAboveChange(t *testing.T) {
	l, src := newNumbers(t, 1000)
	l.ScrollTo(7000 + 15) // row 100, and 15 of it
	src.height[3] = 260
	l.Changed(map[int]struct{}{3: {}})
	if got := l.scroll.Offset.Y; got != 7215 {
		t.Errorf("offset %v, want 7215", got)
	}
	keys := l.keys[50:]
	l.SetKeys(keys)
	if got := l.scroll.Offset.Y; got != 50*70+15 {
		t.Errorf("offset %v after rows went, want %v", got, 50*70+15)
	}
}

func TestListBindsAgainOnlyWhatChangedInView(t *testing.T) {
	l, src := newNumbers(t, 1000)
	src.bound = 0
	l.Changed(map[int]struct{}{2: {}, 5: {}, 900: {}})
	if src.bound != 2 {
		t.Errorf("bound %d rows", src.bound)
	}
}

func TestListStepAndReveal(t *testing.T) {
	l, _ := newNumbers(t, 100)
	for _, c := range []struct{ from, step, want int }{{5, 1, 6}, {0, -1, 0}, {99, 1, 99}, {5, 1 << 30, 99}, {777, 3, 0}} {
		if got, _ := l.Step(c.from, c.step); got != c.want {
			t.Errorf("%d %+d is %d, want %d", c.from, c.step, got, c.want)
		}
	}
	l.Reveal(50)
	if _, ok := l.Live(50); !ok {
		t.Error("row 50 is not in view")
	}
	if y := l.scroll.Offset.Y; y > 50*70 || y+l.scroll.Size().Height < 50*70+60 {
		t.Errorf("row 50 is cut off at offset %v", y)
	}
	l.SetKeys(nil)
	if _, ok := l.Step(3, 1); ok || len(l.live) != 0 {
		t.Error("an empty list has rows")
	}
}
