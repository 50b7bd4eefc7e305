//go:build !linux && !windows && !darwin

package desktop

import (
	"context"
	"errors"
)

func Reveal(context.Context, string) error { return errors.ErrUnsupported }
