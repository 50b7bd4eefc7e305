package desktop

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"
)

// Reveal shows a file in the Explorer, which ends with a code that means nothing.
func Reveal(ctx context.Context, path string) error {
	system, err := windows.GetSystemWindowsDirectory()
	if err != nil {
		return err
	}
	c := exec.CommandContext(context.WithoutCancel(ctx), filepath.Join(system, "explorer.exe"))
	// The Explorer reads its command line itself; a file name has no quote.
	c.SysProcAttr = &syscall.SysProcAttr{CmdLine: `explorer.exe /select,"` + strings.ReplaceAll(path, `"`, "") + `"`}
	if err := c.Start(); err != nil {
		return err
	}
	go c.Wait()
	return nil
}
