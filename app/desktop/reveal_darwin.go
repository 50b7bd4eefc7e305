package desktop

import (
	"context"
	"os/exec"
)

// Reveal shows a file in the Finder.
func Reveal(ctx context.Context, path string) error {
	return exec.CommandContext(ctx, "/usr/bin/open", "-R", "--", path).Run()
}
