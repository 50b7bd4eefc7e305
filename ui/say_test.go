package ui

import (
	"strings"
	"testing"

	"chute/ui/internal/words"
	"chute/uploader/fault"
)

// Sizes in failures are written as all others in the window are.
func TestSay(t *testing.T) {
	f := fault.New(fault.TooLarge, fault.PartLimit, fault.Facts{"Size": fault.InBytes(5905580032), "Limit": fault.InBytes(5368709120)}, nil)
	message, hint := f.In(Say)
	for _, size := range []int64{5905580032, 5368709120} {
		if !strings.Contains(message, words.Binary(size)) {
			t.Errorf("%q does not say %s", message, words.Binary(size))
		}
	}
	if hint == "" {
		t.Error("no hint")
	}
	if got, want := f.Message(), "The file (5.5 GiB) is larger than this destination takes (5.0 GiB)."; got != want {
		t.Errorf("in English %q, want %q", got, want)
	}
	if got := fault.New(fault.TooLarge, fault.PartLimit, nil, nil).Message(); !strings.Contains(got, "the limit") {
		t.Errorf("with no facts %q", got)
	}
}
