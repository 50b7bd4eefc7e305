package words

import (
	"testing"
	"time"

	"golang.org/x/text/language"
)

func TestSize(t *testing.T) {
	for _, c := range []struct {
		bytes int64
		want  string
	}{
		{-1, "0 B"},
		{0, "0 B"},
		{999, "999 B"},
		{1000, "1.0 kB"},
		{14_000, "14 kB"},
		{999_499, "999 kB"},
		{999_500, "1.0 MB"},
		{3_100_000, "3.1 MB"},
		{99_949_999, "99.9 MB"},
		{99_950_000, "100 MB"},
		{220_000_000, "220 MB"},
		{999_600_000, "1.0 GB"},
		{18_200_000_000, "18.2 GB"},
		{53_687_091_200_000, "53.7 TB"},
	} {
		if got := Size(c.bytes); got != c.want {
			t.Errorf("Size(%d) = %q, want %q", c.bytes, got, c.want)
		}
	}
}

func TestBinary(t *testing.T) {
	for bytes, want := range map[int64]string{8 << 20: "8 MiB", 5 << 30: "5 GiB", 9961472: "9.5 MiB", 0: "0 B"} {
		if got := Binary(bytes); got != want {
			t.Errorf("Binary(%d) = %q, want %q", bytes, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        string
	}{{0, 0, "0 %"}, {0, 5, "0 %"}, {1, 5000, "0.02 %"}, {1, 1 << 40, "< 0.01 %"}, {1, 4, "25 %"}, {7, 7, "100 %"}, {1, 13, "7.7 %"}} {
		if got := Percent(c.part, c.whole); got != c.want {
			t.Errorf("Percent(%d, %d) = %q, want %q", c.part, c.whole, got, c.want)
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                               "1 s",
		4 * time.Second:                 "4 s",
		59*time.Minute + 29*time.Second: "59 min",
		59*time.Minute + 31*time.Second: "1 h",
		8 * time.Minute:                 "8 min",
		125 * time.Minute:               "2 h 5 min",
		23*time.Hour + 59*time.Minute:   "23 h 59 min",
		24 * time.Hour:                  "1 day",
		80 * time.Hour:                  "3 days",
	} {
		if got := Span(d); got != want {
			t.Errorf("Span(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestLife(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Hour: "1 hour", 24 * time.Hour: "1 day", 168 * time.Hour: "7 days", 36 * time.Hour: "36 hours", 30 * time.Minute: "30 min",
	} {
		if got := Life(d); got != want {
			t.Errorf("Life(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestMoment(t *testing.T) {
	zone := time.FixedZone("UTC+1", 3600)
	now := time.Date(2026, 11, 20, 23, 30, 0, 0, zone) // a Friday
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 11, 20, 23, 59, 0, 0, zone), "23:59"},
		{time.Date(2026, 11, 21, 0, 0, 0, 0, zone), "tomorrow, 00:00"},
		{time.Date(2026, 11, 20, 23, 15, 0, 0, time.UTC), "tomorrow, 00:15"}, // in the user's zone
		{time.Date(2026, 11, 19, 8, 0, 0, 0, zone), "yesterday, 08:00"},
		{time.Date(2026, 11, 23, 9, 5, 0, 0, zone), "Monday, 09:05"},
		{time.Date(2026, 11, 27, 9, 5, 0, 0, zone), "27 November, 09:05"},
		{time.Date(2027, 1, 2, 9, 5, 0, 0, zone), "2 January 2027"},
	} {
		if got := Moment(c.at, now); got != c.want {
			t.Errorf("Moment(%v) = %q, want %q", c.at, got, c.want)
		}
	}
}

func TestNumbersFollowTheLocale(t *testing.T) {
	english := numbers
	t.Cleanup(func() { numbers = english })
	for _, c := range []struct{ locale, size, count, part, binary string }{
		{"en-GB", "18.2 GB", "17,368", "0.02 %", "9.5 MiB"},
		{"de-AT", "18,2 GB", "17\u00a0368", "0,02 %", "9,5 MiB"},
		{"de-DE", "18,2 GB", "17.368", "0,02 %", "9,5 MiB"},
		{"fr-FR", "18,2 GB", "17\u00a0368", "0,02 %", "9,5 MiB"},
		{"pt-BR", "18,2 GB", "17.368", "0,02 %", "9,5 MiB"},
		{"hi", "18.2 GB", "17,368", "0.02 %", "9.5 MiB"}, // no texts in it
	} {
		numbers = printer(language.Make(c.locale))
		for want, got := range map[string]string{
			c.size: Size(18_200_000_000), c.count: Mebibytes(17_368 << 20), c.part: Percent(1, 5000), c.binary: Binary(9_961_472),
		} {
			if got != want {
				t.Errorf("%s: %q, want %q", c.locale, got, want)
			}
		}
	}
}

func TestMebibytes(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0", 17_368 << 20: "17,368", 1 << 19: "0.5", 1<<20 - 1: "1", 17_368<<20 + 1<<19: "17,368.5"} {
		if got := Mebibytes(bytes); got != want {
			t.Errorf("Mebibytes(%d) = %q, want %q", bytes, got, want)
		}
	}
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		v      float64
		digits int
		want   string
	}{{0.0036, -1, "0.0036"}, {2, -1, "2"}, {1234.5, 2, "1,234.50"}, {0, -1, "0"}} {
		if got := Decimal(c.v, c.digits); got != c.want {
			t.Errorf("Decimal(%v, %d) = %q, want %q", c.v, c.digits, got, c.want)
		}
	}
}
