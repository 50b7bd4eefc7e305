package app

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"chute/app/config"
	"chute/app/history"
	"chute/app/state"
	"chute/ui"
	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"
)

// This file makes one link of several: to a page that lists them, which is sent
// as soon as all of them are there.

// pages are the pages to come, by the batches of their files, and those that
// were made.
type pages struct {
	mu      sync.Mutex
	waiting map[uploader.BatchID]*page
	made    map[uploader.ID]bool
}

// page is one page to come. Its fields are guarded by pages.mu once its files
// have been added.
type page struct {
	h      *host
	adder  *adder
	title  string
	ids    []uploader.ID // of its files, in their order
	states map[uploader.ID]uploader.State
	// done are the files that have arrived: the engine does not keep all of a
	// large folder.
	done    map[uploader.ID]arrived
	settled int  // how many are done or cancelled
	ready   bool // no more files come
}

// arrived is a file that is on a page.
type arrived struct {
	ui.PageFile
	expires time.Time
}

func newPages() *pages {
	return &pages{waiting: map[uploader.BatchID]*page{}, made: map[uploader.ID]bool{}}
}

// pageTitle is the name of what was dropped, or how much it was.
func pageTitle(paths []string) string {
	if len(paths) == 1 {
		return filepath.Base(paths[0])
	}
	return strings.TrimSuffix(filepath.Base(paths[0]), filepath.Ext(paths[0])) + " + " + strconv.Itoa(len(paths)-1)
}

func (p *pages) begin(page *page) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting[page.adder.batch] = page
}

// added says that all files of a page are on their way.
func (p *pages) added(page *page) {
	p.mu.Lock()
	page.ready = true
	p.mu.Unlock()
	p.look(page)
}

// ended is told of each transfer that ended. One that failed may still be tried
// again: the page waits for it.
func (p *pages) ended(s uploader.Snapshot) {
	p.mu.Lock()
	page := p.waiting[s.Batch]
	if page != nil {
		page.settle(s.ID, s.State)
		if s.State == uploader.Done {
			page.done[s.ID] = arrived{ui.PageFile{Name: s.Name, URL: s.Link.URL, Size: s.Size}, s.Link.Expires}
		}
	}
	p.mu.Unlock()
	if page != nil {
		go p.look(page) // not on the goroutine of the transfer, which is to end
	}
}

// settle notes how a file ended. pages.mu is held.
func (p *page) settle(id uploader.ID, state uploader.State) {
	ended := func(s uploader.State) bool { return s == uploader.Done || s == uploader.Cancelled }
	if ended(state) && !ended(p.states[id]) {
		p.settled++
	}
	p.states[id] = state
}

// removed is told of transfers that nobody waits for any more.
func (p *pages) removed(ids []uploader.ID) {
	p.mu.Lock()
	var touched []*page
	for _, page := range p.waiting {
		for _, id := range ids {
			if page.states[id] == uploader.Failed {
				page.settle(id, uploader.Cancelled)
				touched = append(touched, page)
			}
		}
	}
	p.mu.Unlock()
	for _, page := range touched {
		p.look(page)
	}
}

// is reports whether a transfer is a page.
func (p *pages) is(id uploader.ID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.made[id]
}

// look sends the page if all of its files are there. Those that were cancelled
// are not on it.
func (p *pages) look(page *page) {
	p.mu.Lock()
	batch := page.adder.batch
	if !page.ready || page.settled < len(page.ids) || p.waiting[batch] != page {
		p.mu.Unlock()
		return
	}
	delete(p.waiting, batch)
	p.mu.Unlock()
	done := slices.DeleteFunc(page.ids, func(id uploader.ID) bool { return page.states[id] != uploader.Done })
	defer page.h.groups.end(batch)
	if len(done) > 1 {
		page.send(done)
	}
}

// send queues the page of these files.
func (p *page) send(done []uploader.ID) {
	a := p.h.app
	var files []ui.PageFile
	var expires time.Time
	for _, id := range done {
		file := p.done[id]
		if file.URL == "" {
			a.notice(fault.New(fault.Unsupported, fault.NoPage, nil, nil))
			return
		}
		files = append(files, file.PageFile)
		expires = sooner(expires, file.expires)
	}
	html := ui.Page{Title: p.title, Files: files, Expires: expires}.Render()
	p.adder.item(0)
	vars := p.adder.vars
	vars.Name = ui.PageName(p.title)
	vars.Path = vars.Name
	key, err := config.ExpandKey(p.adder.dest.Key, vars)
	if err != nil {
		a.notice(err)
		return
	}
	id := uploader.NewID()
	a.setMembers(id, done, files)
	p.h.pages.mu.Lock()
	p.h.pages.made[id] = true
	p.h.pages.mu.Unlock()
	a.engine.Add(uploader.Job{
		ID: id, Source: uploader.NewDocument(vars.Name, html), Batch: p.adder.batch, Destination: p.adder.dest.Name,
		Open: a.opener(p.adder.dest.Name), Key: key, LinkLife: pageLife(expires, p.adder.options.life),
	})
}

// sooner is the earlier of two ends; zero is none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// pageLife lets the link of a page end with the first link on it: after that it
// would promise what it does not keep.
func pageLife(expires time.Time, life time.Duration) time.Duration {
	if expires.IsZero() {
		return life
	}
	return max(time.Second, time.Until(expires).Truncate(time.Second))
}

// members are the files of a page, for history.
type members struct {
	ids  string // with commas
	size int64  // of all
}

func (a *App) setMembers(id uploader.ID, done []uploader.ID, files []ui.PageFile) {
	m := members{}
	names := make([]string, len(done))
	for i, d := range done {
		names[i] = string(d)
		m.size += files[i].Size
	}
	m.ids = strings.Join(names, ",")
	a.mu.Lock()
	defer a.mu.Unlock()
	a.members[id] = m
}

// describe adds to an entry of history what tells a page, or the file, apart.
func (a *App) describe(e *history.Entry) {
	a.mu.Lock()
	m, isPage := a.members[uploader.ID(e.ID)]
	delete(a.members, uploader.ID(e.ID))
	a.mu.Unlock()
	if isPage {
		e.Members, e.Size = m.ids, m.size
		return
	}
	if e.Path != "" {
		identify(e)
	}
}

// renewPage makes the links on a page anew, sends it again in the place of the
// old one, and gives its new link. Files that are gone are left out.
func (a *App) renewPage(ctx context.Context, e history.Entry, life time.Duration) (sign.Link, config.Destination, error) {
	dest, err := a.destination(e.Destination)
	if err != nil {
		return sign.Link{}, dest, err
	}
	var files []ui.PageFile
	var expires time.Time
	var last error
	for _, id := range membersOf(e) {
		file, err := a.history.Get(ctx, id)
		if err != nil {
			return sign.Link{}, dest, err
		}
		link, _, err := a.newLink(ctx, id, life)
		if err != nil {
			last = err
			if fault.As(err).Variant == fault.NotFound {
				continue
			}
			return sign.Link{}, dest, err
		}
		files = append(files, ui.PageFile{Name: file.Name, URL: link.URL, Size: file.Size})
		expires = sooner(expires, link.Expires)
	}
	if len(files) == 0 {
		return sign.Link{}, dest, last
	}
	target, err := a.opener(dest.Name)(ctx)
	if err != nil {
		return sign.Link{}, dest, err
	}
	title := strings.TrimSuffix(e.Name, ui.PageName(""))
	s, err := a.sendOne(ctx, target, uploader.Job{
		Source:      uploader.NewDocument(e.Name, ui.Page{Title: title, Files: files, Expires: expires}.Render()),
		Destination: dest.Name, Key: e.Ref.Key, LinkLife: pageLife(expires, cmp.Or(life, dest.LinkLife())),
	})
	if err != nil {
		return sign.Link{}, dest, err
	}
	e.Ref, e.ETag, e.Checksum, e.ExpiresAt, e.URL, e.Deleted = s.Ref, s.ETag, s.Checksum, s.Link.Expires, kept(s.Link, dest), false
	add := history.Adding(e)
	return s.Link, dest, a.state.Write(func(tx *state.Tx) error { return add(tx) })
}
