package main

import (
	"context"
	"time"

	"chute/ui"
	"chute/uploader"
)

func (h *host) Look(_ context.Context, paths []string, _ string) ui.Drop {
	d := h.drop
	d.Files = len(paths) - d.Folders
	return d
}

func (h *host) Add([]string, ui.Sending)                        {}
func (h *host) IsPage(uploader.ID) bool                         { return false }
func (h *host) Paste(context.Context, string) ([]string, error) { return nil, nil }

// droppedFolder is a folder among files.
func droppedFolder(h *host) { h.drop.Folders = 1 }

// droppedAgain is a file that was sent an hour ago.
func droppedAgain(h *host) {
	l := sent()[0]
	l.Sent, l.Expires = now.Add(-time.Hour), now.Add(23*time.Hour)
	h.drop.Again = []ui.SentAgain{{Path: "/home/ada/Contract signed.pdf", Link: l}}
}
