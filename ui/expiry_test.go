package ui

import (
	"strings"
	"testing"
	"time"

	"chute/ui/internal/kit"
	"chute/ui/internal/pilot"
)

func TestParseLife(t *testing.T) {
	for _, c := range []struct {
		amount, unit string
		want         time.Duration
	}{
		{"36", "h", 36 * time.Hour},
		{" 1,5 ", "h", 90 * time.Minute},
		{"7", "d", 7 * 24 * time.Hour},
		{"168", "h", 7 * 24 * time.Hour},
		{"1", "m", time.Minute},
		{"0.5", "m", 0},
		{"7.01", "d", 0},
		{"8", "d", 0},
		{"0", "h", 0},
		{"-1", "h", 0},
		{"", "h", 0},
		{"NaN", "h", 0},
		{"Inf", "d", 0},
		{"1e300", "d", 0},
		{"a day", "d", 0},
	} {
		got, ok := parseLife(c.amount, c.unit)
		if got != c.want && ok || ok != (c.want > 0) {
			t.Errorf("%q %s: %v, %t", c.amount, c.unit, got, ok)
		}
	}
}

func TestCustomLife(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	choose(t, w.header.life, "Custom…")
	if err := pilot.Enter("36", "9")(w.win.Canvas()); err != nil {
		t.Fatal(err)
	}
	choose(t, unitPicker(t, w), "days")
	w.press(t, "Set")
	if h.life != 0 {
		t.Error("9 days were taken")
	}
	if err := pilot.Enter("36", "36")(w.win.Canvas()); err != nil {
		t.Fatal(err)
	}
	choose(t, unitPicker(t, w), "hours")
	w.press(t, "Set")
	if h.life != 36*time.Hour || w.header.life.Text != "36 hours" {
		t.Errorf("life %v, shown %q", h.life, w.header.life.Text)
	}
	found := false
	for _, o := range w.header.life.Options() {
		found = found || o.Current && o.Label == "Custom: 36 hours…"
	}
	if !found {
		t.Errorf("the menu says %q", labels(w.header.life))
	}
}

func unitPicker(t *testing.T, w *Window) *kit.Picker {
	t.Helper()
	p, ok := pilot.Find(w.win.Canvas().Overlays().Top(), func(*kit.Picker) bool { return true })
	if !ok {
		t.Fatal("no unit")
	}
	return p
}

func TestLimitsOfLinksAreTold(t *testing.T) {
	for want, d := range map[string]Destination{
		"gives public addresses": {Type: typeS3, PublicURL: "https://cdn.example.org"},
		"decides itself":         {Type: typeBackend},
		"With temporary keys":    {Type: typeS3, Credentials: "aws"},
		"limit of S3":            {Type: typeS3},
		"as long as Chute runs":  {Type: typeLocal},
	} {
		h := newFakeHost()
		d.Name = "work"
		h.all[0] = d
		if got := newTestWindow(t, h).header.lifeLimits(); !strings.Contains(got, want) {
			t.Errorf("%+v: %q", d, got)
		}
	}
}

func TestOnePageForSeveralFilesIsRemembered(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	choose(t, w.header.life, "Several files: one link for all")
	if !h.set.OnePage {
		t.Error("not set")
	}
	choose(t, w.header.life, "Several files: one link for all")
	if h.set.OnePage {
		t.Error("not taken back")
	}
}

// Where nothing was chosen, the header says how long the destination's links last.
func TestUsualLife(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	for usual, want := range map[time.Duration]string{7 * 24 * time.Hour: "7 days", 24 * time.Hour: "1 day", 0: "as usual"} {
		h.life, h.usual = 0, usual
		w.DestinationsChanged()
		if got := w.header.life.Text; got != want {
			t.Errorf("%v: shown %q, want %q", usual, got, want)
		}
	}
}
