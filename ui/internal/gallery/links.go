package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"chute/ui"
	"chute/uploader"
	"chute/uploader/sign"
)

// sent is what the links screen lists, newest first.
func sent() []ui.SentLink {
	const day = 24 * time.Hour
	all := []ui.SentLink{
		{Name: "Contract signed.pdf", Size: 1.2 * mb, Destination: "Team bucket", Sent: now.Add(-6 * time.Minute), Expires: now.Add(day), HasLink: true},
		{Name: "Interview – final cut.mov", Size: 38_600 * mb, Destination: "Team bucket", Sent: now.Add(-33 * time.Minute), Expires: now.Add(day + 6*time.Minute), HasLink: true},
		{Name: "Brand kit.html", Size: 220 * mb, Destination: "Studio", Sent: now.Add(-22 * time.Hour), Expires: now.Add(2 * time.Hour), HasLink: true, Files: 14},
		{Name: "rushes-day-3.zip", Size: 81 * gb, Destination: "Studio", Sent: now.Add(-8 * day), Expires: now.Add(-7 * day), HasLink: true},
		{Name: "logo.svg", Size: 14_000, Destination: "this-computer", Sent: now.Add(-18 * day), HasLink: true},
		{Name: "Draft 2 with a name that is too long to be shown in full, whatever the window's width may be.docx", Size: 310_000, Destination: "Team bucket", Sent: now.Add(-20 * day), Expires: now.Add(-19 * day), HasLink: true, Deleted: true},
		{Name: "backup.tar.zst", Size: 4 * gb, Destination: "Studio", Sent: now.Add(-30 * day)},
	}
	for i := range 1277 {
		all = append(all, ui.SentLink{
			Name: fmt.Sprintf("Photos/IMG_%04d.jpg", 1277-i), Size: 4.2 * mb, Destination: "Team bucket",
			Sent: now.Add(-40 * day), Expires: now.Add(-39 * day), HasLink: true,
		})
	}
	for i := range all {
		all[i].Number, all[i].ID = int64(len(all)-i), uploader.ID(fmt.Sprint("s", i))
		all[i].Key, all[i].Path = "2026-11-20/k3v9/"+all[i].Name, "/home/ada/"+all[i].Name
	}
	return all
}

func (h *host) FindLinks(_ context.Context, q ui.LinkQuery) ([]int64, error) {
	var numbers []int64
	for _, l := range h.links {
		if strings.Contains(strings.ToLower(l.Name), strings.ToLower(q.Text)) && (q.State == "" || l.State(now) == q.State) {
			numbers = append(numbers, l.Number)
		}
	}
	return numbers, nil
}

func (h *host) ReadLinks(_ context.Context, numbers []int64) ([]ui.SentLink, error) {
	var list []ui.SentLink
	for _, l := range h.links {
		if slices.Contains(numbers, l.Number) {
			list = append(list, l)
		}
	}
	return list, nil
}

func (h *host) CurrentLink(context.Context, uploader.ID) (sign.Link, error) {
	return sign.Link{URL: "https://media.example.org/2026-11-21/k3v9/contract.pdf?X-Amz-Expires=86400", Expires: now.Add(24 * time.Hour)}, nil
}

func (h *host) DeleteSent(context.Context, uploader.ID) error { return nil }
func (h *host) Reveal(context.Context, string) error          { return nil }
