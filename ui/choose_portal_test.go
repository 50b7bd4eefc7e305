//go:build !windows && !darwin

package ui

import (
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"
)

func TestPortalAnswer(t *testing.T) {
	uris := func(u ...string) map[string]dbus.Variant { return map[string]dbus.Variant{"uris": dbus.MakeVariant(u)} }
	for _, c := range []struct {
		name    string
		status  any
		results any
		want    []string
		fails   bool
	}{
		{name: "files", status: uint32(0), results: uris("file:///a/b%20c.txt", "file:///a/d+e%2B%25.txt"), want: []string{"/a/b c.txt", "/a/d+e+%.txt"}},
		{name: "not a file", status: uint32(0), results: uris("smb://server/x"), want: []string{"smb://server/x"}},
		{name: "cancelled", status: uint32(1), results: uris()},
		{name: "ended otherwise", status: uint32(2), results: uris(), fails: true},
		{name: "no uris", status: uint32(0), results: map[string]dbus.Variant{}, fails: true},
		{name: "another type", status: uint32(0), results: "x", fails: true},
		{name: "broken escape", status: uint32(0), results: uris("file:///%zz"), fails: true},
	} {
		got, err := portalAnswer(c.status, c.results)
		if (err != nil) != c.fails || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}
