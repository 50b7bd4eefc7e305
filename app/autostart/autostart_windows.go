package autostart

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// The keys of the user's own that Windows reads at login: what to start, and
// what the user switched off in the task manager.
const (
	runKey      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

func (e Entry) enabled() (on, known bool) {
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return false, true
	}
	if err != nil {
		return false, false
	}
	defer key.Close()
	if _, _, err := key.GetStringValue(e.Name); err != nil {
		return false, errors.Is(err, registry.ErrNotExist)
	}
	return !e.disapproved(), true
}

// disapproved reads what the task manager writes: an odd first byte is off.
func (e Entry) disapproved() bool {
	key, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	defer key.Close()
	data, _, err := key.GetBinaryValue(e.Name)
	return err == nil && len(data) > 0 && data[0]&1 == 1
}

func (e Entry) set(_ context.Context, on bool) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	if !on {
		if err := key.DeleteValue(e.Name); err != nil && !errors.Is(err, registry.ErrNotExist) {
			return err
		}
		return nil
	}
	path, err := program()
	if err != nil {
		return err
	}
	words := []string{windows.EscapeArg(path)}
	if !strings.HasPrefix(words[0], `"`) {
		words[0] = `"` + path + `"` // Windows would guess at a path with a space added later
	}
	for _, arg := range e.Args {
		words = append(words, windows.EscapeArg(arg))
	}
	if approved, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.SET_VALUE); err == nil {
		approved.DeleteValue(e.Name) // switched on here, it is no longer off there
		approved.Close()
	}
	return key.SetStringValue(e.Name, strings.Join(words, " "))
}
