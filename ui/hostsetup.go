package ui

import "context"

// Setup is the part of [Host] that spares the user questions while a
// destination is set up.
type Setup interface {
	// FirstStart reports whether the user has never said where files should go.
	FirstStart() bool
	// Welcomed notes that the user has.
	Welcomed()

	// Buckets lists the buckets that the keys may see. Secrets that are empty
	// are taken from the keyring.
	Buckets(ctx context.Context, d Destination, s Secrets) ([]Bucket, error)
	// Locate finds the region of a destination's bucket; empty where it cannot
	// be found out.
	Locate(ctx context.Context, d Destination, s Secrets) string
	// Profiles lists those of the shared AWS configuration.
	Profiles(ctx context.Context) []Profile

	// Export writes a destination into a file for somebody else, without its
	// secrets, and returns what else it wrote beside it.
	Export(ctx context.Context, name, path string) (beside []string, err error)
}

// Bucket is a bucket that keys may see.
type Bucket struct {
	Name   string
	Region string // empty: not known
}

// Profile is a profile of the shared AWS configuration.
type Profile struct {
	Name   string
	Region string // empty: not said
}
