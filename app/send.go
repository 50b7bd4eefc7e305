package app

import (
	"archive/zip"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
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
	// The local store changes the working directory; what the user typed is
	// relative to the one of now.
	places := make([]place, len(paths))
	for i, p := range paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			return err
		}
		places[i] = place{arg: p, path: abs}
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

// place is an argument and where it points to.
type place struct{ arg, path string }

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
	var open, total int
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
			if total++; total > 1 && s.flags.key != "" {
				return wrongUse("--key names one object, but there are several files")
			}
			id := uploader.NewID()
			s.args[id] = j.arg
			s.order = append(s.order, id)
			if j.item != item {
				item = j.item
				adder.item(0)
			}
			adder.add(id, j.Found)
			open++
		case e := <-ended:
			open--
			s.end(e)
		case now := <-tick.C:
			snapshots = watcher.Next(snapshots[:0])
			s.report.progress(now, snapshots)
		case <-ctx.Done():
			s.report.finish()
			fmt.Fprintln(s.err, "Interrupted.")
			return errInterrupted
		}
	}
	s.report.finish()
	return nil
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
	s.app.engine.Remove(e.ID)
	for len(s.order) > 0 {
		first, ok := s.ends[s.order[0]]
		if !ok {
			return
		}
		delete(s.ends, first.ID)
		delete(s.args, first.ID)
		s.order = s.order[1:]
		if first.State == uploader.Done && !s.flags.json {
			fmt.Fprintln(s.out, shareable(first))
		}
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

// found is a source and the argument it came from.
type found struct {
	uploader.Found
	arg  string
	item int // which argument
}

// walk lists the sources behind the arguments, in their order, and closes out.
func (s *sending) walk(ctx context.Context, places []place, out chan<- found) {
	defer close(out)
	give := func(f found) bool {
		select {
		case out <- f:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for i, p := range places {
		if source := s.stream(p); source != nil {
			if !give(found{uploader.Found{Source: source}, p.arg, i}) {
				return
			}
			continue
		}
		for f := range uploader.Walk(p.path) {
			arg := p.arg
			if f.Folder != "" {
				arg = filepath.Join(p.arg, filepath.FromSlash(f.Source.Name()[len(f.Folder)+1:]))
			}
			if !give(found{f, arg, i}) {
				return
			}
		}
	}
}

// stream returns the source of an argument that is not read from a file: nil
// for one that is.
func (s *sending) stream(p place) uploader.Source {
	if p.arg == "-" {
		name := "stdin"
		if s.flags.key != "" {
			name = path.Base(s.flags.key)
		}
		return uploader.NewPipe(name, s.in)
	}
	if info, err := os.Stat(p.path); s.flags.zip && err == nil && info.IsDir() {
		return zipped(p.path)
	}
	return nil
}

// zipped is a folder as one zip archive, made while it is sent. The files are
// stored as they are: what is large is mostly compressed already, and the line
// is slower than the disk but not than a compressor.
func zipped(dir string) uploader.Source {
	r, w := io.Pipe()
	go func() { w.CloseWithError(writeZip(w, dir)) }()
	return uploader.NewPipe(filepath.Base(dir)+".zip", r)
}

func writeZip(w io.Writer, dir string) error {
	archive := zip.NewWriter(w)
	for f := range uploader.Walk(dir) {
		if err := addToZip(archive, f.Source); err != nil {
			return fmt.Errorf("%s: %w", f.Source.Name(), err)
		}
	}
	return archive.Close()
}

func addToZip(archive *zip.Writer, s uploader.Source) error {
	content, err := s.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	id := content.Identity()
	entry, err := archive.CreateHeader(&zip.FileHeader{Name: s.Name(), Method: zip.Store, Modified: id.ModTime})
	if err != nil {
		return err
	}
	if _, err := io.Copy(entry, io.NewSectionReader(content, 0, id.Size)); err != nil {
		return err
	}
	return content.Unchanged()
}

// serve keeps the local store running until the user interrupts.
func (a *App) serve(ctx context.Context, err io.Writer) {
	if !a.local.Serves() {
		return // another Chute does
	}
	fmt.Fprintln(err, "The links work as long as Chute runs. Press Ctrl+C to end it.")
	<-ctx.Done()
}
