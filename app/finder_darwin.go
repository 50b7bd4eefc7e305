package app

/*
#cgo LDFLAGS: -framework Cocoa
void chuteListenToFinder(void);
*/
import "C"

import (
	"strings"
	"unsafe"
)

var openedFiles func(paths []string)

// onOpened has f called, on the main thread, with the files that Finder or the
// Dock hands to the program. It is called once, before there is a window.
func onOpened(f func(paths []string)) {
	openedFiles = f
	C.chuteListenToFinder()
}

// chuteOpened takes absolute paths, each ended by a NUL.
//
//export chuteOpened
func chuteOpened(paths *C.char, length C.int) {
	all := C.GoBytes(unsafe.Pointer(paths), length)
	openedFiles(strings.Split(strings.TrimSuffix(string(all), "\x00"), "\x00"))
}
