package awake

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sys/windows"
)

// SetThreadExecutionState's flags.
const (
	esContinuous     = 0x80000000
	esSystemRequired = 0x00000001
)

var setThreadExecutionState = windows.NewLazySystemDLL("kernel32.dll").NewProc("SetThreadExecutionState")

// hold keeps a thread for it: the state is that of the thread that asked, and
// ends with it.
func hold(_ context.Context, _ string) (release func(), err error) {
	if err := setThreadExecutionState.Find(); err != nil {
		return nil, err
	}
	asked := make(chan error)
	over := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if before, _, err := setThreadExecutionState.Call(esContinuous | esSystemRequired); before == 0 {
			asked <- fmt.Errorf("SetThreadExecutionState: %w", err)
			return
		}
		asked <- nil
		<-over
		setThreadExecutionState.Call(esContinuous)
	}()
	if err := <-asked; err != nil {
		return nil, err
	}
	return func() { close(over) }, nil
}
