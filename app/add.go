package app

import (
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
	vars    config.KeyVars
}

// newAdder prepares adding to a destination.
func (a *App) newAdder(dest config.Destination, o addOptions) *adder {
	if o.life == 0 {
		o.life = dest.LinkLife()
	}
	return &adder{app: a, dest: dest, options: o, batch: uploader.BatchID(a.newID())}
}

// item begins the next of the things that were dropped: a file or a folder.
func (d *adder) item(g uploader.GroupID) {
	d.group, d.vars = g, config.NewKeyVars(time.Now())
}

// add queues a file of the current item.
func (d *adder) add(id uploader.ID, f uploader.Found) {
	d.vars.Name, d.vars.Path = f.Source.Name(), f.Source.Name()
	if f.Folder != "" {
		d.vars.Path = f.Source.Name()[len(f.Folder)+1:]
	}
	key, source := d.options.key, f.Source
	if key == "" {
		var err error
		if key, err = config.ExpandKey(d.dest.Key, d.vars); err != nil {
			source = uploader.NewRefused(f.Source.Name(), f.Source.Path(), err)
		}
	}
	d.app.engine.Add(uploader.Job{
		ID: id, Source: source, Batch: d.batch, Group: d.group,
		Destination: d.dest.Name, Open: d.app.opener(d.dest.Name),
		Key: key, LinkLife: d.options.life,
	})
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
