package config

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

const day = 24 * time.Hour

var days = regexp.MustCompile(`^(\d+(?:\.\d+)?)d`)

// ParseDuration reads a Go duration that may begin with days, such as 24h,
// 7d or 1d12h. It takes no sign: no field has use for a negative one.
func ParseDuration(s string) (time.Duration, error) {
	bad := errors.New("not a duration such as 30m, 24h or 7d")
	var total float64
	m := days.FindStringSubmatch(s)
	if m != nil {
		n, err := strconv.ParseFloat(m[1], 64)
		total = n * float64(day)
		if err != nil || total > math.MaxInt64/2 {
			return 0, bad
		}
		if s = s[len(m[0]):]; s == "" {
			return time.Duration(total), nil
		}
	}
	rest, err := time.ParseDuration(s)
	if err != nil || strings.ContainsAny(s[:1], "+-") || rest > math.MaxInt64/2 {
		return 0, bad
	}
	return time.Duration(total) + rest, nil
}

// FormatDuration writes d, which is not negative, the way ParseDuration reads
// it: 7d, 1d12h, 90s.
func FormatDuration(d time.Duration) string {
	if d < day {
		return trimZeros(d.String())
	}
	text := strconv.FormatInt(int64(d/day), 10) + "d"
	if rest := d % day; rest > 0 {
		text += trimZeros(rest.String())
	}
	return text
}

// trimZeros takes the zero units off the end that Duration.String writes.
func trimZeros(s string) string {
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// ParseSize reads a number of bytes with or without a unit, such as 16MiB,
// 100 MB or 8388608.
func ParseSize(s string) (int64, error) {
	n, err := humanize.ParseBytes(s)
	if err != nil || n > math.MaxInt64 {
		return 0, errors.New("not a size such as 16MiB")
	}
	return int64(n), nil
}
