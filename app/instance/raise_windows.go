package instance

import "golang.org/x/sys/windows"

var allowSetForegroundWindow = windows.NewLazySystemDLL("user32.dll").NewProc("AllowSetForegroundWindow")

// letRaise lets the first process bring its window up: Windows grants that only
// to a process that the user has just started, which is this one.
func letRaise() {
	const anyProcess = 0xffffffff
	if allowSetForegroundWindow.Find() == nil {
		allowSetForegroundWindow.Call(anyProcess)
	}
}
