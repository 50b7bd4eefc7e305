package app

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// Windows ties a program to a console or keeps it from one, so there are two:
// chute.exe for the desktop, and chute.com, the same for the console, which a
// shell finds first and waits for.

// detach leaves the window to chute.exe where this is chute.com, and reports
// whether it did: the shell goes on, and the window outlives it.
func detach(args []string) (done bool, err error) {
	self, err := os.Executable()
	if err != nil {
		return false, err
	}
	suffix := filepath.Ext(self)
	if !strings.EqualFold(suffix, ".com") {
		return false, nil
	}
	return true, exec.Command(strings.TrimSuffix(self, suffix)+".exe", args...).Start()
}

// windowErrors is where a start of the window says why it failed: in a box
// where nobody would see standard error.
func windowErrors(stderr *os.File) io.Writer {
	if kind, err := windows.GetFileType(windows.Handle(stderr.Fd())); err != nil || kind == windows.FILE_TYPE_UNKNOWN {
		return messageBox{}
	}
	return stderr
}

// messageBox shows each Write in a box and waits until it is closed.
type messageBox struct{}

func (messageBox) Write(p []byte) (int, error) {
	text, err := windows.UTF16PtrFromString(strings.TrimSpace(string(p)))
	if err != nil {
		return 0, err
	}
	title, err := windows.UTF16PtrFromString("Chute")
	if err != nil {
		return 0, err
	}
	if _, err := windows.MessageBox(0, text, title, windows.MB_OK|windows.MB_ICONERROR); err != nil {
		return 0, err
	}
	return len(p), nil
}
