// Package autostart makes the desktop start the program when the user logs in,
// by the means of each system.
package autostart

import (
	"context"
	"os"
	"path/filepath"
)

// Entry is a program to be started at login.
type Entry struct {
	ID   string // of the application, such as io.github.chute.Chute
	Name string // as the user reads it
	Args []string
}

// Enabled reports whether the program is started. known is false where the
// system does not tell, as in a Flatpak.
func (e Entry) Enabled() (on, known bool) { return e.enabled() }

// Set switches it on or off. Where the user must agree it waits for that, and
// the error says that it was refused.
func (e Entry) Set(ctx context.Context, on bool) error { return e.set(ctx, on) }

// Refresh writes the entry anew where it is on, because the program may have
// moved since.
func (e Entry) Refresh(ctx context.Context) error {
	if on, known := e.enabled(); !on || !known {
		return nil
	}
	return e.set(ctx, true)
}

// program is the file to start. An AppImage is started by the file that holds
// it: what runs now lies in a place that goes when it ends.
func program() (string, error) {
	if image := os.Getenv("APPIMAGE"); filepath.IsAbs(image) {
		return image, nil
	}
	return os.Executable()
}

// replace writes a small file of the user's in one step.
func replace(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if now, err := os.ReadFile(path); err == nil && string(now) == text {
		return nil
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".chute-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(text)
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
