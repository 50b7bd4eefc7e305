package main

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"chute/ui"
	"chute/ui/internal/kit"
	"chute/ui/internal/pilot"
	"chute/uploader"
)

func (h *host) Look(_ context.Context, paths []string, _ string) ui.Drop {
	d := h.drop
	d.Files = len(paths) - d.Folders
	return d
}

func (h *host) Add([]string, ui.Sending)                        {}
func (h *host) IsPage(id uploader.ID) bool                      { return id == h.page }
func (h *host) Paste(context.Context, string) ([]string, error) { return nil, nil }

// onePage is a folder that has one link.
func onePage(h *host) {
	h.photos(1, uploader.Done, 214)
	s := h.transfer(1, "Photos.html", uploader.Done, 61_000)
	arrived(s, now.Add(24*time.Hour))
	h.page = s.ID
}

// openLives opens the menu of how long links last, which is named by a count.
func openLives(c fyne.Canvas) error {
	seen := 0
	p, ok := pilot.Find(pilot.Top(c), func(*kit.Picker) bool { seen++; return seen == 2 })
	if !ok {
		return errors.New("no menu of how long links last")
	}
	p.Open()
	return nil
}

// droppedFolder is a folder among files.
func droppedFolder(h *host) { h.drop.Folders = 1 }

// droppedAgain is a file that was sent an hour ago.
func droppedAgain(h *host) {
	l := sent()[0]
	l.Sent, l.Expires = now.Add(-time.Hour), now.Add(23*time.Hour)
	h.drop.Again = []ui.SentAgain{{Path: "/home/ada/Contract signed.pdf", Link: l}}
}
