package model

import (
	"slices"
	"time"

	"chute/uploader"
)

// Key names a row: a transfer, or a dropped folder.
type Key struct {
	ID    uploader.ID
	Group uploader.GroupID
}

// Folder is what is known of a dropped folder.
type Folder struct {
	Name     string
	Files    int // found so far
	Scanning bool
}

// Group is a dropped folder with its files.
type Group struct {
	Folder
	Tally
	ID       uploader.GroupID
	Members  []uploader.ID // in the order in which they were added, but those that were folded
	Expanded bool
	folded   int // files that are done and were forgotten; the Tally has them
	foldedIn span
}

// keepDone is how many files of a folder that are done can be looked at. Of
// more, the sums stay alone: their links are in the history.
const keepDone = 10_000

type batch struct {
	Tally
	id   uploader.BatchID
	rows []Key // transfers and groups, in the order in which they were added
	// open is set while something of the batch has not ended.
	open bool
	told bool // that something of it failed
}

// Model holds the transfers.
type Model struct {
	items   map[uploader.ID]*uploader.Snapshot
	groups  map[uploader.GroupID]*Group
	batches []*batch // oldest first
	byID    map[uploader.BatchID]*batch
	total   Tally
	rows    []Key
	stale   bool // rows must be made anew
}

// New makes an empty model.
func New() *Model {
	return &Model{
		items:  map[uploader.ID]*uploader.Snapshot{},
		groups: map[uploader.GroupID]*Group{},
		byID:   map[uploader.BatchID]*batch{},
	}
}

// Source tells what the snapshots themselves do not.
type Source struct {
	Folder func(uploader.GroupID) Folder
	// Adding says that more transfers of a batch may come.
	Adding func(uploader.BatchID) bool
	// Page says that a transfer is the page of its batch, which is shown first.
	Page func(uploader.ID) bool
}

// Diff says what a call changed.
type Diff struct {
	// Rows says that rows came, went or moved.
	Rows bool
	// Changed holds the rows whose content changed, without repetition.
	Changed map[Key]struct{}
	// Folded holds the transfers that are not listed any more; see keepDone.
	Folded []uploader.ID
	// Ended holds the batches of which the last transfer ended just now.
	Ended []Result
	// Failing holds, for each batch of which something failed for the first
	// time while the rest goes on, how many failed.
	Failing []int
}

// Result is what came of a batch.
type Result struct {
	Batch        uploader.BatchID
	Done, Failed int
	// IDs and Links are those of the transfers that are done, in order; the
	// key stands for the link where the destination gives none.
	IDs   []uploader.ID
	Links []string
}

// Apply takes in transfers that changed or are new; new ones in the order in
// which they were added.
func (m *Model) Apply(changes []uploader.Snapshot, src Source) Diff {
	d := Diff{Changed: make(map[Key]struct{}, len(changes))}
	for i := range changes {
		m.apply(&changes[i], src, &d)
	}
	m.fold(&d)
	for _, g := range m.groups {
		key := Key{Group: g.ID}
		if _, changed := d.Changed[key]; !changed && !g.Scanning {
			continue
		}
		if f := src.Folder(g.ID); f != g.Folder {
			g.Folder = f
			d.Changed[key] = struct{}{}
		}
	}
	for _, b := range m.batches {
		failed := b.Count(uploader.Failed)
		if failed > 0 && !b.told && b.Tally.Ended() < b.Files {
			d.Failing = append(d.Failing, failed)
		}
		b.told = failed > 0 // a retry makes it news again
		if b.open && b.Tally.Ended() == b.Files && !src.Adding(b.id) {
			b.open = false
			if r := m.result(b); r.Done+r.Failed > 0 {
				d.Ended = append(d.Ended, r)
			}
		}
	}
	m.stale = m.stale || d.Rows
	return d
}

func (m *Model) apply(s *uploader.Snapshot, src Source, d *Diff) {
	b := m.batch(s.Batch)
	old, known := m.items[s.ID]
	if known {
		if *old == *s {
			return
		}
		m.count(old, -1)
		// A failed file of a folder has a row even while the folder is closed.
		if s.Group != 0 && (old.State == uploader.Failed) != (s.State == uploader.Failed) {
			d.Rows = true
		}
	} else {
		old = new(uploader.Snapshot)
		m.items[s.ID] = old
		d.Rows = true
		switch {
		case src.Page(s.ID):
			b.rows = slices.Insert(b.rows, 0, Key{ID: s.ID})
		case s.Group == 0:
			b.rows = append(b.rows, Key{ID: s.ID})
		default:
			g := m.groups[s.Group]
			if g == nil {
				g = &Group{ID: s.Group}
				m.groups[s.Group] = g
				b.rows = append(b.rows, Key{Group: s.Group})
			}
			g.Members = append(g.Members, s.ID)
		}
	}
	*old = *s
	m.count(old, +1)
	if !s.State.Ended() || !known {
		b.open = true
	}
	d.Changed[Key{ID: s.ID}] = struct{}{}
	if s.Group != 0 {
		d.Changed[Key{Group: s.Group}] = struct{}{}
	}
}

// fold forgets those that are done beyond keepDone, and leaves them in the sums.
func (m *Model) fold(d *Diff) {
	over := make(map[*Group]int)
	for k := range d.Changed {
		if g := m.groups[k.Group]; g != nil && g.Count(uploader.Done)-g.folded > keepDone {
			over[g] = g.Count(uploader.Done) - g.folded - keepDone
		}
	}
	for g, n := range over {
		g.Members = slices.DeleteFunc(g.Members, func(id uploader.ID) bool {
			if n == 0 || m.items[id].State != uploader.Done {
				return false
			}
			n--
			g.folded++
			g.foldedIn.include(m.items[id].Started, m.items[id].Ended)
			delete(m.items, id)
			delete(d.Changed, Key{ID: id})
			d.Folded = append(d.Folded, id)
			return true
		})
		d.Rows = d.Rows || g.Expanded
	}
}

func (m *Model) batch(id uploader.BatchID) *batch {
	b := m.byID[id]
	if b == nil {
		b = &batch{id: id}
		m.byID[id] = b
		m.batches = append(m.batches, b)
	}
	return b
}

func (m *Model) count(s *uploader.Snapshot, sign int) {
	m.total.add(s, sign)
	m.byID[s.Batch].add(s, sign)
	if g := m.groups[s.Group]; g != nil {
		g.add(s, sign)
	}
}

// Remove forgets transfers.
func (m *Model) Remove(ids ...uploader.ID) {
	gone := make(map[uploader.ID]bool, len(ids))
	for _, id := range ids {
		if s, ok := m.items[id]; ok {
			m.count(s, -1)
			delete(m.items, id)
			gone[id] = true
		}
	}
	if len(gone) == 0 {
		return
	}
	m.stale = true
	for id, g := range m.groups {
		g.Members = slices.DeleteFunc(g.Members, func(id uploader.ID) bool { return gone[id] })
		if len(g.Members) == 0 {
			m.total.subtract(g.Tally) // what was folded
			for _, b := range m.batches {
				if slices.Contains(b.rows, Key{Group: id}) {
					b.subtract(g.Tally)
				}
			}
			delete(m.groups, id)
		}
	}
	m.batches = slices.DeleteFunc(m.batches, func(b *batch) bool {
		b.rows = slices.DeleteFunc(b.rows, func(k Key) bool { return gone[k.ID] || k.Group != 0 && m.groups[k.Group] == nil })
		if len(b.rows) == 0 {
			delete(m.byID, b.id)
		}
		return len(b.rows) == 0
	})
}

// Toggle shows the files of a folder, or hides them.
func (m *Model) Toggle(id uploader.GroupID) {
	if g := m.groups[id]; g != nil {
		g.Expanded = !g.Expanded
		m.stale = true
	}
}

// Rows lists the rows from top to bottom: the newest batch first, within it
// the order in which things were added. The slice stays as it is; a change
// makes a new one.
func (m *Model) Rows() []Key {
	if !m.stale {
		return m.rows
	}
	rows := make([]Key, 0, len(m.rows)+8)
	for _, b := range slices.Backward(m.batches) {
		for _, k := range b.rows {
			rows = append(rows, k)
			g := m.groups[k.Group]
			if g == nil {
				continue
			}
			for _, id := range g.Members {
				if g.Expanded || m.items[id].State == uploader.Failed {
					rows = append(rows, Key{ID: id})
				}
			}
		}
	}
	m.rows, m.stale = rows, false
	return rows
}

// Item returns a transfer, or nil. The caller does not change it.
func (m *Model) Item(id uploader.ID) *uploader.Snapshot { return m.items[id] }

// Group returns a dropped folder, or nil. The caller does not change it.
func (m *Model) Group(id uploader.GroupID) *Group { return m.groups[id] }

// Total sums up all transfers.
func (m *Model) Total() Tally { return m.total }

// Took is how long all that is done took, from the first start to the last end;
// 0 where it was not one batch, for between them nothing happens.
func (m *Model) Took() time.Duration {
	if len(m.batches) != 1 {
		return 0
	}
	var all span
	for _, g := range m.groups {
		all.include(g.foldedIn.first, g.foldedIn.last)
	}
	for _, s := range m.items {
		if s.State == uploader.Done {
			all.include(s.Started, s.Ended)
		}
	}
	return all.last.Sub(all.first)
}

// IDs lists the transfers of a row that are in one of the states, or all of
// them where no state is given.
func (m *Model) IDs(k Key, states ...uploader.State) []uploader.ID {
	ids := []uploader.ID{k.ID}
	if g := m.groups[k.Group]; g != nil {
		ids = slices.Clone(g.Members)
	}
	return slices.DeleteFunc(ids, func(id uploader.ID) bool {
		s := m.items[id]
		return s == nil || len(states) > 0 && !slices.Contains(states, s.State)
	})
}

// All lists the transfers in one of the states, top to bottom.
func (m *Model) All(states ...uploader.State) []uploader.ID {
	var ids []uploader.ID
	for _, b := range slices.Backward(m.batches) {
		for _, k := range b.rows {
			ids = append(ids, m.IDs(k, states...)...)
		}
	}
	return ids
}

// Links lists what there is to share of these transfers: the link, or the key
// where the destination gives none.
func (m *Model) Links(ids []uploader.ID) []string {
	var links []string
	for _, id := range ids {
		if s := m.items[id]; s != nil && s.State == uploader.Done {
			links = append(links, Share(s))
		}
	}
	return links
}

// Share is what the user shares of a transfer that is done.
func Share(s *uploader.Snapshot) string {
	if s.NoLink {
		return s.Key
	}
	return s.Link.URL
}

func (m *Model) result(b *batch) Result {
	r := Result{Batch: b.id, Done: b.Count(uploader.Done), Failed: b.Count(uploader.Failed)}
	for _, k := range b.rows {
		r.IDs = append(r.IDs, m.IDs(k, uploader.Done)...)
	}
	r.Links = m.Links(r.IDs)
	return r
}
