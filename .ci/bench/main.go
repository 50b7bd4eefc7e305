// Bench measures Chute beside s5cmd, the AWS CLI and an empty window, and prints
// a table: the same files to the same store in the same run, each program as its
// users call it, in turn; the figures are medians. It runs on Linux. What a line
// of the table means is in docs/performance.md. Run it by make bench; -h lists
// its flags.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
)

func main() {
	if err := dispatch(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// dispatch: bench runs itself as the store and as the bare loop.
func dispatch(args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "store":
			return serveStore(args[1:])
		case "bare":
			return bareLoop(args[1], args[2])
		}
	}
	return bench(args)
}

// options are the flags.
type options struct {
	runs  int
	scale float64
	long  bool
}

func bench(args []string) error {
	var o options
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	only := flags.String("run", "", "measure only the rows whose name matches this `regexp`")
	flags.IntVar(&o.runs, "n", 3, "runs of each program")
	flags.Float64Var(&o.scale, "scale", 1, "size of the large files, of what the goals say; below 1 for a quick look")
	flags.BoolVar(&o.long, "long", false, "also what takes long: a night of sending in the tray, a folder of 1,000,000 files")
	flags.Parse(args)
	wanted, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	work, err := os.MkdirTemp("", "chute-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	p, err := findPrograms(work)
	if err != nil {
		return err
	}
	// Twice what a store ever holds: an object of 2 GiB and its parts.
	if p.memory, err = inMemory(work, o.scaled(8*gib)); err != nil {
		return err
	}
	defer os.RemoveAll(p.memory)
	fmt.Print("| what | goal | Chute | s5cmd | AWS CLI | bare loop | held |\n|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		if !wanted.MatchString(r.name) || r.long && !o.long {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", r.name)
		m := &meter{ctx: ctx, p: p, o: o, dir: filepath.Join(work, r.name)}
		if err := os.MkdirAll(m.dir, 0o700); err != nil {
			return err
		}
		if err := r.measure(m); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		if err := os.RemoveAll(m.dir); err != nil {
			return err
		}
	}
	return nil
}

// row is what is measured together; it may print several lines.
type row struct {
	name    string
	long    bool
	measure func(*meter) error
}

// meter is what a row measures with.
type meter struct {
	ctx context.Context
	p   programs
	o   options
	dir string // of the row, removed after it
}

// line is one line of the table.
type result struct {
	what, goal string
	cells      map[string]string // by program
	held       bool
}

func (r result) print() {
	held := "**no**"
	if r.held {
		held = "yes"
	}
	cell := func(program string) string {
		if c, ok := r.cells[program]; ok {
			return c
		}
		return "–"
	}
	fmt.Printf("| %s | %s | %s | %s | %s | %s | %s |\n", r.what, r.goal, cell(chute), cell(s5cmd), cell(aws), cell(bare), held)
}
