//go:build !linux && !windows && !darwin

package desktop

import (
	"context"
	"errors"
)

// Clipboard cannot read more than Fyne does here.
func Clipboard(context.Context, Display) (Clip, error) { return Clip{}, errors.ErrUnsupported }
