package main

import (
	"context"
	"time"

	"chute/ui"
)

func (h *host) FirstStart() bool { return h.first }
func (h *host) Welcomed()        { h.first = false }

func (h *host) Buckets(context.Context, ui.Destination, ui.Secrets) ([]ui.Bucket, error) {
	time.Sleep(50 * time.Millisecond)
	return []ui.Bucket{{Name: "archive-2025", Region: "eu-west-1"}, {Name: "media", Region: "eu-central-1"}, {Name: "site-assets", Region: "us-east-1"}, {Name: "video-masters", Region: "eu-central-1"}}, nil
}

func (h *host) Locate(context.Context, ui.Destination, ui.Secrets) string { return "eu-central-1" }

func (h *host) Profiles(context.Context) []ui.Profile {
	if !h.aws {
		return nil
	}
	return []ui.Profile{{Name: "default", Region: "eu-west-1"}, {Name: "studio", Region: "eu-central-1"}, {Name: "archive"}}
}

func (h *host) Export(context.Context, string, string) ([]string, error) { return nil, nil }
