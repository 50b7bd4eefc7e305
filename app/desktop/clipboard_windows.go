package desktop

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image/png"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/image/bmp"
	"golang.org/x/sys/windows"
)

// The formats of the clipboard:
// https://learn.microsoft.com/windows/win32/dataxchg/standard-clipboard-formats
const (
	cfDIB         = 8
	cfUnicodeText = 13
	cfHDROP       = 15
)

var (
	user32             = windows.NewLazySystemDLL("user32.dll")
	kernel32           = windows.NewLazySystemDLL("kernel32.dll")
	shell32            = windows.NewLazySystemDLL("shell32.dll")
	openClipboard      = user32.NewProc("OpenClipboard")
	closeClipboard     = user32.NewProc("CloseClipboard")
	getClipboardData   = user32.NewProc("GetClipboardData")
	registerFormat     = user32.NewProc("RegisterClipboardFormatW")
	globalLock         = kernel32.NewProc("GlobalLock")
	globalUnlock       = kernel32.NewProc("GlobalUnlock")
	globalSize         = kernel32.NewProc("GlobalSize")
	dragQueryFile      = shell32.NewProc("DragQueryFileW")
	errClipboardInUse  = errors.New("another program holds the clipboard open")
	clipboardTries     = 10
	clipboardTryPeriod = 30 * time.Millisecond
)

// Clipboard reads the clipboard.
func Clipboard(ctx context.Context, _ Display) (Clip, error) {
	runtime.LockOSThread() // the clipboard belongs to a thread while it is open
	defer runtime.UnlockOSThread()
	for try := 0; ; try++ {
		if ok, _, _ := openClipboard.Call(0); ok != 0 {
			break
		}
		if try == clipboardTries {
			return Clip{}, errClipboardInUse
		}
		select {
		case <-time.After(clipboardTryPeriod):
		case <-ctx.Done():
			return Clip{}, ctx.Err()
		}
	}
	defer closeClipboard.Call()

	if files := droppedFiles(); len(files) > 0 {
		return Clip{Files: files}, nil
	}
	name, _ := windows.UTF16PtrFromString("PNG")
	if format, _, _ := registerFormat.Call(uintptr(unsafe.Pointer(name))); format != 0 {
		if data := clipboardBytes(format); bytes.HasPrefix(data, []byte("\x89PNG")) {
			return Clip{PNG: data}, nil
		}
	}
	if picture := fromDIB(clipboardBytes(cfDIB)); picture != nil {
		return Clip{PNG: picture}, nil
	}
	return Clip{Text: fromUTF16(clipboardBytes(cfUnicodeText))}, nil
}

// droppedFiles lists the files that were copied.
func droppedFiles() []string {
	drop, _, _ := getClipboardData.Call(cfHDROP)
	if drop == 0 {
		return nil
	}
	count, _, _ := dragQueryFile.Call(drop, 0xFFFFFFFF, 0, 0)
	var files []string
	for i := range count {
		length, _, _ := dragQueryFile.Call(drop, i, 0, 0)
		buffer := make([]uint16, length+1)
		if n, _, _ := dragQueryFile.Call(drop, i, uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer))); n > 0 {
			files = append(files, windows.UTF16ToString(buffer))
		}
	}
	return files
}

// clipboardBytes copies what is there in a format; nil where it is not.
func clipboardBytes(format uintptr) []byte {
	handle, _, _ := getClipboardData.Call(format)
	if handle == 0 {
		return nil
	}
	size, _, _ := globalSize.Call(handle)
	if size == 0 || size > maxClip {
		return nil
	}
	at, _, _ := globalLock.Call(handle)
	if at == 0 {
		return nil
	}
	defer globalUnlock.Call(handle)
	// The memory is Windows', which does not move it while it is locked.
	return bytes.Clone(unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&at))), size))
}

func fromUTF16(data []byte) string {
	text := make([]uint16, len(data)/2)
	for i := range text {
		text[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	return windows.UTF16ToString(text)
}

// fromDIB makes a PNG of a bitmap, which lacks the header that it has in a file.
func fromDIB(dib []byte) []byte {
	const fileHeader = 14
	if len(dib) < 40 {
		return nil
	}
	header := binary.LittleEndian.Uint32(dib)
	bits, compression, colours := binary.LittleEndian.Uint16(dib[14:]), binary.LittleEndian.Uint32(dib[16:]), binary.LittleEndian.Uint32(dib[32:])
	offset := fileHeader + header
	if bits <= 8 {
		if colours == 0 {
			colours = 1 << bits
		}
		offset += 4 * colours
	}
	if compression == 3 && header == 40 { // three masks follow the header
		offset += 12
	}
	file := make([]byte, fileHeader, fileHeader+len(dib))
	copy(file, "BM")
	binary.LittleEndian.PutUint32(file[2:], uint32(fileHeader+len(dib)))
	binary.LittleEndian.PutUint32(file[10:], offset)
	picture, err := bmp.Decode(bytes.NewReader(append(file, dib...)))
	if err != nil {
		return nil
	}
	var out bytes.Buffer
	if png.Encode(&out, picture) != nil {
		return nil
	}
	return out.Bytes()
}
