package ui

import (
	"context"
	"time"
)

// DestinationFiles is the part of [Host] that reads destination files: those
// by which an organisation hands out where to send, named NAME.chute.
type DestinationFiles interface {
	// ReadDestinationFile reads what a file would add. It changes nothing.
	ReadDestinationFile(ctx context.Context, path string) ([]Offer, error)
	// Accept adds what the user has seen and agreed to. Empty secrets are left
	// for later. The notice is as of Save.
	Accept(ctx context.Context, o Offer, s Secrets) (notice string, err error)
}

// Offer is one destination of a destination file.
type Offer struct {
	// Destination is what would be added, under a name that is free.
	Destination Destination
	// Taken is the name that the file gives it, where another destination has
	// that already; else empty.
	Taken string
	// Known says that there is such a destination already, so that there is
	// nothing to add.
	Known bool
	// Preferred says that the file asks for it to be the one in use.
	Preferred bool
	// Life is how long links last; 0: the file does not say, or they do not end.
	Life time.Duration
	// Authorities name the certificate authorities that would be trusted for
	// this destination, by the certificates that stand beside the file.
	Authorities  []string
	Certificates []byte // in PEM form; none where the destination names none beside the file
}
