//go:build windows || darwin

package ui

import "fyne.io/fyne/v2"

func newChooser(win fyne.Window) chooser { return inCanvas{win} }
