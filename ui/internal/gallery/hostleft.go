package main

import (
	"context"
	"time"

	"chute/ui"
)

func (h *host) Unfinished(context.Context) ([]ui.Unfinished, []string, error) {
	return []ui.Unfinished{
		{ID: "a", Destination: "Team bucket", Name: "Interview – final cut.mov", Own: true, Size: 41 * gb, Sent: 12 * gb, Begun: now.Add(-26 * time.Hour)},
		{ID: "b", Destination: "Team bucket", Name: "backups/2026-08-02/database.sql.gz", Size: -1, Sent: 88 * gb, Begun: now.Add(-111 * 24 * time.Hour), Cost: 1.32, Price: 0.015},
		{ID: "c", Destination: "Team bucket", Name: "renders/title_v3.exr", Size: -1, Sent: 640 * mb, Begun: now.Add(-9 * 24 * time.Hour), Cost: 0.0096, Price: 0.015},
	}, []string{"Archive: The store refused the request."}, nil
}

func (h *host) Finish(context.Context, ui.Unfinished) error { return nil }

func (h *host) DropUnfinished(context.Context, ui.Unfinished) error { return nil }
