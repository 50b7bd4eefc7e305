package app

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"time"

	"chute/app/config"
	"chute/uploader"
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

	args   map[uploader.ID]string // argument, joined with the path inside a folder
	order  []uploader.ID          // as the arguments name them
	ends   map[uploader.ID]uploader.Snapshot
	sent   int
	failed int
}

// ahead bounds how many transfers are known at a time, and with them memory,
// however many files a folder holds.
const ahead = 1000

func (s *sending) run(ctx context.Context, paths []string) error {
	places, err := places(paths, s.flags)
	if err != nil {
		return err
	}
	ended := make(chan uploader.Snapshot, ahead)
	app, err := Open(ctx, Options{Notice: s.notice, Ended: func(e uploader.Snapshot) { ended <- e }})
	if err != nil {
		return err
	}
	defer app.Close()
	s.app = app
	dest, err := app.destination(s.flags.to)
	if err != nil {
		return err
	}
	s.args, s.ends = make(map[uploader.ID]string), make(map[uploader.ID]uploader.Snapshot)
	if s.flags.json {
		s.report = newJSONReporter(s.out, func(id uploader.ID) string { return s.args[id] })
	} else {
		s.report = newTextReporter(s.err, s.flags.quiet)
	}
	if err := s.transfer(ctx, dest, places, ended); err != nil {
		return err
	}
	if dest.Type == config.TypeLocal {
		app.noKeyring()
	}
	if dest.Type == config.TypeLocal && s.sent > 0 && !s.flags.noServe {
		app.serve(ctx, s.err)
	}
	if s.failed > 0 {
		return errSomeFailed
	}
	return nil
}

// transfer feeds the engine and reports until everything has ended.
func (s *sending) transfer(ctx context.Context, dest config.Destination, places []place, ended <-chan uploader.Snapshot) error {
	watcher := s.app.engine.Watch()
	defer watcher.Close()
	jobs := make(chan found)
	walk, stopWalk := context.WithCancel(ctx)
	defer stopWalk()
	go func() { s.walk(walk, places, jobs) }()

	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	adder := s.app.newAdder(dest, addOptions{key: s.flags.key, life: s.flags.expires.value})
	item := -1
	open := 0
	var snapshots []uploader.Snapshot
	for jobs != nil || open > 0 {
		next := jobs
		if open >= ahead {
			next = nil
		}
		select {
		case j, ok := <-next:
			if !ok {
				jobs = nil
				continue
			}
			if j.item != item {
				item = j.item
				adder.item(0)
			}
			id := adder.add(ctx, j.Found)
			s.args[id] = j.arg
			s.order = append(s.order, id)
			open++
		case e := <-ended:
			open--
			s.end(e)
		case now := <-tick.C:
			snapshots = watcher.Next(snapshots[:0])
			s.report.progress(now, s.underWay(snapshots))
		case <-ctx.Done():
			s.interrupted(ended)
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
func (s *sending) interrupted(ended <-chan uploader.Snapshot) {
	s.report.finish()
	fmt.Fprintln(s.err, "Interrupted.")
	s.app.endTransfers()
	for {
		select {
		case e := <-ended:
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

// serve keeps the local store running until the user interrupts.
func (a *App) serve(ctx context.Context, err io.Writer) {
	if !a.local.Serves() {
		fmt.Fprintln(err, "The links work as long as the other Chute runs, which serves them.")
		return
	}
	fmt.Fprintln(err, "The links work as long as Chute runs. Press Ctrl+C to end it.")
	<-ctx.Done()
}
