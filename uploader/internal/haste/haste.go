// Package haste makes the engine's patience run out sooner. Tests of what it
// does against a real server, where no false clock helps, would take hours
// without it.
package haste

import "time"

// Factor divides the pauses and time limits of every engine in the process. It
// is 1 but in tests, which set it before they start the first engine.
var Factor time.Duration = 1

// Of is how long to wait where d is meant.
func Of(d time.Duration) time.Duration { return d / Factor }
