//go:build unix

package app

import "syscall"

// private makes every file that this process writes readable by its user
// alone, those of the local store's server included.
func private() { syscall.Umask(0o077) }
