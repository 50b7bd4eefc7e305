package app

import (
	"context"
	"iter"
	"slices"

	"chute/uploader"
)

// How many transfers are known that have not ended bounds memory, however many
// files a folder holds.

// ahead is several times what the engine has under way.
const ahead = 256

// windowAhead is what a window can show of what waits. Tests lower it.
var windowAhead = 10_000

// paced gives what is found as fast as it can be sent, windowAhead ahead. It ends
// early when the rest of the batch is cancelled, and when the program ends,
// which adder.cutOff tells.
func (d *adder) paced(all iter.Seq[uploader.Found]) iter.Seq[uploader.Found] {
	return func(yield func(uploader.Found) bool) {
		d.reading.Lock()
		defer d.reading.Unlock()
		ctx, stop := d.app.beginWalk(d)
		defer stop()
		for f := range all {
			if d.app.engine.Room(ctx, windowAhead) != nil || ctx.Err() != nil {
				d.cutOff = true
				return
			}
			if !yield(f) {
				return
			}
		}
	}
}

// beginWalk notes that what was dropped is being read, until stop.
func (a *App) beginWalk(d *adder) (ctx context.Context, stop func()) {
	ctx, cut := context.WithCancel(a.reading)
	a.mu.Lock()
	defer a.mu.Unlock()
	if d.dropped {
		cut()
	}
	d.cut = cut
	a.walks[d.batch] = d
	return ctx, func() {
		cut()
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.walks, d.batch)
	}
}

// unwanted reports whether the rest of what was dropped was cancelled.
func (a *App) unwanted(d *adder) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return d.dropped
}

// cancel cancels transfers. Where these are all that a batch has open, the rest
// of it, which has not been read yet, is cancelled with them.
func (a *App) cancel(ids ...uploader.ID) {
	named := make(map[uploader.ID]bool, len(ids))
	for _, id := range ids {
		named[id] = true
	}
	a.mu.Lock()
	var dropped []*adder
	for batch, d := range a.walks {
		open := a.engine.Open(batch)
		if len(open) == 0 || slices.ContainsFunc(open, func(id uploader.ID) bool { return !named[id] }) {
			continue
		}
		d.dropped = true
		d.cut()
		dropped = append(dropped, d)
	}
	a.mu.Unlock()
	a.engine.Cancel(ids...)
	for _, d := range dropped {
		a.work.Go(func() {
			d.reading.Lock() // one more may be on its way
			defer d.reading.Unlock()
			if open := a.engine.Open(d.batch); len(open) > 0 {
				a.engine.Cancel(open...)
			}
		})
	}
}
