package app

import (
	"os"

	"chute/uploader/fault"
)

// needDisplay fails with words where no window can be opened: Fyne would end
// the program with a stack of GLFW's.
func needDisplay() error {
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return fault.New(fault.Unsupported, fault.NoDisplay, nil, nil)
	}
	return nil
}
