package app

import "testing"

// Were there anything for Fyne to do at the end, App.Run might never return.
func TestNothingWaitsAtTheEnd(t *testing.T) {
	l, ok := newFyne().Lifecycle().(interface{ OnStopped() func() })
	if !ok {
		t.Fatal("this Fyne ends in another way: see whether leaveAtOnce is still needed")
	}
	if l.OnStopped() != nil {
		t.Error("something is left to be done after the window's end")
	}
}
