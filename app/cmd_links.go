package app

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"chute/app/config"
	"chute/app/history"
	"chute/uploader/fault"
	"chute/uploader/sign"
)

type linkObject struct {
	ID          string     `json:"id"`
	Sent        time.Time  `json:"sent_at"`
	Name        string     `json:"name"`
	Path        string     `json:"path"`
	Destination string     `json:"destination"`
	Bucket      *string    `json:"bucket"`
	Key         string     `json:"key"`
	Size        int64      `json:"size"`
	State       string     `json:"state"`
	Link        *string    `json:"link"`
	ExpiresAt   *time.Time `json:"expires_at"`
}

func runLinks(ctx context.Context, c *console, args []string) error {
	flags := flag.NewFlagSet("links", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print JSON lines")
	rest, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return wrongUse("links takes no arguments")
	}
	app, err := open(ctx, Options{Notice: c.notice}, needHistory)
	if err != nil {
		return err
	}
	defer app.Close()
	if *asJSON {
		return printLinksJSON(ctx, c, app.history)
	}
	return printLinks(ctx, c, app.history)
}

func printLinksJSON(ctx context.Context, c *console, h *history.History) error {
	out := json.NewEncoder(c.out)
	out.SetEscapeHTML(false)
	now := time.Now()
	for e, err := range h.All(ctx) {
		if err != nil {
			return err
		}
		o := linkObject{
			ID: e.ID, Sent: e.Sent.UTC(), Name: e.Name, Path: e.Path, Destination: e.Destination, Key: e.Ref.Key,
			Size: e.Size, State: string(e.State(now)),
		}
		if e.Ref.Bucket != "" {
			o.Bucket = &e.Ref.Bucket
		}
		if e.URL != "" {
			o.Link = &e.URL
		}
		if !e.ExpiresAt.IsZero() {
			at := e.ExpiresAt.UTC()
			o.ExpiresAt = &at
		}
		if err := out.Encode(o); err != nil {
			return err
		}
	}
	return nil
}

func printLinks(ctx context.Context, c *console, h *history.History) error {
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	now := time.Now()
	n := 0
	for e, err := range h.All(ctx) {
		if err != nil {
			return err
		}
		n++
		state := string(e.State(now))
		if e.State(now) == history.Works {
			state = "until " + e.ExpiresAt.Local().Format(minute)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n",
			e.ID, e.Sent.Local().Format(minute), bytesText(e.Size), state, printable(e.Name))
	}
	if n == 0 {
		fmt.Fprintln(c.err, "Nothing was sent yet.")
	}
	return table.Flush()
}

func runLink(ctx context.Context, c *console, args []string) error {
	flags := flag.NewFlagSet("link", flag.ContinueOnError)
	var life lifeFlag
	flags.Var(&life, "expires", "life of the link")
	rest, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return wrongUse("link needs one ID; chute links lists them")
	}
	app, err := open(ctx, Options{Notice: c.notice}, needHistory)
	if err != nil {
		return err
	}
	defer app.Close()
	if life, err = app.lockedLife(life); err != nil {
		return err
	}
	link, dest, err := app.newLink(ctx, rest[0], life.value)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, link.URL)
	if !link.Expires.IsZero() {
		fmt.Fprintf(c.err, "Works until %s.\n", link.Expires.Local().Format(minute))
	}
	if dest.Type == config.TypeLocal {
		fmt.Fprintln(c.err, "It works while Chute runs.")
		app.noKeyring()
	}
	return nil
}

// newLink makes a link to something that was sent before. life 0 is as long as
// the destination says.
func (a *App) newLink(ctx context.Context, id string, life time.Duration) (sign.Link, config.Destination, error) {
	e, err := a.history.Get(ctx, id)
	if err != nil {
		return sign.Link{}, config.Destination{}, err
	}
	if e.Members != "" {
		return a.renewPage(ctx, e, life)
	}
	dest, upload, err := a.objectOf(ctx, e)
	if err != nil {
		return sign.Link{}, dest, err
	}
	if life == 0 {
		life = dest.LinkLife()
	}
	if _, err := upload.Stat(ctx); fault.As(err) != nil && fault.As(err).Variant == fault.NotFound {
		// A link to nothing helps nobody.
		return sign.Link{}, dest, errors.Join(err, a.history.MarkDeleted(ctx, id))
	}
	link, err := upload.Link(ctx, life)
	if err != nil {
		return sign.Link{}, dest, err
	}
	return link, dest, a.history.SetLink(ctx, id, kept(link, dest), link.Expires)
}

// kept is what history keeps of a link: the URL where it is public or cannot
// be made again. A signed one is a key to the object.
func kept(link sign.Link, dest config.Destination) string {
	if link.Expires.IsZero() || dest.Type == config.TypeBackend {
		return link.URL
	}
	return ""
}
