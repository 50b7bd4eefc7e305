//go:build linux || freebsd || openbsd || netbsd

package app

import (
	"context"
	"errors"

	"github.com/godbus/dbus/v5"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// watchTray tells there at once and at every change whether the desktop shows
// icons in a tray: GNOME for one does not by itself, and Fyne cannot tell. It
// reports false where there is no session bus, over which icons are shown.
func watchTray(ctx context.Context, there func(bool)) bool {
	// Never the bus that godbus would start where there is none: it stays.
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	if err := errors.Join(conn.Auth(nil), conn.Hello(),
		conn.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName)),
		conn.AddMatchSignal(dbus.WithMatchInterface(watcherName)),
	); err != nil {
		conn.Close()
		return false
	}
	changes := make(chan *dbus.Signal, 16)
	conn.Signal(changes)
	there(trayHost(ctx, conn))
	go func() {
		defer conn.Close()
		for {
			select {
			case s, ok := <-changes:
				if !ok || s == nil {
					there(false) // the session ends
					return
				}
				there(trayHost(ctx, conn))
			case <-ctx.Done():
				return
			}
		}
	}()
	return true
}

// trayHost asks whether somebody shows icons, without starting anybody.
func trayHost(ctx context.Context, conn *dbus.Conn) bool {
	var registered dbus.Variant
	err := conn.Object(watcherName, watcherPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get",
		dbus.FlagNoAutoStart, watcherName, "IsStatusNotifierHostRegistered").Store(&registered)
	is, ok := registered.Value().(bool)
	return err == nil && ok && is
}
