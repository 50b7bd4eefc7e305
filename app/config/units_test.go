package config

import (
	"testing"
	"time"
)

func TestDurations(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration
		back string // what it is written as; empty: as text
	}{
		{"24h", day, "1d"},
		{"7d", 7 * day, ""},
		{"1d12h", 36 * time.Hour, ""},
		{"1.5d", 36 * time.Hour, "1d12h"},
		{"90m", 90 * time.Minute, "1h30m"},
		{"1h", time.Hour, ""},
		{"10m", 10 * time.Minute, ""},
		{"1h0m5s", time.Hour + 5*time.Second, ""},
		{"20s", 20 * time.Second, ""},
		{"0", 0, "0s"},
		{"365d", 365 * day, ""},
	} {
		got, err := ParseDuration(c.text)
		if err != nil || got != c.want {
			t.Errorf("%q: %v, %v, want %v", c.text, got, err, c.want)
		}
		if c.back == "" {
			c.back = c.text
		}
		if back := FormatDuration(got); back != c.back {
			t.Errorf("%v is written %q, want %q", got, back, c.back)
		}
	}
	for _, text := range []string{"", "d", "7", "-1h", "+1h", "1d-1h", "1d+1h", "1d1d1", "1dd", "1d1d", "7 d", "12h1d", "99999999999d", "1e3d", "100000d2562047h", "week", "NaN", "1d "} {
		if d, err := ParseDuration(text); err == nil {
			t.Errorf("%q was taken as %v", text, d)
		}
	}
}

// What is read as a size or a speed is written so that it reads the same.
func FuzzSizeAndRate(f *testing.F) {
	for _, text := range []string{"16MiB", "2.5 MB/s", "1000", "18446744073709551615", "9.3 EB", "-1", "1e9"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := ParseSize(text); err == nil && n < 0 {
			t.Errorf("%q is %d bytes", text, n)
		}
		n, err := ParseRate(text)
		if err != nil {
			return
		}
		if again, err := ParseRate(FormatRate(n)); n < leastRate || err != nil || again != n {
			t.Errorf("%q is %d, which is written %q: %d, %v", text, n, FormatRate(n), again, err)
		}
	})
}

func FuzzHours(f *testing.F) {
	f.Add("07:00", "19:00")
	f.Add("", "00:00")
	f.Fuzz(func(t *testing.T, from, until string) {
		h, err := parseHours(from, until)
		if err != nil {
			return
		}
		if again, err := parseHours(h.texts()); err != nil || again != h && h.From != h.Until {
			t.Errorf("%q to %q are %v, then %v, %v", from, until, h, again, err)
		}
	})
}

func FuzzDuration(f *testing.F) {
	f.Add("1d12h")
	f.Add("0.5d0.5ns")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if err != nil {
			return
		}
		if back, err := ParseDuration(FormatDuration(d)); d < 0 || err != nil || back != d {
			t.Fatalf("%q is %v, written %q, read back %v, %v", text, d, FormatDuration(d), back, err)
		}
	})
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"16MiB": 16 << 20, "16 MiB": 16 << 20, "16mb": 16e6, "8388608": 8 << 20, "1.5GiB": 3 << 29, "5 gib": 5 << 30} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "MiB", "-1MiB", "16 parsecs", "99EiB", "9223372036854775808"} {
		if n, err := ParseSize(text); err == nil {
			t.Errorf("%q was taken as %d", text, n)
		}
	}
}

func TestRate(t *testing.T) {
	for text, want := range map[string]int64{
		"2.5 MB/s": 2_500_000, "2,5 MB/s": 2_500_000, "1,500 kB/s": 1_500_000, "500kB/s": 500_000, "1 kB/s": 1000, " 10 MiB/s ": 10 << 20, "4000": 4000,
		"": 0, "fast": 0, "0": 0, "-1 MB/s": 0, "999 B/s": 0, "99999 EB/s": 0,
	} {
		if n, err := ParseRate(text); n != want || (err == nil) != (want > 0) {
			t.Errorf("ParseRate(%q) = %d, %v, want %d", text, n, err, want)
		}
	}
	for _, n := range []int64{1000, 1001, 2_500_000, 999_999, 1 << 20, 123_456_789_012} {
		if got, err := ParseRate(FormatRate(n)); got != n || err != nil {
			t.Errorf("%d was written as %q and read as %d, %v", n, FormatRate(n), got, err)
		}
	}
}
