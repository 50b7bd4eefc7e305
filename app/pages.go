package app

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"chute/ui"
	"chute/uploader"
	"chute/uploader/fault"
)

// This file waits for the files of pages.

// maxPageFiles bounds a page: so many links, of which each may have half a
// kilobyte of signature, are some 7 MB, which a phone still shows.
const maxPageFiles = 10_000

// pages are the pages to come, by their files, and those that are under way or
// were sent.
type pages struct {
	mu      sync.Mutex
	waiting map[uploader.ID][]*pending
	made    map[uploader.ID]*drop // by the transfers of the pages; nil: it is over
}

// pending is one page to come. Its fields are guarded by pages.mu.
type pending struct {
	drop   *drop
	ids    []uploader.ID // of its files, in their order
	states map[uploader.ID]uploader.State
	// done are the files that have arrived: the engine does not keep all of a
	// large folder. What an earlier process sent is not among them.
	done    map[uploader.ID]arrived
	settled int  // how many are done or cancelled
	ready   bool // no more files come
}

// arrived is a file that is on a page.
type arrived struct {
	id uploader.ID
	ui.PageFile
	expires time.Time
}

func newPages() *pages {
	return &pages{waiting: make(map[uploader.ID][]*pending), made: make(map[uploader.ID]*drop)}
}

func newPage(d *drop) *pending {
	return &pending{drop: d, states: make(map[uploader.ID]uploader.State), done: make(map[uploader.ID]arrived)}
}

// title is the name of what was dropped, or how much it was.
func (p *pending) title() string {
	name := filepath.Base(p.drop.Items[0].Path)
	if len(p.drop.Items) > 1 {
		name = strings.TrimSuffix(name, filepath.Ext(name))
	}
	return named(name, p.drop.Drop)
}

// add puts a transfer on a page. It reports false, and nothing becomes of the
// page, where there are too many.
func (p *pages) add(page *pending, id uploader.ID) bool {
	p.mu.Lock()
	if len(page.ids) == maxPageFiles {
		p.forget(page)
		p.mu.Unlock()
		page.drop.h.app.notice(fault.New(fault.Unsupported, fault.PageTooLarge, fault.Facts{"Limit": strconv.Itoa(maxPageFiles)}, nil))
		return false
	}
	page.ids = append(page.ids, id)
	p.waiting[id] = append(p.waiting[id], page)
	p.mu.Unlock()
	if s, ok := page.drop.h.app.engine.Snapshot(id); ok && s.State.Ended() {
		p.ended(s) // before anybody waited for it
	}
	return true
}

// has puts a file on a page that an earlier process sent.
func (p *pages) has(page *pending, id uploader.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	page.ids = append(page.ids, id)
	page.settle(id, uploader.Done)
}

// forget waits for no file of a page any more. p.mu is held.
func (p *pages) forget(page *pending) {
	for _, id := range page.ids {
		if left := slices.DeleteFunc(p.waiting[id], func(other *pending) bool { return other == page }); len(left) > 0 {
			p.waiting[id] = left
		} else {
			delete(p.waiting, id)
		}
	}
}

// complete says that all files of a page are on their way.
func (p *pages) complete(page *pending) {
	p.mu.Lock()
	page.ready = true
	p.mu.Unlock()
	p.look(page)
}

// ended is told of each transfer that ended. One that failed may still be tried
// again: the page waits for it.
func (p *pages) ended(s uploader.Snapshot) {
	p.mu.Lock()
	waiting := slices.Clone(p.waiting[s.ID])
	for _, page := range waiting {
		page.settle(s.ID, s.State)
		if s.State == uploader.Done {
			page.done[s.ID] = arrived{s.ID, ui.PageFile{Name: s.Name, URL: s.Link.URL, Size: s.Size}, s.Link.Expires}
		}
	}
	p.mu.Unlock()
	for _, page := range waiting {
		go p.look(page) // not on the goroutine of the transfer, which is to end
	}
	if s.State != uploader.Failed {
		p.over(s.ID, s.State)
	}
}

// over ends the drop of a page that was sent, or is not wanted any more. One
// that is cancelled because the program ends is sent by the next.
func (p *pages) over(id uploader.ID, state uploader.State) {
	p.mu.Lock()
	d := p.made[id]
	if d == nil || state == uploader.Cancelled && d.h.app.reading.Err() != nil {
		p.mu.Unlock()
		return
	}
	p.made[id] = nil
	p.mu.Unlock()
	d.end()
}

// settle notes how a file ended. pages.mu is held.
func (p *pending) settle(id uploader.ID, state uploader.State) {
	ended := func(s uploader.State) bool { return s == uploader.Done || s == uploader.Cancelled }
	if ended(state) && !ended(p.states[id]) {
		p.settled++
	}
	p.states[id] = state
}

// removed is told of transfers that nobody waits for any more.
func (p *pages) removed(ids []uploader.ID) {
	p.mu.Lock()
	var touched []*pending
	for _, id := range ids {
		for _, page := range p.waiting[id] {
			if page.states[id] == uploader.Failed {
				page.settle(id, uploader.Cancelled)
				touched = append(touched, page)
			}
		}
	}
	p.mu.Unlock()
	for _, page := range touched {
		go p.look(page)
	}
	for _, id := range ids {
		p.over(id, uploader.Failed)
	}
}

// is reports whether a transfer is a page.
func (p *pages) is(id uploader.ID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.made[id]
	return ok
}

// look sends the page if all of its files are there. Those that were cancelled
// are not on it.
func (p *pages) look(page *pending) {
	p.mu.Lock()
	if !page.ready || page.settled < len(page.ids) {
		p.mu.Unlock()
		return
	}
	page.ready = false // once
	p.forget(page)
	p.mu.Unlock()
	files := slices.DeleteFunc(page.ids, func(id uploader.ID) bool { return page.states[id] != uploader.Done })
	var err error
	if len(files) > 1 {
		if err = page.send(files); err == nil {
			page.drop.h.groups.end(page.drop.adder.batch)
			return
		}
		page.drop.h.app.notice(err)
	}
	if f := fault.As(err); f != nil && f.Code != fault.Unsupported && f.Code != fault.Config {
		page.drop.h.groups.end(page.drop.adder.batch) // the next start tries again
		return
	}
	page.drop.end()
}
