//go:build !windows

package app

import "fyne.io/fyne/v2"

// restore does nothing: asking for the focus brings a minimised window back.
func restore(fyne.Window) {}
