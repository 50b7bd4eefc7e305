package config

import (
	"testing"
	"time"
)

func TestHours(t *testing.T) {
	for _, test := range []struct {
		from, until string
		in, out     []string
	}{
		{"", "", []string{"00:00", "12:00", "23:59"}, nil},
		{"07:00", "19:00", []string{"07:00", "12:30", "18:59"}, []string{"06:59", "19:00", "00:00", "23:59"}},
		{"22:30", "06:00", []string{"22:30", "23:59", "00:00", "05:59"}, []string{"06:00", "22:29", "12:00"}},
		{"08:00", "08:00", []string{"07:59", "08:00", "20:00"}, nil},
		{"00:00", "00:01", []string{"00:00"}, []string{"00:01", "23:59"}},
	} {
		h, err := parseHours(test.from, test.until)
		if err != nil {
			t.Fatal(err)
		}
		for want, times := range map[bool][]string{true: test.in, false: test.out} {
			for _, text := range times {
				at, err := time.ParseInLocation(clockLayout, text, time.UTC)
				if err != nil {
					t.Fatal(err)
				}
				if h.Contain(at) != want {
					t.Errorf("%s to %s contains %s: %v, want %v", test.from, test.until, text, !want, want)
				}
			}
		}
	}
}

func TestHoursText(t *testing.T) {
	for _, bad := range [][2]string{{"7", "19:00"}, {"07:00", ""}, {"", "19:00"}, {"24:00", "07:00"}, {"07:60", "08:00"}, {"-1:00", "08:00"}} {
		if h, err := parseHours(bad[0], bad[1]); err == nil {
			t.Errorf("%q to %q was read as %v", bad[0], bad[1], h)
		}
	}
	h, err := parseHours("07:05", "23:59")
	if from, until := h.texts(); err != nil || from != "07:05" || until != "23:59" {
		t.Errorf("07:05 to 23:59 became %q to %q (%v)", from, until, err)
	}
}
