package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"golang.org/x/sys/windows"
)

var (
	user32     = windows.NewLazySystemDLL("user32.dll")
	isIconic   = user32.NewProc("IsIconic")
	showWindow = user32.NewProc("ShowWindow")
)

// restore brings a minimised window back, which the focus alone does not.
func restore(w fyne.Window) {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return
	}
	native.RunNative(func(c any) {
		win, ok := c.(driver.WindowsWindowContext)
		if !ok || win.HWND == 0 {
			return
		}
		const restored = 9 // SW_RESTORE
		if minimised, _, _ := isIconic.Call(win.HWND); minimised != 0 {
			showWindow.Call(win.HWND, restored)
		}
	})
}
