package app

import (
	"context"
	"sync"

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
	*batch
	h    *host
	page *pending // nil: none is wanted
	left leftOut
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
	record := newDrop(paths)
	record.Life, record.Zip, record.Page = life, how.Zip, how.Page
	d := h.newDrop(h.app.newBatch(record, dest, ""))
	go func() {
		d.note(h.app.running)
		d.run()
	}()
}

// newDrop prepares a drop. Its batch is being added from now on.
func (h *host) newDrop(b *batch) *drop {
	d := &drop{batch: b, h: h}
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
		for _, f := range d.sent.files {
			d.h.pages.has(d.page, f.id) // though it is not where it was any more
		}
		d.h.pages.complete(d.page) // which ends the drop
	default:
		d.end()
	}
}

// add queues one of the things that were dropped.
func (d *drop) add(item journal.DropItem) {
	vars, group := d.vars(item), uploader.GroupID(d.h.app.newID())
	defer d.h.groups.scanned(group)
	for f := range d.wanted(d.adder.paced(sources(item.Path, d.Zip, d.left.note))) {
		if f.sent != "" {
			if d.page != nil {
				d.h.pages.has(d.page, f.sent)
			}
			continue
		}
		d.adder.group = 0
		if f.Folder != "" {
			d.adder.group = group
			d.h.groups.found(group, f.Folder)
		}
		id := d.adder.add(context.Background(), f.Found, vars)
		if d.page != nil && !d.h.pages.add(d.page, id) {
			d.page = nil
		}
	}
}

// end forgets a drop: the journal has all that is left of it as transfers.
func (d *drop) end() {
	d.h.mu.Lock()
	delete(d.h.drops, d.adder.batch)
	d.h.mu.Unlock()
	d.batch.end()
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
// want that. Where they do not, it is listed.
func (h *host) goOn() {
	h.mu.Lock()
	wanted := h.settings.Resume
	h.mu.Unlock()
	if !wanted {
		return
	}
	go func() {
		if err := h.takeUp(h.app.running); err != nil {
			h.app.log.Error("resuming", "cause", err)
		}
	}()
}

// takeUp goes on with drops and transfers.
func (h *host) takeUp(ctx context.Context) error {
	records, err := h.app.journal.Drops(ctx)
	if err != nil {
		return err
	}
	var drops []*drop
	var known []journal.Drop
	for _, r := range records {
		d, err := h.takeOver(ctx, r)
		if err != nil {
			return err
		}
		if d != nil {
			drops, known = append(drops, d), append(known, d.Drop)
		}
	}
	in := within(known...)
	if err := h.app.resumeAll(ctx, func(i journal.Item) bool { return !in(i.Destination, i.Path) }); err != nil || len(drops) == 0 {
		return err
	}
	var walks sync.WaitGroup
	for _, d := range drops {
		walks.Go(d.run)
	}
	walks.Wait()
	return h.app.resumeAll(ctx, nil) // what is not where it was any more is told of
}

// takeOver prepares to go on with the drop of a process that is gone; nil:
// another one works at it, or it cannot be gone on with now.
func (h *host) takeOver(ctx context.Context, r journal.Drop) (*drop, error) {
	if r.Running {
		return nil, nil
	}
	dest, err := h.app.destination(r.Destination)
	if err != nil {
		h.app.notice(err) // the drop is kept: the destination may come back
		return nil, nil
	}
	b := h.app.newBatch(r, dest, "")
	if ok, err := b.takeOver(ctx, r.ID); err != nil || !ok {
		return nil, err
	}
	return h.newDrop(b), nil
}
