package app

import (
	"context"

	"chute/app/config"
	"chute/uploader"
	"chute/uploader/sign"
	"chute/uploader/sign/s3"
)

// This file is what the rows of the window ask of the program.

// PartDetails implements ui.Host.
func (h *host) PartDetails(dst []uploader.PartDetail, id uploader.ID, first, last int) []uploader.PartDetail {
	return h.app.engine.Details(dst, id, first, last)
}

// NewLink implements ui.Host.
func (h *host) NewLink(ctx context.Context, id uploader.ID) (sign.Link, error) {
	link, dest, err := h.app.newLink(ctx, string(id), h.LinkLife())
	if err != nil {
		return sign.Link{}, err
	}
	if dest.Type == config.TypeLocal {
		h.app.noKeyring()
	}
	h.app.engine.SetLink(id, link)
	return link, nil
}

// Policy implements ui.Host.
func (h *host) Policy(destination string) string {
	dest, err := h.app.destination(destination)
	if err != nil || dest.Type != config.TypeS3 {
		return ""
	}
	return s3.Policy(dest.Bucket)
}
