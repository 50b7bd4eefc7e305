package model

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"chute/uploader"
	"chute/uploader/sign"
)

type S = uploader.Snapshot

// source is a program whose folders and batches are complete unless named here.
type source struct {
	folders map[uploader.GroupID]Folder
	adding  map[uploader.BatchID]bool
	page    uploader.ID
}

func (s source) source() Source {
	return Source{
		Folder: func(g uploader.GroupID) Folder { return s.folders[g] },
		Adding: func(b uploader.BatchID) bool { return s.adding[b] },
		Page:   func(id uploader.ID) bool { return s.page != "" && id == s.page },
	}
}

func ids(rows []Key) []string {
	var out []string
	for _, k := range rows {
		if k.Group != 0 {
			out = append(out, fmt.Sprint("group ", k.Group))
		} else {
			out = append(out, string(k.ID))
		}
	}
	return out
}

func wantRows(t *testing.T, m *Model, want ...string) {
	t.Helper()
	if got := ids(m.Rows()); !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
}

func TestRowsAreNewestBatchFirstAndInOrderWithin(t *testing.T) {
	m := New()
	d := m.Apply([]S{{ID: "a", Batch: 1}, {ID: "b", Batch: 1}, {ID: "c", Batch: 2}, {ID: "d", Batch: 2}}, source{}.source())
	if !d.Rows || len(d.Changed) != 4 {
		t.Errorf("diff %+v", d)
	}
	wantRows(t, m, "c", "d", "a", "b")
}

// It is added last, when the files on it are there.
func TestPageIsFirstOfItsBatch(t *testing.T) {
	m := New()
	src := source{page: "p"}.source()
	m.Apply([]S{{ID: "a", Batch: 1}, {ID: "b", Batch: 1, Group: 7}, {ID: "c", Batch: 2}}, src)
	m.Apply([]S{{ID: "p", Batch: 1}}, src)
	wantRows(t, m, "c", "p", "a", "group 7")
}

func TestStateChangeMovesNothing(t *testing.T) {
	m := New()
	m.Apply([]S{{ID: "a"}, {ID: "b"}}, source{}.source())
	d := m.Apply([]S{{ID: "a", State: uploader.Done}}, source{}.source())
	if d.Rows {
		t.Error("a change of state moved rows")
	}
	if _, ok := d.Changed[Key{ID: "a"}]; !ok || len(d.Changed) != 1 {
		t.Errorf("changed %v", d.Changed)
	}
	if d = m.Apply([]S{{ID: "a", State: uploader.Done}}, source{}.source()); len(d.Changed) != 0 {
		t.Error("an equal snapshot counts as a change")
	}
}

func TestGroupIsOneRowAndShowsItsFailures(t *testing.T) {
	m := New()
	src := source{folders: map[uploader.GroupID]Folder{7: {Name: "Photos", Files: 3}}}.source()
	m.Apply([]S{{ID: "a", Group: 7, Size: 10}, {ID: "b", Group: 7, Size: 20, Sent: 5}, {ID: "c", Group: 7, Size: -1}, {ID: "z"}}, src)
	wantRows(t, m, "group 7", "z")
	g := m.Group(7)
	if g.Name != "Photos" || g.Size != 30 || g.Sent != 5 || g.Tally.Files != 3 {
		t.Errorf("group %+v", g)
	}
	d := m.Apply([]S{{ID: "b", Group: 7, State: uploader.Failed}}, src)
	if !d.Rows {
		t.Error("a failed file of a closed folder did not get a row")
	}
	wantRows(t, m, "group 7", "b", "z")
	m.Toggle(7)
	wantRows(t, m, "group 7", "a", "b", "c", "z")
	m.Toggle(7)
	if d := m.Apply([]S{{ID: "b", Group: 7, State: uploader.Queued}}, src); !d.Rows {
		t.Error("the row of a file that is tried again stayed")
	}
	wantRows(t, m, "group 7", "z")
}

func TestScanningFolderFollowsWithoutItsFiles(t *testing.T) {
	m := New()
	s := source{folders: map[uploader.GroupID]Folder{7: {Name: "F", Files: 1, Scanning: true}}}
	m.Apply([]S{{ID: "a", Group: 7}}, s.source())
	s.folders[7] = Folder{Name: "F", Files: 90, Scanning: true}
	if d := m.Apply(nil, s.source()); len(d.Changed) != 1 || m.Group(7).Folder.Files != 90 {
		t.Errorf("the count of a folder that is being read stood still: %+v", m.Group(7))
	}
}

func TestTallyIsTheSumAfterAnyChanges(t *testing.T) {
	m := New()
	all := map[uploader.ID]S{}
	for i := range 2000 {
		s := S{
			ID: uploader.ID(fmt.Sprint(i * 7919 % 50)), Batch: uploader.BatchID(i * 7919 % 50 % 3), Group: uploader.GroupID(i * 7919 % 50 % 4),
			State: uploader.State(i * 31 % 10), Size: int64(i % 13), Sent: int64(i % 11), Speed: float64(i % 5), Active: i % 3,
		}
		m.Apply([]S{s}, source{}.source())
		all[s.ID] = s
		if i%17 == 0 {
			m.Remove(s.ID)
			delete(all, s.ID)
		}
	}
	var want Tally
	groups := map[uploader.GroupID]Tally{}
	for _, s := range all {
		want.add(&s, +1)
		g := groups[s.Group]
		g.add(&s, +1)
		groups[s.Group] = g
	}
	if m.Total() != want {
		t.Errorf("total %+v, want %+v", m.Total(), want)
	}
	for id, g := range groups {
		if id != 0 && m.Group(id).Tally != g {
			t.Errorf("group %d: %+v, want %+v", id, m.Group(id).Tally, g)
		}
	}
}

func link(id, url string) S {
	return S{ID: uploader.ID(id), State: uploader.Done, Link: sign.Link{URL: url}}
}

func TestBatchEndsOnceWithItsLinksInOrder(t *testing.T) {
	m := New()
	src := source{}.source()
	m.Apply([]S{{ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d"}}, src)
	if d := m.Apply([]S{link("c", "https://c"), {ID: "d", State: uploader.Failed}}, src); len(d.Ended) != 0 {
		t.Fatalf("ended with two under way: %+v", d.Ended)
	}
	noLink := link("a", "")
	noLink.NoLink, noLink.Key = true, "key/a"
	d := m.Apply([]S{noLink, link("b", "https://b")}, src)
	if len(d.Ended) != 1 {
		t.Fatalf("ended %+v", d.Ended)
	}
	r := d.Ended[0]
	if want := []string{"key/a", "https://b", "https://c"}; !slices.Equal(r.Links, want) || r.Done != 3 || r.Failed != 1 {
		t.Errorf("result %+v, want links %v", r, want)
	}
	if d := m.Apply([]S{link("b", "https://b2")}, src); len(d.Ended) != 0 {
		t.Error("a batch ended twice")
	}
	// A retry opens it again.
	m.Apply([]S{{ID: "d", State: uploader.Queued}}, src)
	if d := m.Apply([]S{link("d", "https://d")}, src); len(d.Ended) != 1 || len(d.Ended[0].Links) != 4 {
		t.Errorf("after the retry: %+v", d.Ended)
	}
}

func TestBatchWaitsWhileFoldersAreRead(t *testing.T) {
	m := New()
	s := source{adding: map[uploader.BatchID]bool{3: true}}
	a := link("a", "https://a")
	a.Batch = 3
	if d := m.Apply([]S{a}, s.source()); len(d.Ended) != 0 {
		t.Error("ended while more was to come")
	}
	s.adding[3] = false
	if d := m.Apply(nil, s.source()); len(d.Ended) != 1 {
		t.Error("did not end when nothing more came")
	}
}

func TestCancelledBatchHasNoResult(t *testing.T) {
	m := New()
	if d := m.Apply([]S{{ID: "a", State: uploader.Cancelled}}, source{}.source()); len(d.Ended) != 0 {
		t.Errorf("%+v", d.Ended)
	}
}

func TestRemove(t *testing.T) {
	m := New()
	src := source{}.source()
	m.Apply([]S{{ID: "a", Batch: 1}, {ID: "b", Batch: 1, Group: 5}, {ID: "c", Batch: 1, Group: 5}, {ID: "d", Batch: 2}}, src)
	m.Remove("b", "unknown")
	wantRows(t, m, "d", "a", "group 5")
	m.Remove("c")
	wantRows(t, m, "d", "a")
	if m.Group(5) != nil {
		t.Error("an empty folder stayed")
	}
	m.Remove("a", "d")
	wantRows(t, m)
	if m.Total() != (Tally{}) || len(m.batches) != 0 {
		t.Errorf("left: %+v, %d batches", m.Total(), len(m.batches))
	}
}

func TestTallyState(t *testing.T) {
	for _, c := range []struct {
		states []uploader.State
		want   uploader.State
	}{
		{nil, uploader.Cancelled},
		{[]uploader.State{uploader.Done, uploader.Queued}, uploader.Queued},
		{[]uploader.State{uploader.Offline, uploader.Sending, uploader.Failed}, uploader.Sending},
		{[]uploader.State{uploader.Done, uploader.Failed, uploader.Cancelled}, uploader.Failed},
		{[]uploader.State{uploader.Paused, uploader.Done}, uploader.Paused},
	} {
		var tally Tally
		for _, s := range c.states {
			tally.add(&S{State: s}, 1)
		}
		if got := tally.State(); got != c.want {
			t.Errorf("%v: state %v, want %v", c.states, got, c.want)
		}
	}
}

func TestTallyLeft(t *testing.T) {
	if d := (&Tally{Size: 100, Sent: 40, Speed: 6}).Left(); d != 10*time.Second {
		t.Errorf("left %v", d)
	}
	for _, none := range []Tally{{Size: 100, Sent: 40}, {Size: 100, Sent: 100, Speed: 5}, {}} {
		if d := none.Left(); d != -1 {
			t.Errorf("%+v: left %v", none, d)
		}
	}
}

// Of a folder with very many files the window keeps a bounded number, and the
// sums of all.
func TestLargeFolderIsFolded(t *testing.T) {
	m := New()
	s := source{folders: map[uploader.GroupID]Folder{7: {Name: "F"}}, adding: map[uploader.BatchID]bool{3: true}}
	const files, step = 4*keepDone + 17, 1000
	folded := map[uploader.ID]bool{}
	epoch := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var ended []Result
	apply := func(changes ...S) {
		d := m.Apply(changes, s.source())
		for _, id := range d.Folded {
			if folded[id] || m.Item(id) != nil {
				t.Fatalf("%s is folded and still there", id)
			}
			if _, changed := d.Changed[Key{ID: id}]; changed {
				t.Fatalf("%s is folded and to be drawn", id)
			}
			folded[id] = true
		}
		ended = append(ended, d.Ended...)
	}
	file := func(i int, state uploader.State) S {
		started := epoch.Add(time.Duration(i) * time.Second)
		return S{ID: uploader.ID(fmt.Sprint(i)), Batch: 3, Group: 7, Size: 3, Sent: 3, State: state, Started: started, Ended: started.Add(time.Second)}
	}
	for begun := 0; begun < files; begun += step {
		var queued, done []S
		for i := begun; i < min(begun+step, files); i++ {
			state := uploader.Done
			if i%5000 == 0 {
				state = uploader.Failed
			}
			queued, done = append(queued, file(i, uploader.Queued)), append(done, file(i, state))
		}
		apply(queued...)
		apply(done...)
		if len(m.items) > keepDone+step+files/5000+1 {
			t.Fatalf("%d transfers are kept", len(m.items))
		}
	}
	s.adding[3] = false
	apply()
	failed := (files + 4999) / 5000
	g := m.Group(7)
	if g.Tally.Files != files || g.Count(uploader.Done) != files-failed || g.Sent != 3*files || m.Total() != g.Tally {
		t.Errorf("the sums are %+v and %+v", g.Tally, m.Total())
	}
	if len(m.IDs(Key{Group: 7}, uploader.Done)) != keepDone || len(folded) != files-failed-keepDone {
		t.Errorf("%d are listed, %d folded", len(g.Members), len(folded))
	}
	if len(ended) != 1 || ended[0].Done != files-failed || ended[0].Failed != failed || len(ended[0].Links) != keepDone {
		t.Errorf("ended %d times", len(ended))
	}
	if got, want := m.Took(), (files-1)*time.Second; got != want { // but the first, which failed
		t.Errorf("it took %v, want %v", got, want)
	}
	apply(S{ID: "later", Batch: 4, State: uploader.Done, Started: epoch.Add(time.Hour), Ended: epoch.Add(2 * time.Hour)})
	if got := m.Took(); got != 0 {
		t.Errorf("two drops took %v", got)
	}
	m.Remove(m.All(uploader.Done, uploader.Failed)...)
	if len(m.Rows()) != 0 || m.Total() != (Tally{}) || len(m.batches) != 0 {
		t.Errorf("left: %+v", m.Total())
	}
}
