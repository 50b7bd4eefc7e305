package app

import (
	"context"
	"crypto/rand"
	"hash/maphash"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"chute/app/config"
	"chute/app/history"
	"chute/app/journal"
	"chute/uploader"
)

// This file is what was given to be sent at once, to the window or on the
// command line, as one process goes through it and the next one goes on.

// batch is a drop that this process works at.
type batch struct {
	journal.Drop
	app   *App
	dest  config.Destination
	adder *adder
	sent  sentFiles // by an earlier process
	noted bool      // in the journal, until end
}

// newDrop is a drop of these paths; what else is wanted of it is the caller's to
// say.
func newDrop(paths []string) journal.Drop {
	d := journal.Drop{ID: string(uploader.NewID()), Begun: time.Now()}
	for _, path := range paths {
		d.Items = append(d.Items, journal.DropItem{Path: path, Seed: rand.Text()})
	}
	return d
}

// newBatch prepares to send a drop; key is as in addOptions.
func (a *App) newBatch(d journal.Drop, dest config.Destination, key string) *batch {
	d.Destination = dest.Name
	return &batch{Drop: d, app: a, dest: dest, adder: a.newAdder(dest, addOptions{key: key, life: d.Life})}
}

// note puts the drop on disk, where it stays until end. Where a process that is
// gone left the same unfinished it is that one which is gone on with: nothing
// is sent twice, and nobody finishes it once more later.
func (b *batch) note(ctx context.Context) {
	drops, err := b.app.journal.Drops(ctx)
	for _, d := range drops {
		if !d.Running && d.Same(b.Drop) {
			if ok, err := b.takeOver(ctx, d.ID); ok || err != nil {
				b.logged(err)
				return
			}
		}
	}
	if err == nil {
		err = b.app.journal.SaveDrop(b.Drop)
		b.noted = err == nil
	}
	b.logged(err)
}

// logged writes down that the journal failed: what is sent is sent all the same.
func (b *batch) logged(err error) {
	if err != nil {
		b.app.log.Error("journal", "cause", err)
	}
}

// takeOver goes on with the drop of that ID. ok is false where it has ended, or
// another process works at it.
func (b *batch) takeOver(ctx context.Context, id string) (ok bool, err error) {
	d, ok, err := b.app.journal.ClaimDrop(ctx, id)
	if err != nil || !ok {
		return false, err
	}
	b.Drop, b.noted = d, true
	if b.sent, err = b.app.sentOf(ctx, d); err != nil {
		return false, err
	}
	items, err := b.app.journal.Items(ctx)
	in := within(d)
	b.adder.left = make(map[string]bool)
	for _, item := range items {
		switch {
		case !in(item.Destination, item.Path):
		case item.Running:
			b.Without[item.Path] = true // who sends it will, or leave it to be resumed
		default:
			b.adder.left[item.Path] = true
		}
	}
	return true, err
}

// end forgets the drop.
func (b *batch) end() {
	if b.noted {
		b.app.journal.RemoveDrop(b.ID)
	}
}

// vars are the variables of the keys of an item's files.
func (b *batch) vars(item journal.DropItem) config.KeyVars {
	vars := config.NewKeyVars(b.Begun)
	vars.Seed = item.Seed
	return vars
}

// file is one of a batch.
type file struct {
	uploader.Found
	sent uploader.ID // by an earlier process, and not changed since; empty: it is to be sent
}

// wanted leaves out of what was found what is not wanted any more.
func (b *batch) wanted(all iter.Seq[uploader.Found]) iter.Seq[file] {
	return func(yield func(file) bool) {
		for f := range all {
			path := f.Source.Path()
			if !b.Without[path] && !yield(file{f, b.sent.take(path)}) {
				return
			}
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

// named is a drop in a few words: its only item, or its first and how many more
// there are.
func named(first string, d journal.Drop) string {
	if len(d.Items) == 1 {
		return first
	}
	return first + " + " + strconv.Itoa(len(d.Items)-1)
}

// within tells which files are of these drops: sent to the destination of one,
// from a path that it names or in such a folder.
func within(drops ...journal.Drop) func(destination, path string) bool {
	named := make(map[string]map[string]bool) // by destination
	for _, d := range drops {
		if named[d.Destination] == nil {
			named[d.Destination] = make(map[string]bool)
		}
		for _, item := range d.Items {
			named[d.Destination][item.Path] = true
		}
	}
	return func(destination, path string) bool { return below(path, named[destination]) }
}

// sentFiles are what an earlier process sent of a drop, by the hash of the path,
// for it may be much.
type sentFiles struct {
	seed  maphash.Seed
	files map[uint64]sentFile
}

type sentFile struct {
	id       uploader.ID
	size     int64
	modified time.Time // zero: not known
}

func (a *App) sentOf(ctx context.Context, d journal.Drop) (sentFiles, error) {
	s := sentFiles{maphash.MakeSeed(), make(map[uint64]sentFile)}
	in := within(d)
	err := a.history.Since(ctx, d.Destination, d.Begun, func(e history.Entry) {
		if in(d.Destination, e.Path) {
			s.files[maphash.String(s.seed, e.Path)] = sentFile{uploader.ID(e.ID), e.Size, e.Modified}
		}
	})
	return s, err
}

// take returns the ID under which the file at that path was sent, once; empty
// where it was not, or has changed since.
func (s sentFiles) take(path string) uploader.ID {
	if len(s.files) == 0 {
		return ""
	}
	hash := maphash.String(s.seed, path)
	was, ok := s.files[hash]
	if !ok {
		return ""
	}
	delete(s.files, hash)
	info, err := os.Stat(path)
	if err == nil && !was.modified.IsZero() && (info.Size() != was.size || !info.ModTime().Equal(was.modified)) {
		return ""
	}
	return was.id
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
