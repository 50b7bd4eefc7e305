package ui

import (
	"context"
	"time"
)

// LeftBehind is the part of [Host] about uploads that were begun and are
// neither finished nor given up.
type LeftBehind interface {
	// Unfinished lists those that nobody works at: this computer's own, with
	// what was not read to its end, and those of other programs in the buckets
	// of the destinations. A bucket that cannot be asked is named in problems,
	// in a sentence each.
	Unfinished(ctx context.Context) (list []Unfinished, problems []string, err error)
	// Finish goes on with one of this computer's own.
	Finish(ctx context.Context, u Unfinished) error
	// DropUnfinished gives one up, and frees what it takes at the store.
	DropUnfinished(ctx context.Context, u Unfinished) error
}

// Unfinished is an upload that was begun.
type Unfinished struct {
	ID, Destination string
	Name            string // of the file; of the object where another program began it
	Own             bool   // this computer began it, and can finish it
	Unread          bool   // it is files and folders of which not all were read
	Size            int64  // bytes; -1: not known
	Sent            int64  // bytes at the store
	Begun           time.Time
	// Cost is what the sent bytes cost in US dollars a month, at Price for a GB
	// (10⁹ bytes); both are 0 where the price is not known.
	Cost, Price float64
}
