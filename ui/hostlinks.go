package ui

import (
	"context"
	"time"

	"chute/uploader"
	"chute/uploader/sign"
)

// SentLinks is the part of [Host] that knows all that was ever sent.
type SentLinks interface {
	// FindLinks lists what was sent and is wanted, newest first, by numbers
	// that ReadLinks takes. There may be very many.
	FindLinks(ctx context.Context, q LinkQuery) ([]int64, error)
	// ReadLinks reads some of them, newest first; what is no longer there is
	// left out.
	ReadLinks(ctx context.Context, numbers []int64) ([]SentLink, error)
	// CurrentLink gives the link that was given last, for as long as it works
	// anyway. It is made again where it was not kept.
	CurrentLink(ctx context.Context, id uploader.ID) (sign.Link, error)
	// DeleteSent removes what was sent from the store; a page with its files.
	DeleteSent(ctx context.Context, id uploader.ID) error
	// Reveal shows a file in the desktop's file manager.
	Reveal(ctx context.Context, path string) error
}

// LinkQuery says which links are wanted.
type LinkQuery struct {
	Text        string    // words that must be in the name
	Destination string    // empty: any
	State       LinkState // empty: any
}

// LinkState says what a link is good for.
type LinkState string

// The states of a link.
const (
	LinkWorks   LinkState = "works" // until SentLink.Expires
	LinkForever LinkState = "forever"
	LinkExpired LinkState = "expired"
	LinkNone    LinkState = "none" // the destination gave none
	LinkDeleted LinkState = "deleted"
)

// SentLink is something that was sent.
type SentLink struct {
	Number      int64
	ID          uploader.ID
	Name        string // file name, or path below the dropped folder
	Path        string // where the file is; empty where it is not there any more
	Destination string
	Key         string
	Size        int64
	Sent        time.Time
	Expires     time.Time // of the last link; zero: it does not, or there is none
	HasLink     bool
	Deleted     bool
	Files       int // that a page links to; 0: not such a page
}

// State says what the link is good for at now.
func (l SentLink) State(now time.Time) LinkState {
	switch {
	case l.Deleted:
		return LinkDeleted
	case !l.HasLink:
		return LinkNone
	case l.Expires.IsZero():
		return LinkForever
	case now.Before(l.Expires):
		return LinkWorks
	}
	return LinkExpired
}
