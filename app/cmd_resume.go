package app

import (
	"context"
	"flag"
	"fmt"
	"slices"

	"chute/app/config"
	"chute/app/journal"
	"chute/uploader"
	"chute/uploader/fault"
)

func runResume(ctx context.Context, c *console, args []string) error {
	flags := flag.NewFlagSet("resume", flag.ContinueOnError)
	list := flags.Bool("list", false, "list them only")
	abort := flags.Bool("abort", false, "drop them, and what they left at the store")
	s := &sending{console: c}
	flags.BoolVar(&s.flags.json, "json", false, "print JSON lines")
	flags.BoolVar(&s.flags.noServe, "no-serve", false, "do not keep serving a local destination")
	ids, err := parse(flags, args)
	if err != nil {
		return err
	}
	if *list && *abort {
		return wrongUse("resume: --list and --abort exclude each other")
	}
	depth := needEngine
	if *list {
		depth = needJournal
	}
	if err := s.begin(ctx, depth); err != nil {
		return err
	}
	defer s.app.Close()
	if *abort && len(ids) > 0 {
		if ids, err = s.dropStrays(ctx, ids); err != nil || len(ids) == 0 {
			return err
		}
	}
	found, err := s.app.unfinished(ctx, ids)
	if err != nil {
		return err
	}
	switch {
	case *list:
		if err := s.list(found); err != nil || len(ids) > 0 {
			return err
		}
		return s.listStrays(ctx)
	case *abort:
		return s.abort(ctx, found.once())
	default:
		return s.resume(ctx, found.once())
	}
}

// resume goes on with what no process works at, and prints as send does: first
// single transfers, then drops, in the order in which they were begun.
func (s *sending) resume(ctx context.Context, u unfinished) error {
	own := uploader.BatchID(s.app.newID())
	batches, err := s.takeOver(ctx, u.drops, own)
	if err != nil {
		return err
	}
	local := slices.ContainsFunc(batches, func(b *batch) bool { return b.dest.Type == config.TypeLocal })
	err = s.transfer(ctx, func(_ context.Context, give func(task) bool) {
		restore := func(item journal.Item) bool {
			return give(task{item.Path, func() (uploader.ID, bool) {
				ok := s.restore(ctx, item, own)
				dest, err := s.app.destination(item.Destination)
				local = local || ok && err == nil && dest.Type == config.TypeLocal
				return item.ID, ok
			}})
		}
		come := newComing(batches, u.items)
		for _, item := range u.items {
			if !come.waits(item) && !restore(item) {
				return
			}
		}
		for _, b := range batches {
			for _, item := range b.Items {
				vars := b.vars(item)
				for f := range b.wanted(sources(item.Path, b.Zip, s.left.note)) {
					if f.sent != "" {
						continue
					}
					come.came(b.Destination, f.Source.Path())
					if !give(task{f.Source.Path(), func() (uploader.ID, bool) { return b.adder.add(ctx, f.Found, vars), true }}) {
						return
					}
				}
			}
		}
		for _, item := range u.items { // what is not where it was any more is told of
			if come.waits(item) && !restore(item) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	for _, b := range batches {
		if b.Page {
			fmt.Fprintf(s.err, "%s: the page that lists it is made when the window of Chute opens.\n", printable(named(b.Items[0].Path, b.Drop)))
			continue
		}
		b.end()
	}
	if len(u.items)+len(u.drops) == 0 {
		fmt.Fprintln(s.err, "Nothing was interrupted.")
	}
	return s.finish(ctx, local)
}

// takeOver prepares to go on with drops, as one batch: a file that is in two of
// them is then two transfers, as it would have been. Those that this process
// cannot go on with are told of.
func (s *sending) takeOver(ctx context.Context, drops []journal.Drop, all uploader.BatchID) (batches []*batch, err error) {
	for _, d := range drops {
		what := named(d.Items[0].Path, d)
		dest, err := s.app.destination(d.Destination)
		if err != nil {
			fmt.Fprintf(s.err, "%s: %s\n", printable(what), printable(fault.As(err).Message()))
			s.failed++ // it is kept: the destination may come back
			continue
		}
		b := s.app.newBatch(d, dest, "")
		b.adder.batch = all
		ok, err := b.takeOver(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		if !ok {
			s.elsewhere(what)
			continue
		}
		batches = append(batches, b)
	}
	return batches, nil
}

// restore goes on with a single transfer, and reports whether it does.
func (s *sending) restore(ctx context.Context, item journal.Item, batch uploader.BatchID) bool {
	ok, err := s.app.restore(ctx, item.ID, batch, 0)
	switch {
	case err != nil:
		s.app.log.Error("journal", "cause", err)
	case !ok:
		s.elsewhere(item.Path)
	}
	return ok
}

// elsewhere tells that another process sends something.
func (s *sending) elsewhere(path string) {
	fmt.Fprintf(s.err, "%s: another Chute is sending it.\n", printable(path))
}

// coming are the transfers that reading will come to, by destination and path.
type coming map[[2]string][]uploader.ID

func newComing(batches []*batch, items []journal.Item) coming {
	drops := make([]journal.Drop, len(batches))
	for i, b := range batches {
		drops[i] = b.Drop
	}
	in, c := within(drops...), make(coming)
	for _, item := range items {
		if in(item.Destination, item.Path) {
			at := [2]string{item.Destination, item.Path}
			c[at] = append(c[at], item.ID)
		}
	}
	return c
}

// waits reports whether a transfer is one that reading has not come to.
func (c coming) waits(item journal.Item) bool {
	return slices.Contains(c[[2]string{item.Destination, item.Path}], item.ID)
}

// came notes that reading came to a file: its first transfer is taken up.
func (c coming) came(destination, path string) {
	at := [2]string{destination, path}
	if len(c[at]) > 0 {
		c[at] = c[at][1:]
	}
}

// abort drops what is unfinished, with what it left at the store.
func (s *sending) abort(ctx context.Context, u unfinished) error {
	_, err := s.app.giveUp(ctx, u, func(path string, ok bool) {
		if !ok {
			s.elsewhere(path)
			s.failed++
			return
		}
		fmt.Fprintf(s.err, "Dropped %s.\n", printable(path))
	})
	if err != nil {
		return err
	}
	return s.finish(ctx, false)
}
