package desktop

import (
	"context"
	"net/url"
	"time"

	"github.com/godbus/dbus/v5"
)

// revealPatience is how long a file manager may take to start.
const revealPatience = 10 * time.Second

// Reveal shows a file in the file manager, by the interface that all of them
// have: https://www.freedesktop.org/wiki/Specifications/file-manager-interface/
func Reveal(ctx context.Context, path string) error {
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
