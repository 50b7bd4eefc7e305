// Package desktop asks the desktop for what Fyne does not: it shows files in
// the file manager, and reads files and pictures from the clipboard.
package desktop
