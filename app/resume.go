package app

import (
	"context"
	"fmt"

	"chute/app/journal"
	"chute/uploader"
)

// takeUp looks for an unfinished transfer of the same file to the same
// destination, and goes on with it instead of beginning a second one.
func (a *App) takeUp(ctx context.Context, d *adder, path string, size int64) (uploader.ID, bool) {
	if left := d.left[path] || d.left == nil && a.journal.Inherited(); !left && !uploader.Multipart(size) {
		return "", false // nothing to gain, for each of a million small files
	}
	items, err := a.journal.Find(ctx, d.dest.Name, path)
	if err != nil {
		a.log.Error("journal", "cause", err)
		return "", false
	}
	for _, item := range items {
		if s, mine := a.engine.Snapshot(item.ID); mine {
			if s.Batch == d.batch {
				continue // it was named twice, and is wanted twice
			}
			switch s.State {
			case uploader.Failed:
				a.engine.Retry(item.ID)
			case uploader.Paused:
				a.engine.Resume(item.ID)
			}
			return item.ID, true
		}
		if ok, err := a.restore(ctx, item.ID, d.batch, d.group); err != nil {
			a.log.Error("journal", "cause", err)
		} else if ok {
			return item.ID, true
		}
	}
	return "", false
}

// restore goes on with an unfinished transfer. ok is false where another
// process works at it, or it has ended.
func (a *App) restore(ctx context.Context, id uploader.ID, batch uploader.BatchID, group uploader.GroupID) (ok bool, err error) {
	return a.claim(ctx, id, batch, group, a.engine.Restore)
}

// restorePaused is restore for what is not to be sent at once.
func (a *App) restorePaused(ctx context.Context, id uploader.ID) (ok bool, err error) {
	return a.claim(ctx, id, 0, 0, a.engine.RestorePaused)
}

func (a *App) claim(
	ctx context.Context, id uploader.ID, batch uploader.BatchID, group uploader.GroupID,
	restore func(uploader.Job, uploader.Saved, []uploader.SavedPart) uploader.ID,
) (ok bool, err error) {
	item, parts, ok, err := a.journal.Claim(ctx, id)
	if err != nil || !ok {
		return false, err
	}
	restore(uploader.Job{
		Source: uploader.NewSource(item.Name, item.Path, item.Size), Batch: batch, Group: group,
		Destination: item.Destination, Open: a.opener(item.Destination),
	}, item.Saved, parts)
	return true, nil
}

// resumeAll goes on with everything that no process works at; with nothing but
// what is wanted, unless that is nil.
func (a *App) resumeAll(ctx context.Context, wanted func(journal.Item) bool) error {
	items, err := a.journal.Items(ctx)
	if err != nil {
		return err
	}
	batch := uploader.BatchID(a.newID())
	for _, item := range items {
		if item.Running || wanted != nil && !wanted(item) {
			continue
		}
		if _, err := a.restore(ctx, item.ID, batch, 0); err != nil {
			return fmt.Errorf("resuming %s: %w", item.ID, err)
		}
	}
	return nil
}
