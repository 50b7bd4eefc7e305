package uploader

import (
	"errors"
	"testing"

	"chute/uploader/fault"
)

// Whether a store was there decides whether it is waited for without end.
func TestWhatShowsThatAStoreIsThere(t *testing.T) {
	stalled := &fault.Error{Code: fault.Offline, Variant: fault.NotAnswering, Class: fault.Transient, Err: errStalled}
	for name, c := range map[string]struct {
		err  error
		sent int64
		want bool
	}{
		"success":                 {nil, 1, true},
		"a refusal":               {&fault.Error{Code: fault.Denied, Class: fault.Permanent, Status: 403}, 0, true},
		"reset":                   {&fault.Error{Code: fault.Offline, Class: fault.Transient, Err: errors.New("reset")}, 0, true},
		"no connection":           {&fault.Error{Code: fault.Offline, Class: fault.Unreachable}, 0, false},
		"a wrong certificate":     {&fault.Error{Code: fault.TLS, Class: fault.Permanent}, 0, false},
		"silence":                 {stalled, 1, true},
		"silence from the outset": {stalled, 0, false},
	} {
		if shows(c.err, c.sent) != c.want {
			t.Errorf("%s: %v", name, !c.want)
		}
	}
}
