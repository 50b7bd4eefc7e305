package app

import (
	"context"
	"slices"

	"chute/app/journal"
	"chute/uploader"
	"chute/uploader/fault"
)

// This file is what was begun and did not come to its end.

// unfinished is what was interrupted: drops that were not read to their end, and
// transfers.
type unfinished struct {
	drops []journal.Drop
	items []journal.Item
}

// unfinished lists what has those IDs, or all. To a drop belong its transfers.
func (a *App) unfinished(ctx context.Context, ids []string) (unfinished, error) {
	all, err := a.allUnfinished(ctx)
	if err != nil || len(ids) == 0 {
		return all, err
	}
	var picked unfinished
	pick := func(item journal.Item) {
		if !slices.ContainsFunc(picked.items, func(i journal.Item) bool { return i.ID == item.ID }) {
			picked.items = append(picked.items, item)
		}
	}
	for _, id := range ids {
		d := slices.IndexFunc(all.drops, func(d journal.Drop) bool { return d.ID == id })
		i := slices.IndexFunc(all.items, func(item journal.Item) bool { return string(item.ID) == id })
		switch {
		case d >= 0:
			picked.drops = append(picked.drops, all.drops[d])
			in := within(all.drops[d])
			for _, item := range all.items {
				if !item.Running && in(item.Destination, item.Path) {
					pick(item)
				}
			}
		case i >= 0:
			pick(all.items[i])
		default:
			return unfinished{}, fault.New(fault.Config, fault.UnknownUpload, fault.Facts{"ID": id}, nil)
		}
	}
	return picked, nil
}

func (a *App) allUnfinished(ctx context.Context) (all unfinished, err error) {
	if all.drops, err = a.journal.Drops(ctx); err != nil {
		return unfinished{}, err
	}
	all.items, err = a.journal.Items(ctx)
	return all, err
}

// has reports whether it has that ID.
func (u unfinished) has(id string) bool {
	return slices.ContainsFunc(u.drops, func(d journal.Drop) bool { return d.ID == id }) ||
		slices.ContainsFunc(u.items, func(i journal.Item) bool { return string(i.ID) == id })
}

// once leaves out the transfers of drops that other processes work at, so that
// the user is told of each drop rather than of hundreds of files.
func (u unfinished) once() unfinished {
	running := slices.DeleteFunc(slices.Clone(u.drops), func(d journal.Drop) bool { return !d.Running })
	in := within(running...)
	u.items = slices.DeleteFunc(slices.Clone(u.items), func(i journal.Item) bool { return i.Running && in(i.Destination, i.Path) })
	return u
}

// giveUp drops what is unfinished, with what it left at the store, and returns
// the transfers. told is told of each path; ok is false where another process
// works at it. A drop that is kept leaves out what is given up of it.
func (a *App) giveUp(ctx context.Context, u unfinished, told func(path string, ok bool)) (ids []uploader.ID, err error) {
	for _, d := range u.drops {
		_, ok, err := a.journal.ClaimDrop(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		if ok {
			a.journal.RemoveDrop(d.ID)
		}
		told(named(d.Items[0].Path, d), ok)
	}
	drops, err := a.journal.Drops(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range u.items {
		ok, err := a.restorePaused(ctx, i.ID)
		if err != nil {
			return ids, err
		}
		told(i.Path, ok)
		if !ok {
			continue
		}
		for _, d := range drops {
			if in := within(d); in(i.Destination, i.Path) {
				a.journal.LeaveOut(d.ID, i.Path)
			}
		}
		a.engine.Cancel(i.ID)
		ids = append(ids, i.ID)
	}
	return ids, a.state.Flush()
}
