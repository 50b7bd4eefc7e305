package ui

import (
	"context"

	"chute/uploader"
)

// fakeDrops is what tests drop and paste.
type fakeDrops struct {
	drop     Drop
	how      Sending // of the last Add
	page     uploader.ID
	pasted   []string
	pasteErr error
}

func (h *fakeHost) Look(_ context.Context, _ []string, to string) Drop {
	takeTime()
	if to != h.current {
		h.call("look at ", to)
	}
	return h.drops.drop
}

func (h *fakeHost) Add(paths []string, how Sending) {
	h.call("add ", paths)
	h.drops.how = how
}

func (h *fakeHost) IsPage(id uploader.ID) bool { return id == h.drops.page }

func (h *fakeHost) Paste(_ context.Context, text string) ([]string, error) {
	takeTime()
	h.call("paste ", text)
	return h.drops.pasted, h.drops.pasteErr
}
