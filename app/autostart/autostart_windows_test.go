package autostart

import (
	"testing"

	"golang.org/x/sys/windows/registry"
)

func TestSet(t *testing.T) {
	e := Entry{ID: "org.example.Chute", Name: "Chute test", Args: []string{"--minimised"}}
	t.Cleanup(func() { e.Set(t.Context(), false) })
	for _, on := range []bool{false, true, true, false} {
		if err := e.Set(t.Context(), on); err != nil {
			t.Fatal(err)
		}
		if now, known := e.Enabled(); now != on || !known {
			t.Errorf("on %v, known %v; want %v", now, known, on)
		}
	}
	if err := e.Set(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	// As the task manager switches off.
	key, _, err := registry.CreateKey(registry.CURRENT_USER, approvedKey, registry.SET_VALUE)
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	if err := key.SetBinaryValue(e.Name, []byte{3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	if on, _ := e.Enabled(); on {
		t.Error("on, though the user switched it off")
	}
	if err := e.Set(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if on, _ := e.Enabled(); !on {
		t.Error("off, though the user switched it on")
	}
}
