package app

import (
	"context"
	"strings"
	"sync"
	"time"

	"chute/app/config"
	"chute/uploader"
)

// addOptions are what the user asked for beyond the destination's settings.
type addOptions struct {
	key  string        // wanted key; empty: by the destination's template
	life time.Duration // of links; 0: as the destination says
}

// adder gives the engine the files of one drop or command line.
type adder struct {
	app     *App
	dest    config.Destination
	options addOptions
	batch   uploader.BatchID
	group   uploader.GroupID
	// left are the files of which an earlier process left transfers; nil: that
	// is not known.
	left map[string]bool

	reading sync.Mutex         // held while what was dropped is read; see paced
	cutOff  bool               // not all of it was; for the goroutine that reads
	cut     context.CancelFunc // ends that; guarded by app.mu, as is dropped
	dropped bool               // the rest is not wanted
}

// newAdder prepares adding to a destination.
func (a *App) newAdder(dest config.Destination, o addOptions) *adder {
	if o.life == 0 {
		o.life = dest.LinkLife()
	}
	return &adder{app: a, dest: dest, options: o, batch: uploader.BatchID(a.newID())}
}

// add queues a file, with the variables of its key, or takes up the unfinished
// transfer of the same file, and returns the transfer's ID.
func (d *adder) add(ctx context.Context, f uploader.Found, vars config.KeyVars) uploader.ID {
	if path := f.Source.Path(); path != "" && d.options.key == "" {
		if id, ok := d.app.takeUp(ctx, d, path, f.Source.Size()); ok {
			return id
		}
	}
	return d.queue("", f, vars)
}

// queue queues a file as the transfer of that ID; without one it gets its own.
func (d *adder) queue(id uploader.ID, f uploader.Found, vars config.KeyVars) uploader.ID {
	vars.Name, vars.Path = f.Source.Name(), f.Source.Name()
	if f.Folder != "" {
		vars.Path = inFolder(f)
	}
	key, source := d.options.key, f.Source
	if key == "" {
		var err error
		if key, err = config.ExpandKey(d.dest.Key, vars); err != nil {
			source = uploader.NewRefused(f.Source.Name(), f.Source.Path(), err)
		}
	}
	return d.app.engine.Add(uploader.Job{
		ID: id, Source: source, Batch: d.batch, Group: d.group,
		Destination: d.dest.Name, Open: d.app.opener(d.dest.Name),
		Key: key, LinkLife: d.options.life,
	})
}

// inFolder is a source's path below the folder that was named, with slashes;
// empty for the folder itself, which is listed where it cannot be read.
func inFolder(f uploader.Found) string {
	return strings.TrimPrefix(strings.TrimPrefix(f.Source.Name(), f.Folder), "/")
}

// groups remembers the folders that were dropped on the window.
type groups struct {
	mu     sync.Mutex
	folder map[uploader.GroupID]group
	adding map[uploader.BatchID]bool
}

type group struct {
	name     string
	files    int
	scanning bool
}

func newGroups() *groups {
	return &groups{folder: make(map[uploader.GroupID]group), adding: make(map[uploader.BatchID]bool)}
}

func (g *groups) begin(b uploader.BatchID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.adding[b] = true
}

func (g *groups) end(b uploader.BatchID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.adding, b)
}

func (g *groups) isAdding(b uploader.BatchID) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.adding[b]
}

func (g *groups) found(id uploader.GroupID, name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	was := g.folder[id]
	g.folder[id] = group{name, was.files + 1, true}
}

func (g *groups) scanned(id uploader.GroupID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if was, ok := g.folder[id]; ok {
		was.scanning = false
		g.folder[id] = was
	}
}

func (g *groups) get(id uploader.GroupID) group {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.folder[id]
}
