package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"chute/app/config"
	"chute/app/history"
	"chute/app/state"
	"chute/ui"
	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"

	"golang.org/x/sync/errgroup"
)

// This file makes one link of several: to a page that lists them, which is sent
// as soon as all of them are there.

// linksAtOnce is how many links are made at a time: each asks the store first.
const linksAtOnce = 8

// send queues the page of these files.
func (p *pending) send(ids []uploader.ID) error {
	a, adder := p.drop.h.app, p.drop.adder
	list, err := p.list(ids)
	if err != nil {
		return err
	}
	vars := config.NewKeyVars(time.Now())
	vars.Name = ui.PageName(p.title())
	vars.Path = vars.Name
	key, err := config.ExpandKey(p.drop.dest.Key, vars)
	if err != nil {
		return err
	}
	id := uploader.NewID()
	a.setMembers(id, list)
	p.drop.h.pages.mu.Lock()
	p.drop.h.pages.made[id] = p.drop
	p.drop.h.pages.mu.Unlock()
	html, expires := render(p.title(), list)
	a.engine.Add(uploader.Job{
		ID: id, Source: uploader.NewDocument(vars.Name, html), Batch: adder.batch, Destination: p.drop.dest.Name,
		Open: a.opener(p.drop.dest.Name), Key: key, LinkLife: pageLife(expires, adder.options.life),
	})
	return nil
}

// list is what is on the page. Where an earlier process sent some of it, the
// links are made anew.
func (p *pending) list(ids []uploader.ID) ([]arrived, error) {
	list := make([]arrived, 0, len(ids))
	for _, id := range ids {
		if file, ok := p.done[id]; ok {
			list = append(list, file)
		}
	}
	if len(list) < len(ids) {
		a, names := p.drop.h.app, make([]string, len(ids))
		for i, id := range ids {
			names[i] = string(id)
		}
		var err error
		if list, err = a.linked(a.running, names, p.drop.adder.options.life); err != nil {
			return nil, err
		}
	}
	if len(list) == 0 || slices.ContainsFunc(list, func(f arrived) bool { return f.URL == "" }) {
		return nil, fault.New(fault.Unsupported, fault.NoPage, nil, nil)
	}
	return list, nil
}

// render makes the page, and tells when the first link on it ends; zero: none
// does.
func render(title string, list []arrived) (html []byte, expires time.Time) {
	page := ui.Page{Title: title}
	for _, f := range list {
		page.Files = append(page.Files, f.PageFile)
		if page.Expires.IsZero() || !f.expires.IsZero() && f.expires.Before(page.Expires) {
			page.Expires = f.expires
		}
	}
	return page.Render(), page.Expires
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

func (a *App) setMembers(id uploader.ID, list []arrived) {
	m := members{}
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = string(f.id)
		m.size += f.Size
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

// linked makes new links to files that were sent. Those that are gone are left
// out; where all are, that is the error.
func (a *App) linked(ctx context.Context, ids []string, life time.Duration) ([]arrived, error) {
	list, gone := make([]arrived, len(ids)), make([]error, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(linksAtOnce)
	for i, id := range ids {
		group.Go(func() error {
			e, err := a.history.Get(ctx, id)
			if err != nil {
				return err
			}
			link, _, err := a.newLink(ctx, id, life)
			if f := fault.As(err); f != nil && f.Variant == fault.NotFound {
				gone[i] = err
				return nil
			}
			list[i] = arrived{uploader.ID(id), ui.PageFile{Name: e.Name, URL: link.URL, Size: e.Size}, link.Expires}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(f arrived) bool { return f.id == "" })
	if len(list) == 0 {
		return nil, errors.Join(gone...)
	}
	return list, nil
}

// renewPage makes the links on a page anew, sends it again in the place of the
// old one, and gives its new link. Files that are gone are left out.
func (a *App) renewPage(ctx context.Context, e history.Entry, life time.Duration) (sign.Link, config.Destination, error) {
	dest, err := a.destination(e.Destination)
	if err != nil {
		return sign.Link{}, dest, err
	}
	list, err := a.linked(ctx, membersOf(e), life)
	if err != nil {
		return sign.Link{}, dest, err
	}
	target, err := a.opener(dest.Name)(ctx)
	if err != nil {
		return sign.Link{}, dest, err
	}
	html, expires := render(strings.TrimSuffix(e.Name, ui.PageName("")), list)
	s, err := a.sendOne(ctx, target, uploader.Job{
		Source:      uploader.NewDocument(e.Name, html),
		Destination: dest.Name, Key: e.Ref.Key, LinkLife: pageLife(expires, cmp.Or(life, dest.LinkLife())),
	})
	if err != nil {
		return sign.Link{}, dest, err
	}
	e.Ref, e.ETag, e.Checksum, e.ExpiresAt, e.URL, e.Deleted = s.Ref, s.ETag, s.Checksum, s.Link.Expires, kept(s.Link, dest), false
	add := history.Adding(e)
	return s.Link, dest, a.state.Write(func(tx *state.Tx) error { return add(tx) })
}
