package app

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"chute/app/config"
	"chute/app/desktop"
	"chute/app/history"
	"chute/ui"
	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"

	"golang.org/x/sync/errgroup"
)

// This file is what the window's list of links asks of the program.

// FindLinks implements ui.Host.
func (h *host) FindLinks(ctx context.Context, q ui.LinkQuery) ([]int64, error) {
	return h.app.history.Find(ctx, history.Query{
		Text: q.Text, Destination: q.Destination, State: history.LinkState(q.State), Now: time.Now(),
	})
}

// ReadLinks implements ui.Host.
func (h *host) ReadLinks(ctx context.Context, numbers []int64) ([]ui.SentLink, error) {
	entries, err := h.app.history.Read(ctx, numbers)
	if err != nil {
		return nil, err
	}
	list := make([]ui.SentLink, len(entries))
	for i, e := range entries {
		list[i] = sentLink(e)
	}
	return list, nil
}

func sentLink(e history.Numbered) ui.SentLink {
	l := ui.SentLink{
		Number: e.Seq, ID: uploader.ID(e.ID), Name: e.Name, Destination: e.Destination, Key: e.Ref.Key, Size: e.Size,
		Sent: e.Sent, Expires: e.ExpiresAt, HasLink: e.URL != "" || !e.ExpiresAt.IsZero(), Deleted: e.Deleted,
		Files: len(membersOf(e.Entry)),
	}
	if info, err := os.Stat(e.Path); e.Path != "" && err == nil && !info.IsDir() {
		l.Path = e.Path
	}
	return l
}

// membersOf are the IDs of the files that a page links to.
func membersOf(e history.Entry) []string {
	if e.Members == "" {
		return nil
	}
	return strings.Split(e.Members, ",")
}

// CurrentLink implements ui.Host.
func (h *host) CurrentLink(ctx context.Context, id uploader.ID) (sign.Link, error) {
	e, err := h.app.history.Get(ctx, string(id))
	if err != nil {
		return sign.Link{}, err
	}
	return h.app.currentLink(ctx, e)
}

// currentLink gives the link that was given last: the one that was kept, or one
// that ends when that one does.
func (a *App) currentLink(ctx context.Context, e history.Entry) (sign.Link, error) {
	if e.URL != "" {
		return sign.Link{URL: e.URL, Expires: e.ExpiresAt}, nil
	}
	left := time.Until(e.ExpiresAt)
	if left < time.Second {
		return sign.Link{}, fault.New(fault.Expired, fault.LinkOver, nil, nil)
	}
	_, upload, err := a.objectOf(ctx, e)
	if err != nil {
		return sign.Link{}, err
	}
	return upload.Link(ctx, left)
}

// objectOf takes up what was sent.
func (a *App) objectOf(ctx context.Context, e history.Entry) (config.Destination, sign.Upload, error) {
	dest, err := a.destination(e.Destination)
	if err != nil {
		return dest, nil, err
	}
	target, err := a.opener(dest.Name)(ctx)
	if err != nil {
		return dest, nil, err
	}
	upload, err := target.Signer.Resume(ctx, e.Ref)
	return dest, upload, err
}

// deletesAtOnce bounds how many files of a page are deleted side by side.
const deletesAtOnce = 8

// DeleteSent implements ui.Host. The page goes last: as long as some of its
// files are there it can be deleted again.
func (h *host) DeleteSent(ctx context.Context, id uploader.ID) error {
	e, err := h.app.history.Get(ctx, string(id))
	if err != nil {
		return err
	}
	files, each := errgroup.WithContext(ctx)
	files.SetLimit(deletesAtOnce)
	for _, id := range membersOf(e) {
		files.Go(func() error {
			file, err := h.app.history.Get(each, id)
			switch {
			case errors.Is(err, history.ErrNotFound) || file.Deleted:
				return nil
			case err != nil:
				return err
			}
			return h.app.deleteObject(each, file)
		})
	}
	if err := files.Wait(); err != nil {
		return err
	}
	return h.app.deleteObject(ctx, e)
}

func (a *App) deleteObject(ctx context.Context, e history.Entry) error {
	_, upload, err := a.objectOf(ctx, e)
	if err != nil {
		return err
	}
	if err := upload.Delete(ctx); err != nil {
		return err
	}
	return a.history.MarkDeleted(ctx, e.ID)
}

// Reveal implements ui.Host.
func (h *host) Reveal(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return fault.FromFile(err, path)
	}
	if err := desktop.Reveal(ctx, path); err != nil {
		return fault.New(fault.Unsupported, fault.NoFileManager, nil, err)
	}
	return nil
}
