package journal_test

import (
	"reflect"
	"testing"
	"time"

	"chute/app/journal"
)

func TestDrops(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	drop := journal.Drop{
		ID: "d1", Begun: time.UnixMilli(1_700_000_000_123), Destination: "work", Life: time.Hour, Zip: true, Page: true,
		Items: []journal.DropItem{{Path: "/films/b", Seed: "S1"}, {Path: "/not\xffUTF-8", Seed: "S2"}},
	}
	other := journal.Drop{ID: "d2", Begun: drop.Begun.Add(time.Second), Destination: "home", Items: []journal.DropItem{{Path: "/x"}}}
	for _, d := range []journal.Drop{other, drop} {
		if err := first.SaveDrop(d); err != nil {
			t.Fatal(err)
		}
	}
	first.LeaveOut("d1", "/films/b/1")
	first.LeaveOut("d1", "/films/b/1")
	first.LeaveOut("d1", "/films/b/\xff")
	first.LeaveOut("none", "/films/b/2")
	drop.Without = map[string]bool{"/films/b/1": true, "/films/b/\xff": true}
	other.Without = map[string]bool{}

	listed := func(j *journal.Journal, running bool, want ...journal.Drop) {
		t.Helper()
		got, err := j.Drops(t.Context())
		if err != nil || len(got) != len(want) {
			t.Fatalf("got %+v, %v", got, err)
		}
		for i, d := range want {
			d.Running = running
			if !alike(got[i], d) {
				t.Errorf("got  %+v\nwant %+v", got[i], d)
			}
		}
	}
	items(t, first) // by then it is on disk
	second := open(t, dir)
	listed(first, true, drop, other)
	listed(second, true, drop, other)
	for _, id := range []string{"d1", "none"} {
		if d, ok, err := second.ClaimDrop(t.Context(), id); err != nil || ok {
			t.Errorf("claimed from a living process, or from none: %+v, %v", d, err)
		}
	}
	first.Close()
	listed(second, false, drop, other)
	if got, ok, err := second.ClaimDrop(t.Context(), "d1"); err != nil || !ok || !alike(got, drop) {
		t.Errorf("got  %+v, %v, %v\nwant %+v", got, ok, err, drop)
	}
	if _, ok, err := open(t, dir).ClaimDrop(t.Context(), "d1"); err != nil || ok {
		t.Errorf("claimed twice, %v", err)
	}
	second.RemoveDrop("d1")
	second.Close()
	listed(open(t, dir), false, other)
}

// alike compares what drops say, without who works at them.
func alike(a, b journal.Drop) bool {
	return a.ID == b.ID && a.Begun.Equal(b.Begun) && a.Destination == b.Destination && a.Life == b.Life && a.Zip == b.Zip &&
		a.Page == b.Page && a.Running == b.Running && reflect.DeepEqual(a.Items, b.Items) && reflect.DeepEqual(a.Without, b.Without)
}

func TestSameDrop(t *testing.T) {
	drop := func(change func(*journal.Drop)) journal.Drop {
		d := journal.Drop{ID: "a", Begun: time.Now(), Destination: "work", Life: time.Hour, Items: []journal.DropItem{{Path: "/a", Seed: "1"}, {Path: "/b"}}}
		change(&d)
		return d
	}
	same := drop(func(*journal.Drop) {})
	if !same.Same(drop(func(d *journal.Drop) { d.ID, d.Begun, d.Items[0].Seed = "b", time.Time{}, "2" })) {
		t.Error("who asked for it, and when, makes it another")
	}
	for what, change := range map[string]func(*journal.Drop){
		"destination": func(d *journal.Drop) { d.Destination = "home" },
		"life":        func(d *journal.Drop) { d.Life = 0 },
		"zip":         func(d *journal.Drop) { d.Zip = true },
		"page":        func(d *journal.Drop) { d.Page = true },
		"files":       func(d *journal.Drop) { d.Items = d.Items[:1] },
		"order":       func(d *journal.Drop) { d.Items[0], d.Items[1] = d.Items[1], d.Items[0] },
		"without":     func(d *journal.Drop) { d.Without = map[string]bool{"/a/b": true} },
	} {
		if other := drop(change); same.Same(other) || other.Same(same) {
			t.Error("the same in spite of its", what)
		}
	}
}

// Whatever a drop became is on disk before the drop is forgotten.
func TestRemoveDropAfterItsTransfers(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	if err := j.SaveDrop(journal.Drop{ID: "d", Begun: time.Now(), Items: []journal.DropItem{{Path: "/x"}}}); err != nil {
		t.Fatal(err)
	}
	j.Note(saved("t"))
	j.RemoveDrop("d")
	other := open(t, dir)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		drops, err := other.Drops(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		items, err := other.Items(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(drops) == 0 {
			if len(items) != 1 {
				t.Errorf("the drop is forgotten, and %d of its transfers are known", len(items))
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("it is not forgotten")
		}
	}
}
