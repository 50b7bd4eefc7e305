package main

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"chute/ui"
	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"
)

// now is when the pictures are taken, so that they say the same on every day.
var now = time.Date(2026, 11, 20, 15, 4, 0, 0, time.UTC)

// host is a program that does nothing but have transfers.
type host struct {
	all     []uploader.Snapshot
	links   []ui.SentLink
	drop    ui.Drop
	page    uploader.ID
	parts   map[uploader.ID][]uploader.Part
	groups  map[uploader.GroupID]ui.Group
	set     ui.Settings
	current string
	told    bool
	fixed   bool   // an administrator set some of it up
	crash   string // of the last time
	first   bool
	aws     bool // there are profiles
}

var _ ui.Host = (*host)(nil)

func newHost(theme string) *host {
	return &host{
		parts: map[uploader.ID][]uploader.Part{}, groups: map[uploader.GroupID]ui.Group{},
		set: ui.Settings{CopyLinks: true, Folders: "ask", Resume: true, KeepAwake: true, CloseToTray: true, Theme: theme, Speed: "full"}, current: "Team bucket",
	}
}

func (h *host) Pause(...uploader.ID)      {}
func (h *host) Resume(...uploader.ID)     {}
func (h *host) Cancel(...uploader.ID)     {}
func (h *host) Retry(...uploader.ID)      {}
func (h *host) Remove(...uploader.ID)     {}
func (h *host) Use(name string)           { h.current = name }
func (h *host) LinkLife() time.Duration   { return 24 * time.Hour }
func (h *host) UsualLife() time.Duration  { return 7 * 24 * time.Hour }
func (h *host) SetLinkLife(time.Duration) {}
func (h *host) Settings() ui.Settings     { return h.set }
func (h *host) SetSettings(s ui.Settings) { h.set = s }
func (h *host) Open(string)               {}

func (h *host) Adding(uploader.BatchID) bool { return false }

func (h *host) Changes(dst []uploader.Snapshot) []uploader.Snapshot {
	if h.told {
		return dst
	}
	h.told = true
	return append(dst, h.all...)
}

func (h *host) Parts(dst []uploader.Part, id uploader.ID) []uploader.Part {
	return append(dst, h.parts[id]...)
}

// PartDetails makes details of the parts that the strip shows.
func (h *host) PartDetails(dst []uploader.PartDetail, id uploader.ID, first, last int) []uploader.PartDetail {
	for i := max(first, 1); i <= min(last, len(h.parts[id])); i++ {
		p := h.parts[id][i-1]
		d := uploader.PartDetail{
			Number: i, Offset: int64(i-1) * partSize, Size: partSize, State: p.State, Sent: partSize * int64(p.Fill) / 255,
		}
		switch p.State {
		case uploader.PartDone:
			d.Attempts, d.Speed = 1, float64(5_200_000+i*7919%2_000_000)
		case uploader.PartSending:
			d.Attempts, d.Speed = 1, float64(6_400_000+i*7919%900_000)
		case uploader.PartRetrying:
			d.Attempts, d.Err = 3, fault.New(fault.Throttled, "", nil, nil)
		}
		dst = append(dst, d)
	}
	return dst
}

func (h *host) NewLink(context.Context, uploader.ID) (sign.Link, error) { return sign.Link{}, nil }

func (h *host) Policy(string) string { return policy }

func (h *host) InTray() bool          { return true }
func (h *host) Tray(*fyne.Menu)       {}
func (h *host) Notify(string, string) {}

const partSize = 8 << 20

const policy = `{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Action": ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"],
    "Resource": "arn:aws:s3:::media/*"
  }]
}`

func (h *host) Group(id uploader.GroupID) ui.Group { return h.groups[id] }

func (h *host) Destinations() ([]ui.Destination, string) {
	return []ui.Destination{
		{Name: "Team bucket", Type: "s3", Provider: "r2", Endpoint: "https://9f1ce2.r2.cloudflarestorage.com", Bucket: "media", Credentials: "keyring"},
		{Name: "Studio", Type: "backend", URL: "https://files.example.org/api", Dialect: "three-endpoint", Auth: "bearer"},
		{Name: "this-computer", Type: "local"},
	}, h.current
}

func (h *host) Providers() []ui.Provider {
	return []ui.Provider{
		{ID: "aws", Title: "Amazon S3", Regions: []string{"eu-west-1", "us-east-1"}},
		{ID: "r2", Title: "Cloudflare R2", Endpoint: "https://{account}.r2.cloudflarestorage.com"},
		{ID: "b2", Title: "Backblaze B2", Endpoint: "https://s3.{region}.backblazeb2.com", Regions: []string{"eu-central-003", "us-west-004"}},
		{ID: "minio", Title: "MinIO", NeedsEndpoint: true},
	}
}

func (h *host) Dialects() []ui.Dialect {
	return []ui.Dialect{
		{Name: "active-storage", Title: "Rails Active Storage"},
		{Name: "aws-mpu-sample", Title: "AWS multipart sample"},
		{Name: "better-upload", Title: "Better Upload", Vars: []string{"endpoint", "route"}, Needs: []string{"route"}},
		{Name: "house", Title: "Studio's own", Own: true},
		{Name: "laravel-vapor", Title: "Laravel Vapor"},
		{Name: "next-s3-upload", Title: "Next.js S3 Upload"},
		{Name: "post-form", Title: "Form upload", NeedsBucket: true},
		{Name: "post-policy", Title: "Form upload with a policy"},
		{Name: "presign", Title: "One path, two methods"},
		{Name: "shrine", Title: "Shrine (Ruby)"},
		{Name: "sts", Title: "Temporary credentials"},
		{Name: "three-endpoint", Title: "Three endpoints"},
		{Name: "upload-url", Title: "Generated keys"},
		{Name: "uppy-companion", Title: "Uppy Companion"},
		{Name: "uppy-sign", Title: "Uppy signRequest"},
	}
}

func (h *host) Detect(_ context.Context, d ui.Destination) ([]ui.Detected, error) {
	url := d.URL
	return []ui.Detected{
		{Dialect: "uppy-companion", URL: url, NeedsSecret: true},
		{Dialect: "shrine", URL: url, NeedsSecret: true},
		{Dialect: "house", URL: url, NeedsSecret: true},
	}, nil
}

func (h *host) CheckLimit(ui.Settings) (limit, hours bool) { return true, true }

func (h *host) Check(ui.Destination) map[string]string { return nil }

func (h *host) Save(context.Context, string, ui.Destination, ui.Secrets) (string, error) {
	return "", nil
}

func (h *host) Delete(context.Context, string) error { return nil }

func (h *host) Test(_ context.Context, _ ui.Destination, _ ui.Secrets, report func(ui.TestStep)) {
	report(ui.TestStep{Name: "upload", OK: true})
	report(ui.TestStep{Name: "link", OK: true})
	report(ui.TestStep{
		Name: "delete", Message: "The key may not delete objects.", Hint: "Cancelled uploads would stay in the bucket.",
		Policy: policy,
	})
}

func (h *host) Explain(err error) (message, hint string) {
	return fault.As(err).In(ui.Say)
}

func (h *host) Details(uploader.ID) string { return "" }
