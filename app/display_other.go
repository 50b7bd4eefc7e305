//go:build !linux

package app

// needDisplay finds nothing missing: there is always a desktop.
func needDisplay() error { return nil }
