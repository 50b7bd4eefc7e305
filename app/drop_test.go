package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"chute/app/history"
	"chute/ui"
	"chute/uploader"
)

const filmFiles = 200

// interruptedDrop drops a folder of 200 files and ends the program when some of
// them have been sent, some wait, one was cancelled, and most have not been
// read. It returns the path of the one that was cancelled.
func interruptedDrop(t *testing.T, page bool) (b *windowBench, cancelled string) {
	t.Helper()
	b = newWindowBench(t)
	was := windowAhead
	windowAhead = 50
	t.Cleanup(func() { windowAhead = was })
	for n := range filmFiles {
		b.file(fmt.Sprintf("Film/%d/%03d.txt", n/50, n), fmt.Sprintf("%03d", n))
	}
	b.Add([]string{filepath.Join(b.dir, "Film")}, ui.Sending{To: "store", Page: page})
	b.until("some are sent", func() bool { return len(b.store.Keys()) >= 2 })
	b.store.Leave()
	var waiting []uploader.Snapshot
	b.until("some wait", func() bool {
		waiting = slices.DeleteFunc(b.Changes(nil), func(s uploader.Snapshot) bool { return s.State != uploader.Queued })
		return len(waiting) > 0
	})
	cancelled = waiting[0].Path
	b.Cancel(waiting[0].ID)
	b.quit()
	b.store.Return()
	if sent := len(b.store.Keys()); sent > filmFiles/2 {
		t.Fatalf("%d were sent before the end", sent)
	}
	return b, cancelled
}

func (b *windowBench) until(what string, ok func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatal("never: ", what)
		}
	}
}

// sentOnce waits until so many objects are there, and checks that each file was
// sent once.
func (b *windowBench) sentOnce(want int) {
	b.t.Helper()
	b.until("all are sent", func() bool { return len(b.store.Keys()) >= want })
	b.until("all drops have ended", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.drops) == 0
	})
	counted := map[string]int{}
	b.until("history has all of them", func() bool {
		clear(counted)
		for e, err := range b.app.history.All(b.t.Context()) {
			if err != nil {
				b.t.Fatal(err)
			}
			counted[e.Name]++
		}
		return len(counted) >= want
	})
	if len(counted) != want || len(b.store.Keys()) != want {
		b.t.Errorf("%d files were sent as %d objects, want %d", len(counted), len(b.store.Keys()), want)
	}
	for name, n := range counted {
		if n != 1 {
			b.t.Errorf("%s was sent %d times", name, n)
		}
	}
}

// What had not even been read of a folder is sent by the next process, beside
// the files that were sent already; what was cancelled is not.
func TestDropGoesOn(t *testing.T) {
	b, cancelled := interruptedDrop(t, false)
	b.start()
	if err := b.takeUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.sentOnce(filmFiles - 1)
	for _, key := range b.store.Keys() {
		if strings.HasSuffix(key, filepath.Base(cancelled)) {
			t.Error("what was cancelled is sent")
		}
	}
	b.quit()
	b.start()
	if left, err := b.app.journal.Drops(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("left: %+v, %v", left, err)
	}
}

// So it is with the page that lists them, though some of its files are not where
// they were any more.
func TestPageGoesOn(t *testing.T) {
	b, _ := interruptedDrop(t, true)
	b.start()
	var gone history.Entry
	for e, err := range b.app.history.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		gone = e // the first that was sent
	}
	if err := os.Remove(gone.Path); err != nil {
		t.Fatal(err)
	}
	if err := b.takeUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.sentOnce(filmFiles) // one less, and the page
	numbers, err := b.FindLinks(t.Context(), ui.LinkQuery{Text: "Film.html"})
	if err != nil || len(numbers) != 1 {
		t.Fatal(numbers, err)
	}
	links, err := b.ReadLinks(t.Context(), numbers)
	if err != nil || links[0].Files != filmFiles-1 {
		t.Fatalf("the page lists %d files, %v", links[0].Files, err)
	}
	link, err := b.CurrentLink(t.Context(), links[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := fetched(t, link.URL)
	want := "200 " + strings.TrimSuffix(filepath.Base(gone.Path), ".txt")
	if got := linksOn(t, text); len(got) != filmFiles-1 || !slices.Contains(got, want) {
		t.Errorf("%d links, or not one with %q", len(got), want)
	}
}

// Where the user does not want that things go on by themselves, nothing is sent:
// what was not read is listed, and finished or dropped by hand.
func TestDropIsListed(t *testing.T) {
	b, cancelled := interruptedDrop(t, false)
	b.start()
	b.settings.Resume = false
	sent := len(b.store.Keys())
	b.goOn()
	if listed := b.unread(); len(listed) != 1 || listed[0].Name != "Film" || listed[0].Destination != "store" {
		t.Fatalf("listed: %+v", listed)
	}
	if len(b.store.Keys()) != sent {
		t.Error("something was sent")
	}
	if err := b.Finish(t.Context(), b.unread()[0]); err != nil {
		t.Fatal(err)
	}
	b.sentOnce(filmFiles - 1)
	if listed := b.unread(); len(listed) != 0 {
		t.Errorf("listed in the end: %+v", listed)
	}
	for _, key := range b.store.Keys() {
		if strings.HasSuffix(key, filepath.Base(cancelled)) {
			t.Error("what was cancelled is sent")
		}
	}
}

// What was not read is dropped with all that waits of it; a single file of it
// can be dropped by itself.
func TestDropIsGivenUp(t *testing.T) {
	b, _ := interruptedDrop(t, false)
	b.start()
	sent := len(b.store.Keys())
	list, _, err := b.Unfinished(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	one := slices.IndexFunc(list, func(u ui.Unfinished) bool { return !u.Unread })
	if one < 0 {
		t.Fatalf("no file of it is listed: %+v", list)
	}
	if err := b.DropUnfinished(t.Context(), list[one]); err != nil {
		t.Fatal(err)
	}
	if drops, err := b.app.journal.Drops(t.Context()); err != nil || len(drops) != 1 || len(drops[0].Without) != 2 {
		t.Errorf("%+v, %v: not the one that was cancelled and the one that was dropped are left out", drops, err)
	}
	if err := b.DropUnfinished(t.Context(), b.unread()[0]); err != nil {
		t.Fatal(err)
	}
	if left, _, err := b.Unfinished(t.Context()); err != nil || len(left) != 0 || len(b.store.Keys()) != sent {
		t.Errorf("left: %+v, %v; %d objects after %d", left, err, len(b.store.Keys()), sent)
	}
}

// Who drops the same again, where that had not been read to its end, has it
// gone on with.
func TestDroppedAgain(t *testing.T) {
	b, _ := interruptedDrop(t, false)
	b.start()
	drops, err := b.app.journal.Drops(t.Context())
	if err != nil || len(drops) != 1 {
		t.Fatal(drops, err)
	}
	again := drops[0]
	again.ID, again.Without = "again", nil
	b.app.journal.RemoveDrop(drops[0].ID)
	if err := b.app.journal.SaveDrop(again); err != nil {
		t.Fatal(err)
	}
	b.quit()
	b.start()
	b.Add([]string{filepath.Join(b.dir, "Film")}, ui.Sending{To: "store"})
	b.sentOnce(filmFiles)
	if left, _, err := b.Unfinished(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("left: %+v, %v", left, err)
	}
}

// unread lists what was not read to its end.
func (b *windowBench) unread() []ui.Unfinished {
	b.t.Helper()
	list, _, err := b.Unfinished(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(u ui.Unfinished) bool { return !u.Unread })
}

// The end of the program is no reason to forget a page that is under way.
func TestPageUnderWayAtTheEnd(t *testing.T) {
	for _, c := range []struct {
		state  uploader.State
		ending bool
		left   int
	}{{uploader.Cancelled, true, 1}, {uploader.Cancelled, false, 0}, {uploader.Done, true, 0}, {uploader.Failed, false, 1}} {
		b := newWindowBench(t)
		record := newDrop([]string{b.file("a.txt", "a")})
		record.Destination, record.Page = "store", true
		dest, err := b.app.destination("store")
		if err != nil {
			t.Fatal(err)
		}
		given := b.app.newBatch(record, dest, "")
		given.note(t.Context())
		b.pages.made["page"] = b.newDrop(given)
		if c.ending {
			b.app.stopReading()
		}
		b.pages.ended(uploader.Snapshot{ID: "page", State: c.state})
		b.quit()
		b.start()
		if left, err := b.app.journal.Drops(t.Context()); err != nil || len(left) != c.left {
			t.Errorf("%+v: %d drops are left, %v", c, len(left), err)
		}
	}
}

// A page has a bound; the files are sent all the same.
func TestPageTooLarge(t *testing.T) {
	b := newWindowBench(t)
	var ids []uploader.ID
	page := newPage(&drop{h: b.host, batch: &batch{adder: &adder{}}})
	for n := range maxPageFiles + 1 {
		ids = append(ids, uploader.ID(fmt.Sprint(n)))
	}
	for _, id := range ids[:maxPageFiles] {
		if !b.pages.add(page, id) {
			t.Fatalf("file %s is one too many", id)
		}
	}
	if b.pages.add(page, ids[maxPageFiles]) {
		t.Error("there is no bound")
	}
	if len(b.pages.waiting) != 0 {
		t.Errorf("%d files are waited for", len(b.pages.waiting))
	}
}

func TestBelow(t *testing.T) {
	root := t.TempDir()
	in := func(parts ...string) string { return filepath.Join(append([]string{root}, parts...)...) }
	these := map[string]bool{in("a"): true, in("b", "c.txt"): true}
	for path, want := range map[string]bool{
		in("a"): true, in("a", "x", "y"): true, in("ab"): false, in("b"): false, in("b", "c.txt"): true, in("b", "d"): false,
		root: false, "": false, ".": false, "relative": false,
	} {
		if below(path, these) != want {
			t.Errorf("below(%q) is %v", path, !want)
		}
	}
}
