package app

import (
	"context"
	"crypto/rand"
	"hash/maphash"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	"chute/app/config"
	"chute/app/journal"
	"chute/ui"
	"chute/uploader"

	"fyne.io/fyne/v2"
)

// This file gives the engine what was given to the window, and goes on with
// that in the next process where this one ends before.

// drop is what was given to the window at once.
type drop struct {
	journal.Drop
	h     *host
	dest  config.Destination
	adder *adder
	page  *pending  // nil: none is wanted
	sent  sentFiles // by an earlier process
	left  leftOut
}

// Add implements ui.Host.
func (h *host) Add(paths []string, how ui.Sending) {
	h.mu.Lock()
	life := h.settings.LinkLife
	h.mu.Unlock()
	dest, err := h.app.destination(how.To)
	if err != nil {
		h.app.notice(err)
		return
	}
	record := journal.Drop{ID: rand.Text(), Begun: time.Now(), Destination: dest.Name, Life: life, Zip: how.Zip, Page: how.Page}
	for _, path := range paths {
		record.Items = append(record.Items, journal.DropItem{Path: path, Seed: rand.Text()})
	}
	d := h.newDrop(record, dest)
	go func() {
		if err := h.app.journal.SaveDrop(record); err != nil {
			h.app.log.Error("journal", "cause", err)
		}
		d.run()
	}()
}

// newDrop prepares a drop. Its batch is being added from now on.
func (h *host) newDrop(record journal.Drop, dest config.Destination) *drop {
	d := &drop{Drop: record, h: h, dest: dest, adder: h.app.newAdder(dest, addOptions{life: record.Life})}
	if d.Page {
		d.page = newPage(d)
	}
	h.groups.begin(d.adder.batch)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drops[d.adder.batch] = d
	return d
}

// run gives all of it to the engine, as fast as that sends it.
func (d *drop) run() {
	for _, item := range d.Items {
		if d.add(item); d.adder.cutOff {
			break
		}
	}
	if d.dest.Type == config.TypeLocal {
		d.h.app.noKeyring()
	}
	d.h.mu.Lock()
	w := d.h.window
	d.h.mu.Unlock()
	if d.left.n > 0 && w != nil {
		fyne.Do(func() { w.LeftOut(d.left.n, d.left.names) })
	}
	switch {
	case d.adder.cutOff && !d.h.app.unwanted(d.adder):
		d.h.groups.end(d.adder.batch) // the next process goes on
	case d.page != nil:
		for _, id := range d.sent.ids {
			d.h.pages.has(d.page, id) // though it is not where it was any more
		}
		d.h.pages.complete(d.page) // which ends the drop
	default:
		d.end()
	}
}

// add queues one of the things that were dropped.
func (d *drop) add(item journal.DropItem) {
	vars := config.NewKeyVars(d.Begun)
	vars.Seed = item.Seed
	d.adder.item(vars)
	group := uploader.GroupID(d.h.app.newID())
	defer d.h.groups.scanned(group)
	for f := range d.adder.paced(sources(item.Path, d.Zip, d.left.note)) {
		if id, ok := d.sent.take(f.Source.Path()); ok {
			if d.page != nil {
				d.h.pages.has(d.page, id)
			}
			continue
		}
		if d.Without[f.Source.Path()] {
			continue
		}
		if f.Folder != "" {
			d.adder.group = group
			d.h.groups.found(group, f.Folder)
		}
		id := d.adder.add(context.Background(), f)
		if d.page != nil && !d.h.pages.add(d.page, id) {
			d.page = nil
		}
	}
}

// sources is what there is to send at a path; note is told what is left out.
func sources(path string, zip bool, note func(string)) iter.Seq[uploader.Found] {
	if info, err := os.Stat(path); !zip || err != nil || !info.IsDir() {
		return uploader.WalkNoting(path, note)
	}
	return func(yield func(uploader.Found) bool) {
		if yield(uploader.Found{Source: uploader.NewZip(path)}) {
			for range uploader.WalkNoting(path, note) { // what the archive leaves out is told as well
			}
		}
	}
}

// end forgets a drop: the journal has all that is left of it as transfers.
func (d *drop) end() {
	d.h.mu.Lock()
	delete(d.h.drops, d.adder.batch)
	d.h.mu.Unlock()
	d.h.app.journal.RemoveDrop(d.ID)
	d.h.groups.end(d.adder.batch)
}

// leaveOut notes in the journal that these files are not wanted any more: who
// goes on with a drop finds them where they were.
func (h *host) leaveOut(ids []uploader.ID) {
	for _, id := range ids {
		s, ok := h.app.engine.Snapshot(id)
		if !ok || s.State == uploader.Done || s.Path == "" {
			continue
		}
		h.mu.Lock()
		d := h.drops[s.Batch]
		h.mu.Unlock()
		if d != nil {
			h.app.journal.LeaveOut(d.ID, s.Path)
		}
	}
}

// goOn takes up what an earlier process left unfinished, where the settings
// want that.
func (h *host) goOn() {
	h.mu.Lock()
	wanted := h.settings.Resume
	h.mu.Unlock()
	go func() {
		if err := h.takeUp(h.app.running, wanted); err != nil {
			h.app.log.Error("resuming", "cause", err)
		}
	}()
}

// takeUp goes on with drops and transfers. Where it is not wanted the drops are
// forgotten: what became transfers of them is listed, the rest can be dropped
// again.
func (h *host) takeUp(ctx context.Context, wanted bool) error {
	records, err := h.app.journal.ClaimDrops(ctx)
	if err != nil {
		return err
	}
	if !wanted {
		for _, r := range records {
			h.app.journal.RemoveDrop(r.ID)
		}
		return nil
	}
	var drops []*drop
	paths := make(map[string]bool)
	for _, r := range records {
		dest, err := h.app.destination(r.Destination)
		if err != nil {
			h.app.notice(err) // the drop is kept: the destination may come back
			continue
		}
		d := h.newDrop(r, dest)
		if d.sent, err = h.app.sentOf(ctx, r); err != nil {
			return err
		}
		drops = append(drops, d)
		for _, item := range r.Items {
			paths[item.Path] = true
		}
	}
	if err := h.app.resumeAll(ctx, func(i journal.Item) bool { return !below(i.Path, paths) }); err != nil || len(drops) == 0 {
		return err
	}
	var walks sync.WaitGroup
	for _, d := range drops {
		walks.Go(d.run)
	}
	walks.Wait()
	return h.app.resumeAll(ctx, nil) // what is not where it was any more is told of
}

// below reports whether a path is one of these, or in such a folder.
func below(path string, these map[string]bool) bool {
	for {
		up := filepath.Dir(path)
		if these[path] || up == path {
			return these[path]
		}
		path = up
	}
}

// sentFiles are what an earlier process sent of a drop: the IDs by the hash of the
// path, for it may be much.
type sentFiles struct {
	seed maphash.Seed
	ids  map[uint64]uploader.ID
}

func (a *App) sentOf(ctx context.Context, d journal.Drop) (sentFiles, error) {
	s := sentFiles{maphash.MakeSeed(), make(map[uint64]uploader.ID)}
	paths := make(map[string]bool, len(d.Items))
	for _, item := range d.Items {
		paths[item.Path] = true
	}
	err := a.history.Since(ctx, d.Destination, d.Begun, func(id, path string) {
		if below(path, paths) {
			s.ids[maphash.String(s.seed, path)] = uploader.ID(id)
		}
	})
	return s, err
}

// take returns what was sent of that path, once.
func (s sentFiles) take(path string) (id uploader.ID, ok bool) {
	if len(s.ids) == 0 {
		return "", false
	}
	hash := maphash.String(s.seed, path)
	id, ok = s.ids[hash]
	delete(s.ids, hash)
	return id, ok
}
