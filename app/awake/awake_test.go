package awake

import (
	"context"
	"errors"
	"testing"
)

func TestKeeper(t *testing.T) {
	var held, asked int
	var fail error
	k := &Keeper{hold: func(context.Context, string) (func(), error) {
		asked++
		if fail != nil {
			return nil, fail
		}
		held++
		return func() { held-- }, nil
	}}
	keep := func(on bool, wantHeld int, wantErr bool) {
		t.Helper()
		err := k.Keep(t.Context(), on, "why")
		if held != wantHeld || (err != nil) != wantErr {
			t.Errorf("Keep(%v): held %d times with %v, want %d", on, held, err, wantHeld)
		}
	}
	keep(false, 0, false)
	keep(true, 1, false)
	keep(true, 1, false) // once is enough
	keep(false, 0, false)
	keep(false, 0, false)
	fail = errors.New("nobody to ask")
	keep(true, 0, true)
	before := asked
	keep(true, 0, false)
	if asked != before {
		t.Error("it asked again though nobody is there")
	}
	keep(false, 0, false)
	fail = nil
	keep(true, 1, false)
	keep(false, 0, false)
}
