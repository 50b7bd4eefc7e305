package ui

import (
	"maps"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/model"
	"chute/uploader"
)

// transfers is the list of transfers: it keeps the model, draws it and turns
// what the user does into calls of the Host. It runs on the UI goroutine only.
type transfers struct {
	widget.BaseWidget
	facer
	list *kit.VList[model.Key, *row]
	peek *kit.Peek

	selected model.Key // what the keys act on
	opened   model.Key // shows its details
	peeked   model.Key // the pointer rests on it
	focused  bool
	keyed    bool                   // the selection was moved by keys: show where it is
	minute   time.Time              // of the last drawing: captions name times
	changes  []uploader.Snapshot    // reused from pull to pull
	parts    []uploader.Part        // reused
	heights  map[[2]string]float32  // of error texts at heightsAt
	heightAt float32                //
	seen     bool                   // the window is shown: what changes is drawn
	stale    bool                   // rows came, went or moved since they were drawn
	dirty    map[model.Key]struct{} // to be drawn
	todo     todo
}

// todo is what the list leaves to the window.
type todo struct {
	ended   func(model.Result)          // a batch ended
	failing func(files int)             // something of a batch that goes on failed
	changed func()                      // the totals may have changed
	copy    func(string, []uploader.ID) // put a text, with the links of these, on the clipboard
	qr      func(*uploader.Snapshot)
	renew   func([]uploader.ID)
	mend    func(*uploader.Snapshot, action)
}

var _ fyne.Focusable = (*transfers)(nil)

func newTransfers(h Host, now func() time.Time) *transfers {
	t := &transfers{
		facer:   facer{host: h, model: model.New(), now: now, copied: map[uploader.ID]bool{}},
		heights: map[[2]string]float32{}, seen: true, peek: kit.NewPeek(),
		dirty: map[model.Key]struct{}{},
	}
	t.list = kit.NewVList[model.Key, *row](t)
	t.list.OnScrolled = t.peek.Leave
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer is for Fyne.
func (t *transfers) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(t.list))
}

// pull asks the Host for what changed and, where it is seen, draws it: of the
// rows in view only those that changed, and the parts of those that show them.
func (t *transfers) pull(seen bool) {
	t.changes = t.host.Changes(t.changes[:0])
	d := t.model.Apply(t.changes, model.Source{
		Folder: func(g uploader.GroupID) model.Folder { return model.Folder(t.host.Group(g)) },
		Adding: t.host.Adding,
		Page:   t.host.IsPage,
	})
	if len(d.Folded) > 0 {
		t.host.Remove(d.Folded...)
		for _, id := range d.Folded {
			delete(t.dirty, model.Key{ID: id})
			delete(t.copied, id)
		}
	}
	maps.Copy(t.dirty, d.Changed)
	t.stale = t.stale || d.Rows
	t.seen = seen
	if seen {
		if m := t.now().Truncate(time.Minute); m != t.minute {
			t.minute = m
			t.list.Rebind()
		}
		t.draw()
	}
	for _, n := range d.Failing {
		t.todo.failing(n)
	}
	for _, r := range d.Ended {
		t.todo.ended(r)
	}
	if d.Rows || len(d.Changed) > 0 {
		t.todo.changed()
	}
}

// catchUp draws what changed while nobody saw it.
func (t *transfers) catchUp() {
	t.seen = true
	t.draw()
	t.list.Rebind()
}

func (t *transfers) draw() {
	if t.stale {
		t.list.SetKeys(t.model.Rows())
		t.stale = false
	}
	if len(t.dirty) > 0 {
		t.list.Changed(t.dirty)
		clear(t.dirty)
	}
}

// Height is for the list.
func (t *transfers) Height(k model.Key, width float32) float32 {
	f := t.outline(k)
	return rowHeight(f, width, t.errorHeight)
}

// outline is the part of a face that decides about the height. It is asked for
// every row, so it makes no text that is not needed.
func (t *transfers) outline(k model.Key) face {
	f := face{bar: -1}
	if k == t.opened {
		f = t.face(k)
		t.open(k, &f)
		return f
	}
	if t.model.Group(k.Group) != nil {
		return t.face(k)
	}
	if s := t.model.Item(k.ID); s != nil {
		f.nested, f.strip = s.Group != 0, hasStrip(s)
		if hasBar(s.State) {
			f.bar = 0
		}
		if s.State == uploader.Failed && s.Err != nil {
			f.message, f.hint = t.host.Explain(s.Err)
		}
	}
	return f
}

// errorHeight remembers heights: wrapping is dear, and many files of a drop
// fail for the same reason.
func (t *transfers) errorHeight(message, hint string, width float32) float32 {
	if width != t.heightAt {
		clear(t.heights)
		t.heightAt = width
	}
	key := [2]string{message, hint}
	h, ok := t.heights[key]
	if !ok {
		h = errorHeight(message, hint, width)
		t.heights[key] = h
	}
	return h
}

// New is for the list.
func (t *transfers) New() *row { return newRow(t) }

// Bind is for the list.
func (t *transfers) Bind(r *row, k model.Key) {
	f := t.face(k)
	f.focused = k == t.selected && t.focused && t.keyed
	if k == t.opened {
		t.open(k, &f)
	}
	r.set(k, f)
	if t.peek.Shown() && k == t.peeked {
		t.peek.Update(rowText, t.glance(k))
	}
	if f.strip || f.parts > 0 {
		t.parts = t.host.Parts(t.parts[:0], k.ID)
		r.setParts(t.parts)
	}
}

var (
	pausable = []uploader.State{uploader.Queued, uploader.Preparing, uploader.Sending, uploader.Retrying, uploader.Offline}
	unended  = append([]uploader.State{uploader.Paused, uploader.Finishing}, pausable...)
	ended    = []uploader.State{uploader.Done, uploader.Failed, uploader.Cancelled}
)

func (t *transfers) remove(ids []uploader.ID) {
	if len(ids) == 0 {
		return
	}
	t.host.Remove(ids...)
	t.model.Remove(ids...)
	for _, id := range ids {
		delete(t.copied, id)
	}
	t.list.SetKeys(t.model.Rows())
	t.list.Rebind() // a folder may have lost files
	t.todo.changed()
}

// setCopied marks the rows whose links the clipboard now holds.
func (t *transfers) setCopied(ids []uploader.ID) {
	clear(t.copied)
	for _, id := range ids {
		t.copied[id] = true
	}
	if t.seen {
		t.list.Rebind()
	}
}

func (t *transfers) redraw(keys ...model.Key) {
	set := map[model.Key]struct{}{}
	for _, k := range keys {
		set[k] = struct{}{}
	}
	t.list.Changed(set)
}
