package uploader

import "time"

// NewWrongClock makes the clock of a computer that is ahead by off.
func NewWrongClock(off time.Duration, told func(time.Duration)) *Clock {
	return &Clock{Off: told, local: func() time.Time { return time.Now().Add(off) }}
}
