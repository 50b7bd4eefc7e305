//go:build !((dragonfly && cgo) || (freebsd && cgo) || linux || netbsd || openbsd)

package secret

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
)

// present knows the systems that always have a keyring.
func present(context.Context) error {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return nil
	}
	return errMissing
}

// isLocked reports whether err says that the keychain of macOS stayed locked:
// security(1) exits with the low byte of errSecInteractionNotAllowed (-25308),
// errSecAuthFailed (-25293) or errSecUserCanceled (-128).
func isLocked(err error) bool {
	e, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return false
	}
	code := e.ExitCode()
	return code == 36 || code == 51 || code == 128
}
