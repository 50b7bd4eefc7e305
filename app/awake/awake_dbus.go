//go:build linux || freebsd || openbsd || netbsd

package awake

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/godbus/dbus/v5"
)

// name is whom the desktop says keeps the computer awake.
const name = "Chute"

// hold asks whoever decides about sleep: the desktop, through its portal or in
// KDE's, XFCE's and MATE's own way, else the system. What was asked for holds
// as long as the connection does.
func hold(ctx context.Context, why string) (func(), error) {
	var failed []error
	for _, ask := range []struct {
		bus func(...dbus.ConnOption) (*dbus.Conn, error)
		by  func(context.Context, *dbus.Conn, string) (func(), error)
	}{
		// Never the bus that godbus would start where there is none: it stays.
		{dbus.SessionBusPrivateNoAutoStartup, portal},
		{dbus.SessionBusPrivateNoAutoStartup, powerManagement},
		{dbus.SystemBusPrivate, logind},
	} {
		// The connection outlives ctx; what is asked over it at first does not.
		conn, err := ask.bus()
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if err = errors.Join(conn.Auth(nil), conn.Hello()); err == nil {
			var release func()
			if release, err = ask.by(ctx, conn, why); err == nil {
				return func() {
					release()
					conn.Close()
				}, nil
			}
		}
		conn.Close()
		failed = append(failed, err)
	}
	return nil, errors.Join(failed...)
}

// portal asks as sandboxed programs do; GNOME and KDE answer it.
func portal(ctx context.Context, conn *dbus.Conn, why string) (func(), error) {
	const suspend = uint32(4)
	options := map[string]dbus.Variant{"reason": dbus.MakeVariant(why)}
	var request dbus.ObjectPath
	err := conn.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop").
		CallWithContext(ctx, "org.freedesktop.portal.Inhibit.Inhibit", 0, "", suspend, options).Store(&request)
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	return func() {
		conn.Object("org.freedesktop.portal.Desktop", request).Call("org.freedesktop.portal.Request.Close", dbus.FlagNoReplyExpected)
	}, nil
}

func powerManagement(ctx context.Context, conn *dbus.Conn, why string) (func(), error) {
	const destination, iface = "org.freedesktop.PowerManagement", "org.freedesktop.PowerManagement.Inhibit"
	object := conn.Object(destination, "/org/freedesktop/PowerManagement/Inhibit")
	var cookie uint32
	if err := object.CallWithContext(ctx, iface+".Inhibit", 0, name, why).Store(&cookie); err != nil {
		return nil, fmt.Errorf("power management: %w", err)
	}
	return func() { object.Call(iface+".UnInhibit", dbus.FlagNoReplyExpected, cookie) }, nil
}

// logind decides where no desktop does. It gives a file to hold open.
func logind(ctx context.Context, conn *dbus.Conn, why string) (func(), error) {
	var fd dbus.UnixFD
	err := conn.Object("org.freedesktop.login1", "/org/freedesktop/login1").
		CallWithContext(ctx, "org.freedesktop.login1.Manager.Inhibit", 0, "idle", name, why, "block").Store(&fd)
	if err != nil {
		return nil, fmt.Errorf("logind: %w", err)
	}
	return func() { syscall.Close(int(fd)) }, nil
}
