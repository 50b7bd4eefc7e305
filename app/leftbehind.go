package app

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"chute/app/config"
	"chute/uploader/fault"
	"chute/uploader/sign/s3"
)

// leftBehind is an unfinished upload in a bucket that this computer's journal
// does not know: another program's, or another computer's.
type leftBehind struct {
	s3.Leftover
	ID          string // made of what it is, so the same each time
	Destination string
	// CostPerMonth is what its parts cost in US dollars, at Price for a GB (10⁹
	// bytes) and month; both are 0 where the provider's price is not known.
	CostPerMonth, Price float64
}

// stray is what asking a destination gave.
type stray struct {
	destination string
	found       []leftBehind
	more        bool // than straysListed
	err         error
}

const (
	straysTimeout = 15 * time.Second
	// straysListed bounds how many are looked at of one bucket: each is a
	// request of its own.
	straysListed = 200
)

// strays asks every destination of type s3 for what was left there, all at the
// same time. A key that may not list gives an error in its place.
func (a *App) strays(ctx context.Context) ([]stray, error) {
	all, err := a.file.Load()
	if err != nil {
		return nil, err
	}
	items, err := a.journal.Items(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool)
	for _, i := range items {
		known[i.Ref.UploadID] = true
	}
	ctx, cancel := context.WithTimeout(ctx, straysTimeout)
	defer cancel()
	var list []*stray
	var work sync.WaitGroup
	for _, d := range all.All {
		if d.Type != config.TypeS3 {
			continue
		}
		s := &stray{destination: d.Name}
		list = append(list, s)
		work.Go(func() { a.ask(ctx, s, known) })
	}
	work.Wait()
	result := make([]stray, len(list))
	for i, s := range list {
		result[i] = *s
	}
	return result, nil
}

// ask fills in what was left at one destination.
func (a *App) ask(ctx context.Context, s *stray, known map[string]bool) {
	signer, err := a.s3Signer(ctx, s.destination)
	if err != nil {
		s.err = err
		return
	}
	price := signer.Price()
	for l, err := range signer.Leftovers(ctx) {
		if err != nil {
			s.err = err
			return
		}
		if known[l.UploadID] {
			continue
		}
		if len(s.found) == straysListed {
			s.more = true
			return
		}
		s.found = append(s.found, leftBehind{
			Leftover: l, ID: strayID(s.destination, l), Destination: s.destination,
			CostPerMonth: float64(l.Size) / 1e9 * price, Price: price,
		})
	}
	slices.SortStableFunc(s.found, func(a, b leftBehind) int { return a.Begun.Compare(b.Begun) })
}

// strayID names a leftover by what it is, in the form of a transfer's ID.
func strayID(destination string, l s3.Leftover) string {
	sum := sha256.Sum256([]byte(destination + "\x00" + l.Key + "\x00" + l.UploadID))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))
}

// drop removes a leftover from its bucket.
func (a *App) drop(ctx context.Context, l leftBehind) error {
	signer, err := a.s3Signer(ctx, l.Destination)
	if err != nil {
		return err
	}
	return signer.Drop(ctx, l.Leftover)
}

// s3Signer is the signer of a destination of type s3.
func (a *App) s3Signer(ctx context.Context, destination string) (*s3.Signer, error) {
	target, err := a.opener(destination)(ctx)
	if err != nil {
		return nil, err
	}
	signer, ok := target.Signer.(*s3.Signer)
	if !ok {
		return nil, fault.New(fault.Unsupported, "", nil, errors.New("not a bucket"))
	}
	return signer, nil
}
