package ui

import (
	"context"
)

// fakeSetup is what is found out while a destination is set up, for tests.
type fakeSetup struct {
	first     bool
	buckets   []Bucket
	bucketErr error
	region    string
	profiles  []Profile
	asked     Destination // by Buckets or Locate
	secrets   Secrets
	exportErr error
	beside    []string
}

func (h *fakeHost) FirstStart() bool { return h.setup.first }

func (h *fakeHost) Welcomed() {
	if h.setup.first {
		h.call("welcomed")
	}
	h.setup.first = false
}

func (h *fakeHost) Buckets(ctx context.Context, d Destination, s Secrets) ([]Bucket, error) {
	takeTime()
	h.call("buckets")
	h.setup.asked, h.setup.secrets = d, s
	if err := h.wait(ctx); err != nil {
		return nil, err
	}
	return h.setup.buckets, h.setup.bucketErr
}

func (h *fakeHost) Locate(ctx context.Context, d Destination, s Secrets) string {
	takeTime()
	h.call("locate ", d.Bucket)
	h.setup.asked, h.setup.secrets = d, s
	return h.setup.region
}

func (h *fakeHost) Profiles(context.Context) []Profile {
	takeTime()
	return h.setup.profiles
}

func (h *fakeHost) Export(_ context.Context, name, path string) ([]string, error) {
	takeTime()
	h.call("export ", name, " ", path)
	return h.setup.beside, h.setup.exportErr
}
