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
	for _, d := range []journal.Drop{drop, other} {
		if err := first.SaveDrop(d); err != nil {
			t.Fatal(err)
		}
	}
	first.LeaveOut("d1", "/films/b/1")
	first.LeaveOut("d1", "/films/b/1")
	first.LeaveOut("d1", "/films/b/\xff")
	first.LeaveOut("none", "/films/b/2")

	second := open(t, dir)
	if mine, err := second.ClaimDrops(t.Context()); err != nil || len(mine) != 0 {
		t.Errorf("claimed from a living process: %+v, %v", mine, err)
	}
	first.Close()
	got, err := second.ClaimDrops(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	drop.Without = map[string]bool{"/films/b/1": true, "/films/b/\xff": true}
	other.Without = map[string]bool{}
	if want := []journal.Drop{drop, other}; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	second.RemoveDrop("d1")
	second.Close()
	third := open(t, dir)
	if got, err := third.ClaimDrops(t.Context()); err != nil || len(got) != 1 || got[0].ID != "d2" {
		t.Errorf("in the end: %+v, %v", got, err)
	}
}
