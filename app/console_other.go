//go:build !windows

package app

import (
	"io"
	"os"
)

// detach does nothing: one program serves desktop and terminal.
func detach([]string) (done bool, err error) { return false, nil }

// windowErrors is where a start of the window says why it failed.
func windowErrors(stderr *os.File) io.Writer { return stderr }
