package fault

import (
	"runtime"
	"testing"
)

func TestCommandIsReadyToBeTyped(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("another shell")
	}
	for name, want := range map[string]string{
		"work": "work", "my studio": "'my studio'", "it's": `'it'\''s'`, "$(x)": "'$(x)'", "Büro": "Büro", "-x": "'-x'", "": "NAME",
	} {
		f := New(Signature, NoKey, Facts{"Destination": name}, nil)
		if got := f.Command(); got != "chute destination login "+want {
			t.Errorf("%q: %s", name, got)
		}
	}
}
