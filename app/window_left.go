package app

import (
	"context"
	"path/filepath"

	"chute/ui"
	"chute/uploader"
	"chute/uploader/fault"
)

// Unfinished implements ui.Host.
func (h *host) Unfinished(ctx context.Context) (list []ui.Unfinished, problems []string, err error) {
	items, err := h.app.journal.Items(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, i := range items {
		if !i.Running {
			list = append(list, ui.Unfinished{
				ID: string(i.ID), Destination: i.Destination, Name: i.Name, Own: true, Size: i.Size, Sent: i.Sent, Begun: i.Added,
			})
		}
	}
	drops, err := h.app.journal.Drops(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range drops {
		if !d.Running {
			list = append(list, ui.Unfinished{
				ID: d.ID, Destination: d.Destination, Name: named(filepath.Base(d.Items[0].Path), d), Own: true, Unread: true, Size: -1, Begun: d.Begun,
			})
		}
	}
	strays, err := h.app.strays(ctx)
	if err != nil {
		return list, nil, err
	}
	for _, d := range strays {
		if d.err != nil {
			message, _ := h.Explain(d.err)
			problems = append(problems, d.destination+": "+message)
		}
		for _, l := range d.found {
			list = append(list, ui.Unfinished{
				ID: l.ID, Destination: l.Destination, Name: l.Key, Size: -1, Sent: l.Size, Begun: l.Begun, Cost: l.CostPerMonth, Price: l.Price,
			})
			h.mu.Lock()
			h.strays[l.ID] = l
			h.mu.Unlock()
		}
	}
	return list, problems, nil
}

// Finish implements ui.Host.
func (h *host) Finish(ctx context.Context, u ui.Unfinished) error {
	if !u.Unread {
		_, err := h.app.restore(ctx, uploader.ID(u.ID), uploader.BatchID(h.app.newID()), 0)
		return err
	}
	drops, err := h.app.journal.Drops(ctx)
	for _, r := range drops {
		if r.ID != u.ID {
			continue
		}
		d, err := h.takeOver(ctx, r)
		if d != nil {
			go d.run()
		}
		return err
	}
	return err
}

// DropUnfinished implements ui.Host.
func (h *host) DropUnfinished(ctx context.Context, u ui.Unfinished) error {
	if u.Own {
		own, err := h.app.unfinished(ctx, []string{u.ID})
		if err != nil {
			return err
		}
		given, err := h.app.giveUp(ctx, own, func(string, bool) {})
		h.app.engine.Remove(given...)
		return err
	}
	h.mu.Lock()
	l, ok := h.strays[u.ID]
	h.mu.Unlock()
	if !ok {
		return fault.New(fault.Config, fault.UnknownUpload, fault.Facts{"ID": u.ID}, nil)
	}
	return h.app.drop(ctx, l)
}
