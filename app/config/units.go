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

// decimalComma is what much of the world writes before a fraction. Three digits
// behind a comma are thousands.
var decimalComma = regexp.MustCompile(`^(\s*\d+),(\d{1,2}(?:\D|$))`)

// ParseSize reads a number of bytes with or without a unit, such as 16MiB,
// 100 MB, 2,5 MB or 8388608.
func ParseSize(s string) (int64, error) {
	n, err := humanize.ParseBytes(decimalComma.ReplaceAllString(s, "$1.$2"))
	if err != nil || n > math.MaxInt64 {
		return 0, errors.New("not a size such as 16MiB")
	}
	return int64(n), nil
}

// leastRate is the lowest limit of speed: below it no request could move a
// byte often enough to be seen alive.
const leastRate = 1000

// ParseRate reads bytes a second, such as 2.5 MB/s or 500 kB/s.
func ParseRate(s string) (int64, error) {
	n, err := ParseSize(strings.TrimSuffix(strings.TrimSpace(s), "/s"))
	if err != nil || n < leastRate {
		return 0, errors.New("not a speed such as 2.5 MB/s, and no less than 1 kB/s")
	}
	return n, nil
}

// FormatRate writes a speed the way ParseRate reads it, to the byte.
func FormatRate(bytesPerSecond int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1e6, " MB/s"}, {1e3, " kB/s"}} {
		text := strconv.FormatFloat(float64(bytesPerSecond)/float64(unit.size), 'f', -1, 64) + unit.name
		if n, err := ParseRate(text); err == nil && n == bytesPerSecond && bytesPerSecond >= unit.size {
			return text
		}
	}
	return strconv.FormatInt(bytesPerSecond, 10) + " B/s"
}
