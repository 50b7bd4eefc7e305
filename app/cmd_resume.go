package app

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"chute/app/config"
	"chute/app/journal"
	"chute/uploader"
	"chute/uploader/fault"

	"github.com/dustin/go-humanize"
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
	items, err := s.app.unfinished(ctx, ids)
	if err != nil {
		return err
	}
	switch {
	case *list:
		if err := s.list(items); err != nil || len(ids) > 0 {
			return err
		}
		return s.listStrays(ctx)
	case *abort:
		return s.abort(ctx, items)
	default:
		return s.resume(ctx, items)
	}
}

// unfinished lists the transfers of those IDs, or all.
func (a *App) unfinished(ctx context.Context, ids []string) ([]journal.Item, error) {
	all, err := a.journal.Items(ctx)
	if err != nil || len(ids) == 0 {
		return all, err
	}
	var picked []journal.Item
	for _, id := range ids {
		i := slices.IndexFunc(all, func(item journal.Item) bool { return string(item.ID) == id })
		if i < 0 {
			return nil, fault.New(fault.Config, fault.UnknownUpload, fault.Facts{"ID": id}, nil)
		}
		picked = append(picked, all[i])
	}
	return picked, nil
}

// resume goes on with what no process works at, and prints as send does.
func (s *sending) resume(ctx context.Context, items []journal.Item) error {
	local := false
	batch := uploader.BatchID(s.app.newID())
	err := s.transfer(ctx, func(_ context.Context, give func(task) bool) {
		for _, item := range items {
			if !give(task{item.Path, func() (uploader.ID, bool) {
				ok, err := s.app.restore(ctx, item.ID, batch, 0)
				switch {
				case err != nil:
					s.app.log.Error("journal", "cause", err)
				case !ok:
					fmt.Fprintf(s.err, "%s: another Chute is sending it.\n", printable(item.Path))
				}
				dest, derr := s.app.destination(item.Destination)
				local = local || ok && derr == nil && dest.Type == config.TypeLocal
				return item.ID, ok
			}}) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	if len(items) == 0 {
		fmt.Fprintln(s.err, "Nothing was interrupted.")
	}
	return s.finish(ctx, local)
}

// unfinishedObject is an interrupted upload for programs.
type unfinishedObject struct {
	ID          uploader.ID `json:"id"`
	Path        string      `json:"path"`
	Destination string      `json:"destination"`
	Key         string      `json:"key"`
	Size        int64       `json:"size"`
	SentBytes   int64       `json:"sent_bytes"`
	Added       time.Time   `json:"added_at"`
	Running     bool        `json:"running"`
}

func (s *sending) list(items []journal.Item) error {
	if s.flags.json {
		out := json.NewEncoder(s.out)
		out.SetEscapeHTML(false)
		for _, i := range items {
			if err := out.Encode(unfinishedObject{i.ID, i.Path, i.Destination, i.Saved.Key, i.Size, i.Sent, i.Added.UTC(), i.Running}); err != nil {
				return err
			}
		}
		return nil
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, i := range items {
		running := ""
		if i.Running {
			running = "being sent"
		}
		fmt.Fprintf(table, "%s\t%s\t%s of %s\t%s\t%s\t%s\n", i.ID, humanize.Time(i.Added),
			humanize.Bytes(uint64(i.Sent)), humanize.Bytes(uint64(max(i.Size, 0))), i.Destination, printable(i.Path), running)
	}
	if len(items) == 0 {
		fmt.Fprintln(s.err, "Nothing was interrupted.")
	}
	return table.Flush()
}

// abort drops transfers, with what they left at the store.
func (s *sending) abort(ctx context.Context, items []journal.Item) error {
	for _, i := range items {
		ok, err := s.app.restorePaused(ctx, i.ID)
		if err != nil {
			return err
		}
		if !ok {
			fmt.Fprintf(s.err, "%s: another Chute is sending it.\n", printable(i.Path))
			s.failed++
			continue
		}
		s.app.engine.Cancel(i.ID)
		fmt.Fprintf(s.err, "Dropped %s.\n", printable(i.Path))
	}
	return s.finish(ctx, false)
}
