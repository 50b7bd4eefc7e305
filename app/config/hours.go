package config

import (
	"errors"
	"fmt"
	"time"
)

// Hours are a part of every day, in the computer's own time: from From until
// Until, over midnight where Until is the earlier one. Both are counted from
// midnight, under 24 h; equal ones mean the whole day.
type Hours struct{ From, Until time.Duration }

const clockLayout = "15:04"

// parseHours reads "07:00" and "19:00"; two empty ones are the whole day.
func parseHours(from, until string) (Hours, error) {
	if from == "" && until == "" {
		return Hours{}, nil
	}
	var h Hours
	for text, into := range map[*string]*time.Duration{&from: &h.From, &until: &h.Until} {
		t, err := time.Parse(clockLayout, *text)
		if err != nil {
			return Hours{}, errors.New("not a time of day such as 07:00")
		}
		*into = time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	}
	return h, nil
}

// texts writes what parseHours reads.
func (h Hours) texts() (from, until string) {
	if h == (Hours{}) {
		return "", ""
	}
	text := func(d time.Duration) string {
		return fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute)
	}
	return text(h.From), text(h.Until)
}

// Contain reports whether t is within the hours, by its own time zone.
func (h Hours) Contain(t time.Time) bool {
	hour, minute, second := t.Clock()
	at := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	switch {
	case h.From == h.Until:
		return true
	case h.From < h.Until:
		return h.From <= at && at < h.Until
	default:
		return h.From <= at || at < h.Until
	}
}
