// Package awake keeps the computer from going to sleep by itself. The screen
// may still go dark, and the user may still send the computer to sleep.
package awake

import (
	"context"
	"time"
)

// Keeper keeps the computer awake, or does not. It is used by one goroutine.
type Keeper struct {
	// hold asks the system to stay awake until release is called.
	hold    func(ctx context.Context, why string) (release func(), err error)
	release func() // nil: the computer may sleep
	failed  bool   // since the last change: asking again would fail again
}

// New makes a keeper that lets the computer sleep.
func New() *Keeper { return &Keeper{hold: hold} }

// patience is how long the system may take to answer.
const patience = 5 * time.Second

// Keep keeps the computer awake, and tells it why, or lets it sleep again. It
// may take some seconds. Where the system has no way of being asked the error
// says so once, until Keep was asked for the contrary.
func (k *Keeper) Keep(ctx context.Context, on bool, why string) error {
	if !on {
		k.failed = false
		if k.release != nil {
			k.release()
			k.release = nil
		}
		return nil
	}
	if k.release != nil || k.failed {
		return nil
	}
	ctx, done := context.WithTimeout(ctx, patience)
	defer done()
	release, err := k.hold(ctx, why)
	k.release, k.failed = release, err != nil
	return err
}
