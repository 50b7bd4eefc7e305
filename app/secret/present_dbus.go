//go:build (dragonfly && cgo) || (freebsd && cgo) || linux || netbsd || openbsd

package secret

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

const (
	secretsName = "org.freedesktop.secrets"
	secretsPath = "/org/freedesktop/secrets"
)

// present looks for a Secret Service with a collection to keep secrets in. It
// uses a D-Bus session that is there; go-keyring by itself would start one
// with dbus-launch, which is left running and has no keyring anyway.
func present(ctx context.Context) error {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("%w: %w", errMissing, err)
	}
	defer conn.Close()
	if err := errors.Join(conn.Auth(nil), conn.Hello()); err != nil {
		return missingUnlessOver(ctx, err)
	}
	var running bool
	if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, secretsName).Store(&running); err != nil {
		return missingUnlessOver(ctx, err)
	}
	if !running {
		var names []string
		if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.ListActivatableNames", 0).Store(&names); err != nil {
			return missingUnlessOver(ctx, err)
		}
		if !slices.Contains(names, secretsName) {
			return errMissing
		}
	}
	// go-keyring uses the collection "login", else the default one. It does not
	// make one, and calls a missing one locked.
	service := conn.Object(secretsName, secretsPath)
	var alias dbus.ObjectPath
	if err := service.CallWithContext(ctx, "org.freedesktop.Secret.Service.ReadAlias", 0, "default").Store(&alias); err != nil {
		return missingUnlessOver(ctx, err)
	}
	if alias != "/" && alias != "" {
		return nil
	}
	var collections []dbus.ObjectPath
	if err := service.StoreProperty("org.freedesktop.Secret.Service.Collections", &collections); err != nil {
		return missingUnlessOver(ctx, err)
	}
	if !slices.Contains(collections, secretsPath+"/collection/login") {
		return errMissing
	}
	return nil
}

// missingUnlessOver makes of a failed call that there is no keyring, unless
// it failed because the time was over.
func missingUnlessOver(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("%w: %w", errMissing, err)
}

// isLocked reports whether err says that the collection stayed locked.
func isLocked(err error) bool {
	if err == nil {
		return false
	}
	if e, ok := errors.AsType[dbus.Error](err); ok && e.Name == "org.freedesktop.Secret.Error.IsLocked" {
		return true
	}
	return strings.Contains(err.Error(), "failed to unlock correct collection") // go-keyring has no type for it
}
