package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"chute/app/config"
	"chute/ui"
	"chute/uploader/sign/s3"
)

// This file is what the window asks of the program while a destination is set
// up.

// isFirst reports whether the user has never said where files should go. Whoever
// has destinations, or has sent something, has been here before.
func (h *host) isFirst(ctx context.Context) bool {
	if h.settings.Welcomed {
		return false
	}
	all, err := h.app.file.Load()
	if err != nil || len(all.All) != 1 || all.All[0].Name != config.ThisComputer {
		return false
	}
	for range h.app.history.All(ctx) {
		return false
	}
	return true
}

// FirstStart implements ui.Host.
func (h *host) FirstStart() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.first
}

// Welcomed implements ui.Host.
func (h *host) Welcomed() {
	h.mu.Lock()
	first := h.first
	h.first = false
	h.mu.Unlock()
	if first {
		h.change(func(s *config.Settings) { s.Welcomed = true })
	}
}

// entered makes of what was entered in a form how its service is asked.
func (h *host) entered(ctx context.Context, d ui.Destination, s ui.Secrets) (s3.Config, error) {
	dest := config.Destination(d)
	road, err := h.app.transport(dest)
	if err != nil {
		return s3.Config{}, err
	}
	return s3Config(ctx, dest, typedSecrets{fieldsOf(s), savedSecrets{h.app, d.Name}}, road, h.app.clock(dest))
}

// Buckets implements ui.Host.
func (h *host) Buckets(ctx context.Context, d ui.Destination, s ui.Secrets) ([]ui.Bucket, error) {
	c, err := h.entered(ctx, d, s)
	if err != nil {
		return nil, err
	}
	found, err := s3.Buckets(ctx, c)
	if err != nil {
		return nil, err
	}
	list := make([]ui.Bucket, len(found))
	for i, b := range found {
		list[i] = ui.Bucket(b)
	}
	return list, nil
}

// Locate implements ui.Host.
func (h *host) Locate(ctx context.Context, d ui.Destination, s ui.Secrets) string {
	c, err := h.entered(ctx, d, s)
	if err != nil {
		return ""
	}
	region, err := s3.Region(ctx, c)
	if err != nil {
		h.app.log.Info("the region was not found out", "cause", err)
	}
	return region
}

// Profiles implements ui.Host.
func (h *host) Profiles(ctx context.Context) []ui.Profile {
	var list []ui.Profile
	for _, p := range s3.Profiles(ctx) {
		list = append(list, ui.Profile(p))
	}
	return list
}

// Export implements ui.Host. Where the destination trusts a certificate of its
// own, that is written beside the file, as the reader of such files expects.
func (h *host) Export(_ context.Context, name, path string) (beside []string, err error) {
	dest, err := h.app.destination(name)
	if err != nil {
		return nil, err
	}
	if dest.CAFile != "" {
		source := dest.CAFile
		if !filepath.IsAbs(source) {
			source = filepath.Join(filepath.Dir(h.app.file.Path()), source)
		}
		pem, err := readBounded(source, maxCertificate)
		if err != nil {
			return nil, caProblem(err)
		}
		dest.CAFile = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) + ".pem"
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), dest.CAFile), pem, 0o644); err != nil {
			return nil, unusable(err)
		}
		beside = append(beside, dest.CAFile)
	}
	if err := os.WriteFile(path, []byte(config.Export(dest)), 0o644); err != nil {
		return beside, unusable(err)
	}
	return beside, nil
}
