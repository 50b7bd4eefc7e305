package app

import (
	"context"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"time"

	"chute/app/config"
	"chute/app/history"
	"chute/uploader"
	"chute/uploader/fault"
)

// sendFlags are what the command line of send says.
type sendFlags struct {
	to, key          string
	expires          lifeFlag
	zip, json, quiet bool
	noServe          bool
}

func runSend(ctx context.Context, c *console, args []string) error {
	var f sendFlags
	flags := flag.NewFlagSet("send", flag.ContinueOnError)
	flags.StringVar(&f.to, "to", "", "destination")
	flags.StringVar(&f.key, "key", "", "object key")
	flags.Var(&f.expires, "expires", "life of the link")
	flags.BoolVar(&f.zip, "zip", false, "send a folder as one zip")
	flags.BoolVar(&f.json, "json", false, "print JSON lines")
	flags.BoolVar(&f.quiet, "quiet", false, "print links and failures only")
	flags.BoolVar(&f.noServe, "no-serve", false, "do not keep serving a local destination")
	paths, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return wrongUse("send needs a PATH, or - for standard input")
	}
	s := &sending{console: c, flags: f}
	return s.run(ctx, paths)
}

// sending is one run of send.
type sending struct {
	*console
	flags  sendFlags
	app    *App
	report reporter

	args  map[uploader.ID]string // argument, joined with the path inside a folder
	order []uploader.ID          // as the arguments name them
	ends  map[uploader.ID]uploader.Snapshot
	ended chan uploader.Snapshot
	left  leftOut // by walk
	// linking holds what makes a link of something that was sent before.
	linking chan struct{}
	sent    int
	failed  int
}

func (s *sending) run(ctx context.Context, paths []string) error {
	places, err := places(paths, s.flags)
	if err != nil {
		return err
	}
	if err := s.begin(ctx, needEngine); err != nil {
		return err
	}
	defer s.app.Close()
	if s.flags.expires, err = s.app.lockedLife(s.flags.expires); err != nil {
		return err
	}
	dest, err := s.app.destination(s.flags.to)
	if err != nil {
		return err
	}
	drop, kept := asked(places, s.flags)
	b := s.app.newBatch(drop, dest, s.flags.key)
	if kept {
		b.note(ctx)
	}
	err = s.transfer(ctx, func(walking context.Context, give func(task) bool) {
		for f := range s.walk(walking, b, places) {
			if !give(task{f.arg, func() (uploader.ID, bool) { return s.start(ctx, b, f), true }}) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	b.end()
	return s.finish(ctx, dest.Type == config.TypeLocal)
}

// start sends a file. Of one that an earlier process sent it gives a link.
func (s *sending) start(ctx context.Context, b *batch, f found) uploader.ID {
	if f.sent == "" {
		return b.adder.add(ctx, f.Found, f.vars)
	}
	s.app.work.Go(func() {
		select {
		case s.linking <- struct{}{}:
			defer func() { <-s.linking }()
		case <-ctx.Done():
			return
		}
		again, err := s.app.sentAgain(ctx, f.sent, b.Life)
		switch {
		case err == nil:
			s.ended <- again
		case ctx.Err() == nil: // it may have been deleted
			b.adder.queue(f.sent, f.Found, f.vars)
		}
	})
	return f.sent
}

// sentAgain is a file that was sent before as if it had just been, with a new
// link.
func (a *App) sentAgain(ctx context.Context, id uploader.ID, life time.Duration) (uploader.Snapshot, error) {
	e, err := a.history.Get(ctx, string(id))
	if err != nil {
		return uploader.Snapshot{}, err
	}
	s := uploader.Snapshot{
		ID: id, Name: e.Name, Path: e.Path, Destination: e.Destination, State: uploader.Done,
		Size: e.Size, Sent: e.Size, Resumed: e.Size, Bucket: e.Ref.Bucket, Key: e.Ref.Key, Ref: e.Ref,
		NoLink: e.State(e.Sent) == history.NoLink, ETag: e.ETag, Checksum: e.Checksum, Added: e.Sent, Started: e.Sent, Ended: e.Sent,
	}
	if !s.NoLink {
		s.Link, _, err = a.newLink(ctx, string(id), life)
	}
	return s, err
}

// collectAt is by how much of what is in use memory grows, in percent, before
// garbage is collected: a third less often than Go does by itself. Of many small
// files that saves one twentieth of the time, for 5 MiB; docs/performance.md has
// more.
const collectAt = 150

// begin opens as much of the program as a command about sending needs.
func (s *sending) begin(ctx context.Context, depth need) (err error) {
	debug.SetGCPercent(collectAt)
	s.ended, s.linking = make(chan uploader.Snapshot, ahead), make(chan struct{}, linksAtOnce)
	s.app, err = open(ctx, Options{Notice: s.tell, Ended: func(e uploader.Snapshot) { s.ended <- e }}, depth)
	if err != nil {
		return err
	}
	s.args, s.ends = make(map[uploader.ID]string), make(map[uploader.ID]uploader.Snapshot)
	if s.flags.json {
		s.report = newJSONReporter(s.out, func(id uploader.ID) string { return s.args[id] })
	} else {
		s.report = newTextReporter(s.err, s.flags.quiet)
	}
	return nil
}

// finish serves what was sent to this computer, and tells how it went.
func (s *sending) finish(ctx context.Context, local bool) error {
	if s.left.n > 0 {
		s.notice(s.left.String())
	}
	if local && s.sent > 0 {
		s.app.noKeyring()
		if !s.flags.noServe {
			s.app.serve(ctx, s.err)
		}
	}
	if s.failed > 0 {
		return errSomeFailed
	}
	return nil
}

// task is a transfer to be started, on behalf of an argument. start reports
// false where there is nothing to do after all.
type task struct {
	arg   string
	start func() (uploader.ID, bool)
}

// transfer starts the tasks that feed gives, and reports until everything has
// ended.
func (s *sending) transfer(ctx context.Context, feed func(context.Context, func(task) bool)) error {
	watcher := s.app.engine.Watch()
	defer watcher.Close()
	tasks := make(chan task)
	cut := false // the feed ended before its end; read when tasks is closed
	feeding, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		defer close(tasks)
		feed(feeding, func(t task) bool {
			select {
			case tasks <- t:
				return true
			case <-feeding.Done():
				cut = true
				return false
			}
		})
	}()

	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	open := 0
	var snapshots []uploader.Snapshot
	for tasks != nil || open > 0 {
		next := tasks
		if open >= ahead {
			next = nil
		}
		select {
		case t, ok := <-next:
			if !ok {
				if tasks = nil; cut {
					s.interrupted()
					return errInterrupted
				}
				continue
			}
			id, started := t.start()
			if !started {
				continue
			}
			s.args[id] = t.arg
			s.order = append(s.order, id)
			open++
		case e := <-s.ended:
			open--
			s.end(e)
		case now := <-tick.C:
			snapshots = watcher.Next(snapshots[:0])
			s.report.progress(now, s.underWay(snapshots))
		case <-ctx.Done():
			s.interrupted()
			return errInterrupted
		}
	}
	s.report.finish()
	return nil
}

// underWay leaves out, in place, what has ended, and makes the engine forget
// it. The end is told before the engine's own state shows it.
func (s *sending) underWay(all []uploader.Snapshot) []uploader.Snapshot {
	return slices.DeleteFunc(all, func(t uploader.Snapshot) bool {
		if t.State.Ended() {
			s.app.engine.Remove(t.ID)
		}
		_, known := s.args[t.ID]
		_, ended := s.ends[t.ID]
		return !known || ended
	})
}

// end reports one end, and prints the links whose turn it is.
func (s *sending) end(e uploader.Snapshot) {
	s.report.ended(s.args[e.ID], e)
	if e.State == uploader.Done {
		s.sent++
	} else {
		s.failed++
	}
	s.ends[e.ID] = e
	for len(s.order) > 0 && s.print(s.order[0]) {
		s.order = s.order[1:]
	}
}

// print prints the link of a transfer that has ended, and reports whether it has.
func (s *sending) print(id uploader.ID) bool {
	e, ok := s.ends[id]
	if !ok {
		return false
	}
	delete(s.ends, id)
	delete(s.args, id)
	if e.State == uploader.Done && !s.flags.json {
		fmt.Fprintln(s.out, shareable(e))
	}
	return true
}

// interrupted ends what is under way, and prints the links of all that is done,
// also where they wait for one before them.
func (s *sending) interrupted() {
	s.report.finish()
	fmt.Fprintln(s.err, "Interrupted. chute resume goes on where it was.")
	s.app.endTransfers()
	for {
		select {
		case e := <-s.ended:
			if e.State == uploader.Done {
				s.end(e)
			}
			continue
		default:
		}
		s.order = slices.DeleteFunc(s.order, s.print)
		return
	}
}

// shareable is what a finished transfer gives to share: the link, or the key.
func shareable(s uploader.Snapshot) string {
	if s.Link.URL != "" {
		return s.Link.URL
	}
	return s.Key
}

func (s *sending) notice(text string) {
	if !s.flags.quiet {
		fmt.Fprintln(s.err, text)
	}
}

func (s *sending) tell(f *fault.Error) { s.notice(noticeText(f)) }

// serve keeps the local store running until the user interrupts.
func (a *App) serve(ctx context.Context, err io.Writer) {
	if !a.local.Serves() {
		fmt.Fprintln(err, "The links work as long as the other Chute runs, which serves them.")
		return
	}
	fmt.Fprintln(err, "The links work as long as Chute runs. Press Ctrl+C to end it.")
	<-ctx.Done()
}
