package desktop

import (
	"context"
	"errors"
	"net/url"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/godbus/dbus/v5"
)

// revealPatience is how long a file manager may take to start.
const revealPatience = 10 * time.Second

// Reveal shows a file in the file manager, by the interface that most of them
// have: https://www.freedesktop.org/wiki/Specifications/file-manager-interface/
// Where none has it, the folder is opened.
func Reveal(ctx context.Context, path string) error {
	item := showItem(ctx, path)
	if item == nil {
		return nil
	}
	if folder := openFolder(filepath.Dir(path)); folder != nil {
		return errors.Join(item, folder)
	}
	return nil
}

func showItem(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, revealPatience)
	defer cancel()
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return err
	}
	defer conn.Close()
	address := (&url.URL{Scheme: "file", Path: path}).String()
	manager := conn.Object("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1")
	return manager.CallWithContext(ctx, "org.freedesktop.FileManager1.ShowItems", 0, []string{address}, "").Err
}

// openFailure is within what time a program that cannot open a folder says so.
// One that can may run as long as its window is open.
const openFailure = 2 * time.Second

// openFolder opens a folder with whatever the desktop has for that.
func openFolder(path string) error {
	cmd := exec.Command("xdg-open", path)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(openFailure):
		return nil
	}
}
