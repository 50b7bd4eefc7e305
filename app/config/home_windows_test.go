package config

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/windows"
)

// TestWindowsHome is about the one folder of both settings and state: what the
// installer leaves alone, and takes away only where it is told to.
func TestWindowsHome(t *testing.T) {
	t.Setenv(HomeEnv, "")
	local, err := windows.KnownFolderPath(windows.FOLDERID_LocalAppData, 0)
	if err != nil {
		t.Fatal(err)
	}
	h, err := FindHome()
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(local, "chute")
	for _, path := range []string{h.Destinations(), h.Settings(), h.State(), h.Log(), h.Store(), h.Leases()} {
		if filepath.Dir(path) != want {
			t.Errorf("%s is not in %s", path, want)
		}
	}
}
