//go:build !windows

package instance

// letRaise has nothing to do: here a window manager decides.
func letRaise() {}
