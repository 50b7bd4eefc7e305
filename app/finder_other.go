//go:build !darwin

package app

// onOpened does nothing: files that are opened come as arguments.
func onOpened(func(paths []string)) {}
