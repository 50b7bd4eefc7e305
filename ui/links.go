package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/words"
)

// links is the screen of all that was ever sent. It knows which links are
// wanted by their numbers alone, and reads those that come into view.
type links struct {
	widget.BaseWidget
	w    *Window
	now  func() time.Time
	list *kit.VList[int64, *linkRow]

	search      *kit.Entry
	destination *kit.Picker
	state       *kit.Picker
	query       LinkQuery
	numbers     []int64   // wanted, newest first
	all         int       // how many there are without any filter
	known       bool      // the first search has ended
	sent        int       // transfers that were done at the last search
	due         time.Time // of another search; zero: none
	nothing     *blank
	finding     context.CancelFunc

	read    map[int64]SentLink
	wanted  map[int64]bool // to be read
	reading bool
	minute  time.Time // of the last drawing: rows name times

	selected int64 // what the keys act on; 0: none
	focused  bool
	keyed    bool // the selection was moved by keys: show where it is
}

// readAhead is how many rows are read before and after the one that came into
// view: some screens full.
const readAhead = 60

// readAtMost bounds how many rows are remembered.
const readAtMost = 2000

func newLinks(w *Window, now func() time.Time) *links {
	l := &links{w: w, now: now, read: map[int64]SentLink{}, wanted: map[int64]bool{}}
	l.list = kit.NewVList[int64, *linkRow](l)
	l.list.Margin = 0
	l.list.OnScrolled = l.readWanted
	l.search = kit.NewEntry("")
	l.search.OnChanged = func(text string) { l.query.Text = text; l.find() }
	l.destination = kit.NewPicker(kit.Outlined, l.destinations)
	l.state = kit.NewPicker(kit.Outlined, l.states)
	l.nothing = newBlank()
	l.nothing.Hide()
	l.ExtendBaseWidget(l)
	return l
}

// label shows the filters that hold.
func (l *links) label() {
	text := lang.L("All destinations")
	if l.query.Destination != "" {
		text = displayName(l.query.Destination)
	}
	l.destination.SetText(text)
	l.state.SetText(stateLabel(l.query.State))
	hint := lang.L("Search")
	if l.all > 0 {
		hint = words.Count("Search {{.N}} links", l.all)
	}
	l.search.SetPlaceHolder(hint)
	l.Refresh() // the widths follow the texts
}

func stateLabel(s LinkState) string {
	switch s {
	case LinkWorks:
		return lang.L("Works, with an end")
	case LinkForever:
		return lang.L("Does not expire")
	case LinkExpired:
		return lang.L("Expired")
	case LinkDeleted:
		return lang.L("Deleted")
	case LinkNone:
		return lang.L("Without a link")
	}
	return lang.L("Any state")
}

func (l *links) states() []kit.Option {
	var o []kit.Option
	for _, s := range []LinkState{"", LinkWorks, LinkForever, LinkExpired, LinkDeleted, LinkNone} {
		o = append(o, kit.Option{Label: stateLabel(s), Current: s == l.query.State, Run: func() {
			l.query.State = s
			l.find()
		}})
	}
	return o
}

func (l *links) destinations() []kit.Option {
	pick := func(name, label string) kit.Option {
		return kit.Option{Label: label, Current: name == l.query.Destination, Run: func() {
			l.query.Destination = name
			l.find()
		}}
	}
	all, _ := l.w.host.Destinations()
	o := []kit.Option{pick("", lang.L("All destinations"))}
	for _, d := range all {
		o = append(o, pick(d.Name, displayName(d.Name)))
	}
	return o
}

// find asks which links are wanted now, and forgets what was read of them: what
// was sent may have changed.
func (l *links) find() {
	l.label()
	if l.finding != nil {
		l.finding()
	}
	ctx, cancel := context.WithCancel(context.Background())
	l.finding = cancel
	query, host := l.query, l.w.host
	go func() {
		defer cancel()
		numbers, err := host.FindLinks(ctx, query)
		fyne.Do(func() {
			if ctx.Err() != nil && err != nil || query != l.query {
				return // asked anew meanwhile
			}
			if err != nil {
				l.w.problem(lang.L("The list of links cannot be read"), err)
				return
			}
			l.show(numbers)
		})
	}()
}

func (l *links) show(numbers []int64) {
	l.numbers, l.known = numbers, true
	if l.query == (LinkQuery{}) {
		l.all = len(numbers)
	}
	clear(l.read)
	if !slices.Contains(numbers, l.selected) {
		l.selected = 0
	}
	l.list.SetKeys(numbers)
	l.list.Rebind()
	l.label()
	l.explain()
	l.readWanted()
}

// explain says why there is nothing to see.
func (l *links) explain() {
	show(l.nothing, l.known && len(l.numbers) == 0)
	if l.query == (LinkQuery{}) {
		l.nothing.set("link", lang.L("No links yet"),
			lang.L("Whatever you send is listed here. You can copy its link again, make a new one when it has expired, or delete what was sent."),
			lang.L("Add files"), l.w.addFiles)
	} else {
		l.nothing.set("search", lang.L("No link matches"), lang.L("Try fewer words, or another destination or state."), lang.L("Show all"), l.clear)
	}
}

// clear takes all filters off.
func (l *links) clear() {
	l.query = LinkQuery{}
	l.search.Text = ""
	l.search.Refresh()
	l.find()
}

// settling is how long it takes at most, on a disk that is not asleep, until what
// was sent is in history.
const settling = time.Second

// follow takes note of how many transfers are done: what was sent is listed at
// once where history has it already, and a moment later else.
func (l *links) follow(done int) {
	if l.sent == done {
		return
	}
	l.sent, l.due = done, l.now().Add(settling)
	l.find()
}

// pull follows the clock.
func (l *links) pull() {
	if m := l.now().Truncate(time.Minute); m != l.minute {
		l.minute = m
		l.list.Rebind()
	}
	if !l.due.IsZero() && l.now().After(l.due) {
		l.due = time.Time{}
		l.find()
		return
	}
	l.readWanted() // the window may have become larger
}

// Height is for the list.
func (l *links) Height(int64, float32) float32 { return linkRowHeight }

// New is for the list.
func (l *links) New() *linkRow { return newLinkRow(l) }

// Bind is for the list.
func (l *links) Bind(r *linkRow, number int64) {
	link, ok := l.read[number]
	if !ok {
		link.Number = number
		l.want(number)
	}
	r.set(link, l.now(), number == l.selected && l.focused && l.keyed)
}

// want marks a row, and those around it, to be read.
func (l *links) want(number int64) {
	at, _ := slices.BinarySearchFunc(l.numbers, number, func(a, b int64) int { return int(b - a) }) // newest first
	for _, n := range l.numbers[max(0, at-readAhead):min(len(l.numbers), at+readAhead)] {
		if _, ok := l.read[n]; !ok {
			l.wanted[n] = true
		}
	}
}

// readWanted reads what came into view. It is not for [links.Bind], which is
// called while the list is being laid out.
func (l *links) readWanted() {
	if l.reading || len(l.wanted) == 0 {
		return
	}
	l.reading = true
	var numbers []int64
	for n := range l.wanted {
		numbers = append(numbers, n)
	}
	clear(l.wanted)
	host := l.w.host
	go func() {
		got, err := host.ReadLinks(context.Background(), numbers)
		fyne.Do(func() {
			l.reading = false
			if err != nil {
				l.w.problem(lang.L("The list of links cannot be read"), err)
				return
			}
			if len(l.read)+len(got) > readAtMost {
				clear(l.read)
			}
			changed := make(map[int64]struct{}, len(got))
			for _, link := range got {
				l.read[link.Number] = link
				changed[link.Number] = struct{}{}
			}
			l.list.Changed(changed)
			l.readWanted()
		})
	}()
}

// CreateRenderer is for Fyne.
func (l *links) CreateRenderer() fyne.WidgetRenderer {
	search := kit.Boxed(l.search)
	return widget.NewSimpleRenderer(container.New(linksLayout{l, search}, search, l.destination, l.state, newFocusList(l), l.nothing))
}

type linksLayout struct {
	l      *links
	search fyne.CanvasObject
}

func (linksLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (y linksLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	l := y.l
	const height = 36
	width := min(size.Width-2*look.Space4, look.MaxColumn)
	left := max(look.Space4, (size.Width-width)/2)
	x := left + width
	for _, p := range []*kit.Picker{l.state, l.destination} {
		m := min(p.MinSize().Width, width*0.28)
		x -= m
		put(p, x, look.Space3, m, height)
		x -= look.Space2
	}
	put(y.search, left, look.Space3, x-left, height)
	top := height + 2*look.Space3
	put(o[3], 0, top, size.Width, size.Height-top)
	put(l.nothing, 0, top, size.Width, size.Height-top)
}
