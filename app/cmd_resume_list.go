package app

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"chute/uploader"

	"github.com/dustin/go-humanize"
)

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

// unreadObject is a drop that was not read to its end, for programs.
type unreadObject struct {
	ID          string    `json:"id"`
	Unread      bool      `json:"not_read_to_its_end"` // tells it from an interrupted upload
	Paths       []string  `json:"paths"`
	Destination string    `json:"destination"`
	Zip         bool      `json:"zip"`
	Added       time.Time `json:"added_at"`
	Running     bool      `json:"running"`
}

func (s *sending) list(u unfinished) error {
	if s.flags.json {
		out := json.NewEncoder(s.out)
		out.SetEscapeHTML(false)
		for _, d := range u.drops {
			o := unreadObject{ID: d.ID, Unread: true, Destination: d.Destination, Zip: d.Zip, Added: d.Begun.UTC(), Running: d.Running}
			for _, item := range d.Items {
				o.Paths = append(o.Paths, item.Path)
			}
			if err := out.Encode(o); err != nil {
				return err
			}
		}
		for _, i := range u.items {
			if err := out.Encode(unfinishedObject{i.ID, i.Path, i.Destination, i.Saved.Key, i.Size, i.Sent, i.Added.UTC(), i.Running}); err != nil {
				return err
			}
		}
		return nil
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	running := func(is bool) string {
		if is {
			return "being sent"
		}
		return ""
	}
	for _, d := range u.drops {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", d.ID, humanize.Time(d.Begun), "not read to its end", d.Destination,
			printable(named(d.Items[0].Path, d)), running(d.Running))
	}
	for _, i := range u.items {
		fmt.Fprintf(table, "%s\t%s\t%s of %s\t%s\t%s\t%s\n", i.ID, humanize.Time(i.Added),
			humanize.Bytes(uint64(i.Sent)), humanize.Bytes(uint64(max(i.Size, 0))), i.Destination, printable(i.Path), running(i.Running))
	}
	if len(u.drops)+len(u.items) == 0 {
		fmt.Fprintln(s.err, "Nothing was interrupted.")
	}
	return table.Flush()
}
