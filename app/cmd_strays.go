package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"chute/uploader/fault"

	"github.com/dustin/go-humanize"
)

// strayObject is an upload that another program left, for programs.
type strayObject struct {
	ID          string    `json:"id"`
	Destination string    `json:"destination"`
	Bucket      bool      `json:"left_in_bucket"` // tells it from an interrupted upload of this computer
	Key         string    `json:"key"`
	SentBytes   int64     `json:"sent_bytes"`
	Parts       int       `json:"parts"`
	Added       time.Time `json:"added_at"`
	By          string    `json:"by,omitempty"`
	Cost        *float64  `json:"usd_per_month"` // null: the price is not known
}

// listStrays lists what other programs left in the buckets of the
// destinations, with what it costs.
func (s *sending) listStrays(ctx context.Context) error {
	strays, err := s.app.strays(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	out := json.NewEncoder(s.out)
	out.SetEscapeHTML(false)
	for _, d := range strays {
		if d.err != nil {
			f := fault.As(d.err)
			fmt.Fprintf(s.err, "%s: what others left there cannot be listed: %s\n", printable(d.destination), printable(f.Message()))
		}
		for _, l := range d.found {
			if s.flags.json {
				o := strayObject{ID: l.ID, Destination: l.Destination, Bucket: true, Key: l.Key, SentBytes: l.Size, Parts: l.Parts, Added: l.Begun.UTC(), By: l.By}
				if l.Price > 0 {
					o.Cost = &l.CostPerMonth
				}
				if err := out.Encode(o); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", l.ID, humanize.Time(l.Begun), humanize.Bytes(uint64(l.Size)),
				printable(l.Destination), printable(l.Key), l.cost())
		}
		if d.more {
			fmt.Fprintf(s.err, "%s: there are more than %d; the first are listed.\n", printable(d.destination), straysListed)
		}
	}
	return table.Flush()
}

// cost says what a leftover costs, and at which price.
func (l leftBehind) cost() string {
	if l.Price == 0 {
		return "left by another program"
	}
	return fmt.Sprintf("left by another program, $%.2f a month at $%g a GB", l.CostPerMonth, l.Price)
}

// dropStrays removes those of the IDs that are leftovers in buckets, and
// returns the others.
func (s *sending) dropStrays(ctx context.Context, ids []string) (others []string, err error) {
	own, err := s.app.allUnfinished(ctx)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		if own.has(id) {
			others = append(others, id)
		}
		return own.has(id)
	})
	if len(ids) == 0 {
		return others, nil
	}
	strays, err := s.app.strays(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range strays {
		for _, l := range d.found {
			i := slices.Index(ids, l.ID)
			if i < 0 {
				continue
			}
			if err := s.app.drop(ctx, l); err != nil {
				return nil, err
			}
			fmt.Fprintf(s.err, "Dropped %s.\n", printable(l.Key))
			ids = slices.Delete(slices.Clone(ids), i, i+1)
		}
	}
	return append(others, ids...), nil
}
