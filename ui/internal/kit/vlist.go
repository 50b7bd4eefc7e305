package kit

import (
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/look"
)

// ListSource is what a VList shows: rows of different heights, named by keys.
type ListSource[K comparable, R fyne.CanvasObject] interface {
	// Height is the height of a row at a width, without the gap below it. It
	// is asked for every row, so it must be cheap.
	Height(k K, width float32) float32
	// New makes a row without content.
	New() R
	// Bind gives a row the content of k. It is called when k comes into view
	// and whenever Changed names it while it is in view.
	Bind(r R, k K)
}

// VList is a vertical list that holds widgets for the rows in view only. Unlike
// Fyne's list it has rows of different heights at no cost a row while scrolling,
// and a changed row costs no more than its own update.
type VList[K comparable, R fyne.CanvasObject] struct {
	widget.BaseWidget
	// Gap is what lies between two rows, Margin above and below all, and Side
	// beside them.
	Gap, Margin, Side float32
	// OnScrolled is told when the user scrolled; nil: nobody is.
	OnScrolled func()

	src     ListSource[K, R]
	scroll  *container.Scroll
	content *listContent[K, R]
	keys    []K
	index   map[K]int
	heights []float32
	tops    []float32 // of each row, and the end of the last; without margin
	width   float32   // of a row, for which heights holds
	live    map[K]R
	pool    []R
	moving  bool // by ScrollTo, not by the user
}

// NewVList makes an empty list.
func NewVList[K comparable, R fyne.CanvasObject](src ListSource[K, R]) *VList[K, R] {
	l := &VList[K, R]{Gap: look.Space2, Margin: look.Space3, Side: look.Space4, src: src, index: map[K]int{}, live: map[K]R{}, tops: []float32{0}}
	l.content = &listContent[K, R]{list: l}
	l.content.ExtendBaseWidget(l.content)
	l.scroll = container.NewVScroll(l.content)
	l.scroll.OnScrolled = func(fyne.Position) {
		l.content.place()
		if l.OnScrolled != nil && !l.moving {
			l.OnScrolled()
		}
	}
	l.ExtendBaseWidget(l)
	return l
}

// CreateRenderer is for Fyne.
func (l *VList[K, R]) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(l.scroll)
}

// SetKeys shows these rows. Rows that were in view before keep their widgets.
func (l *VList[K, R]) SetKeys(keys []K) {
	anchor, delta, anchored := l.anchor()
	l.keys = keys
	clear(l.index)
	for i, k := range keys {
		l.index[k] = i
	}
	l.measure()
	l.settle(anchor, delta, anchored)
}

// Changed takes note of changed rows: those in view are bound again.
func (l *VList[K, R]) Changed(keys map[K]struct{}) {
	moved := false
	anchor, delta, anchored := l.anchor()
	for k := range keys {
		i, ok := l.index[k]
		if !ok {
			continue
		}
		if h := l.src.Height(k, l.width); h != l.heights[i] {
			l.heights[i], moved = h, true
		}
		if r, ok := l.live[k]; ok {
			l.src.Bind(r, k)
		}
	}
	if moved {
		l.sum()
		l.settle(anchor, delta, anchored)
	}
}

// Rebind binds all rows in view again and asks for their heights.
func (l *VList[K, R]) Rebind() {
	keys := make(map[K]struct{}, len(l.live))
	for k := range l.live {
		keys[k] = struct{}{}
	}
	l.Changed(keys)
}

// Live returns the widget of a row in view.
func (l *VList[K, R]) Live(k K) (R, bool) {
	r, ok := l.live[k]
	return r, ok
}

// ScrollToTop shows the first row.
func (l *VList[K, R]) ScrollToTop() { l.ScrollTo(0) }

// ScrollTo shows what lies y below the first row's top, or the end.
func (l *VList[K, R]) ScrollTo(y float32) {
	l.moving = true
	defer func() { l.moving = false }()
	l.scroll.ScrollToOffset(fyne.NewPos(0, y))
	l.content.place()
}

// Offset is what lies above the upper edge.
func (l *VList[K, R]) Offset() float32 { return l.scroll.Offset.Y }

// Reveal scrolls as little as shows the whole of a row.
func (l *VList[K, R]) Reveal(k K) {
	i, ok := l.index[k]
	if !ok {
		return
	}
	top, bottom := l.tops[i], l.tops[i]+l.heights[i]+2*l.Margin
	y := l.scroll.Offset.Y
	if bottom > y+l.scroll.Size().Height {
		y = bottom - l.scroll.Size().Height
	}
	l.ScrollTo(max(0, min(y, top)))
}

// Step returns the key that lies n rows below k, or the nearest there is; the
// first for a key that is not in the list. It is false for an empty list.
func (l *VList[K, R]) Step(k K, n int) (K, bool) {
	if len(l.keys) == 0 {
		return k, false
	}
	i, ok := l.index[k]
	if !ok {
		return l.keys[0], true
	}
	return l.keys[max(0, min(i+n, len(l.keys)-1))], true
}

// pageRows is how far the page keys go.
const pageRows = 8

// Steps is how many rows a key goes on, for Step; 0: it is none that moves.
func Steps(name fyne.KeyName) int {
	const all = 1 << 30
	switch name {
	case fyne.KeyUp:
		return -1
	case fyne.KeyDown:
		return 1
	case fyne.KeyPageUp:
		return -pageRows
	case fyne.KeyPageDown:
		return pageRows
	case fyne.KeyHome:
		return -all
	case fyne.KeyEnd:
		return all
	default:
		return 0
	}
}

// anchor names the first row in view and how far it lies above the upper edge,
// so that rows which change above it do not move what the user looks at.
func (l *VList[K, R]) anchor() (k K, delta float32, ok bool) {
	y := l.scroll.Offset.Y
	if y <= 0 || len(l.keys) == 0 {
		return k, 0, false
	}
	i := l.first(y)
	return l.keys[i], y - l.tops[i], true
}

func (l *VList[K, R]) settle(anchor K, delta float32, anchored bool) {
	if i, ok := l.index[anchor]; anchored && ok {
		l.scroll.Offset.Y = max(0, l.tops[i]+delta)
	}
	l.content.Resize(l.content.MinSize().Max(l.scroll.Size()))
	l.content.place()
	l.scroll.Refresh()
}

// first is the first row whose end lies below y.
func (l *VList[K, R]) first(y float32) int {
	i := sort.Search(len(l.keys), func(i int) bool { return l.tops[i]+l.heights[i]+l.Margin > y })
	return max(0, min(i, len(l.keys)-1))
}

func (l *VList[K, R]) rowWidth() float32 {
	return max(0, min(l.scroll.Size().Width-2*l.Side, look.MaxColumn))
}

func (l *VList[K, R]) measure() {
	l.width = l.rowWidth()
	l.heights = l.heights[:0]
	for _, k := range l.keys {
		l.heights = append(l.heights, l.src.Height(k, l.width))
	}
	l.sum()
}

func (l *VList[K, R]) sum() {
	l.tops = append(l.tops[:0], 0)
	y := float32(0)
	for _, h := range l.heights {
		y += h + l.Gap
		l.tops = append(l.tops, y)
	}
}

// listContent is the inside of the scroller, as high as all rows together.
type listContent[K comparable, R fyne.CanvasObject] struct {
	widget.BaseWidget
	list *VList[K, R]
	rows []fyne.CanvasObject
}

func (c *listContent[K, R]) CreateRenderer() fyne.WidgetRenderer {
	return &listRenderer[K, R]{c}
}

// place binds and positions the rows in view and takes back the others.
func (c *listContent[K, R]) place() {
	l := c.list
	if w := l.rowWidth(); w != l.width {
		l.measure()
	}
	from, to := 0, 0
	if len(l.keys) > 0 && l.scroll.Size().Height > 0 {
		from = l.first(l.scroll.Offset.Y)
		bottom := l.scroll.Offset.Y + l.scroll.Size().Height
		to = from + sort.Search(len(l.keys)-from, func(i int) bool { return l.tops[from+i]+l.Margin >= bottom })
	}
	inView := make(map[K]struct{}, to-from)
	for _, k := range l.keys[from:to] {
		inView[k] = struct{}{}
	}
	for k, r := range l.live {
		if _, ok := inView[k]; !ok {
			delete(l.live, k)
			l.pool = append(l.pool, r)
		}
	}
	c.rows = c.rows[:0]
	left := max(l.Side, (l.scroll.Size().Width-l.width)/2)
	for i := from; i < to; i++ {
		k := l.keys[i]
		r, ok := l.live[k]
		if !ok {
			if n := len(l.pool); n > 0 {
				r, l.pool = l.pool[n-1], l.pool[:n-1]
			} else {
				r = l.src.New()
			}
			l.live[k] = r
			l.src.Bind(r, k)
		}
		r.Move(fyne.NewPos(left, l.tops[i]+l.Margin))
		r.Resize(fyne.NewSize(l.width, l.heights[i]))
		c.rows = append(c.rows, r)
	}
	canvas.Refresh(c)
}

type listRenderer[K comparable, R fyne.CanvasObject] struct{ c *listContent[K, R] }

func (r *listRenderer[K, R]) Layout(fyne.Size) { r.c.place() }

func (r *listRenderer[K, R]) MinSize() fyne.Size {
	l := r.c.list
	return fyne.NewSize(0, max(0, l.tops[len(l.keys)]-l.Gap)+2*l.Margin)
}

func (r *listRenderer[K, R]) Refresh() {
	r.c.list.pool = nil // out of the tree, they miss a change of the theme
	r.c.place()
	for _, row := range r.c.rows {
		row.Refresh()
	}
}

func (r *listRenderer[K, R]) Objects() []fyne.CanvasObject { return r.c.rows }
func (r *listRenderer[K, R]) Destroy()                     {}
