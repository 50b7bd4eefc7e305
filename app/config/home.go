// Package config holds what the user sets: where Chute keeps its files, the
// destinations, the preferences, and the key template of an upload.
//
// Both files are TOML and belong to the user. They are read strictly, and
// edited in place: comments, order and layout of whatever an edit does not
// concern stay as they are, byte for byte.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// HomeEnv is the environment variable that puts everything under one folder.
const HomeEnv = "CHUTE_HOME"

// Home is where Chute keeps its files. All of its paths are absolute. On some
// platforms both folders are the same.
type Home struct {
	config, state string
	portable      bool
}

// FindHome finds the folders: those of CHUTE_HOME where it is set, else the
// platform's own. It touches no file.
func FindHome() (Home, error) {
	if dir := os.Getenv(HomeEnv); dir != "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return Home{}, fmt.Errorf("%s: %w", HomeEnv, err)
		}
		return Home{config: abs, state: abs, portable: true}, nil
	}
	xdg.Reload() // the environment of now, not of the program's start
	h := Home{config: filepath.Join(xdg.ConfigHome, "chute"), state: filepath.Join(xdg.StateHome, "chute")}
	if !filepath.IsAbs(h.config) || !filepath.IsAbs(h.state) {
		return Home{}, errors.New("this account has no home folder; set " + HomeEnv)
	}
	return h, nil
}

// Make makes the folders that are missing, open to this user alone. Those that
// exist keep their permissions: they may be more than Chute's.
func (h Home) Make() error {
	for _, dir := range []string{h.config, h.Dialects(), h.state, h.Store()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	return nil
}

// Portable returns the folder that CHUTE_HOME names; dir is empty, and ok
// false, where the platform's folders are used.
func (h Home) Portable() (dir string, ok bool) {
	if !h.portable {
		return "", false
	}
	return h.config, true
}

// Destinations is the path of destinations.toml.
func (h Home) Destinations() string { return filepath.Join(h.config, "destinations.toml") }

// Dialects is the folder of the user's own dialect files.
func (h Home) Dialects() string { return filepath.Join(h.config, "dialects") }

// Settings is the path of settings.toml.
func (h Home) Settings() string { return filepath.Join(h.config, "settings.toml") }

// State is the path of state.db: journal and history.
func (h Home) State() string { return filepath.Join(h.state, "state.db") }

// Leases is the folder of the locks by which processes know of each other.
func (h Home) Leases() string { return filepath.Join(h.state, "leases") }

// Instance is the folder in which the process that has the window listens for
// others.
func (h Home) Instance() string { return h.state }

// Pasted is the folder of what was pasted into the window.
func (h Home) Pasted() string { return filepath.Join(h.state, "pasted") }

// Log is the path of chute.log.
func (h Home) Log() string { return filepath.Join(h.state, "chute.log") }

// Store is the folder of the local store.
func (h Home) Store() string { return filepath.Join(h.state, "store") }
