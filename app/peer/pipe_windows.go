package peer

import (
	"errors"
	"net"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// pipeListener listens at a named pipe. At any time one instance of the pipe
// waits for a caller, so that the name is never free while it listens.
type pipeListener struct {
	path    string
	access  *windows.SecurityAttributes
	closing windows.Handle // an event that stays set
	close   sync.Once

	accepting sync.Mutex
	waiting   windows.Handle // the instance without a caller; 0 after Close
}

func newPipeListener(path string, access *windows.SECURITY_DESCRIPTOR) (*pipeListener, error) {
	l := &pipeListener{path: path, access: &windows.SecurityAttributes{SecurityDescriptor: access}}
	l.access.Length = uint32(unsafe.Sizeof(*l.access))
	var err error
	// The first instance must be: what is there already is another process's.
	if l.waiting, err = l.instance(windows.FILE_FLAG_FIRST_PIPE_INSTANCE); err != nil {
		return nil, &net.OpError{Op: "listen", Net: "pipe", Addr: l.Addr(), Err: err}
	}
	if l.closing, err = windows.CreateEvent(nil, 1, 0, nil); err != nil {
		windows.CloseHandle(l.waiting)
		return nil, err
	}
	return l, nil
}

func (l *pipeListener) instance(flags uint32) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(l.path)
	if err != nil {
		return 0, err
	}
	const buffer = 4 << 10 // bytes; more is waited for, not lost
	return windows.CreateNamedPipe(name, windows.PIPE_ACCESS_DUPLEX|windows.FILE_FLAG_OVERLAPPED|flags,
		windows.PIPE_TYPE_BYTE|windows.PIPE_REJECT_REMOTE_CLIENTS, windows.PIPE_UNLIMITED_INSTANCES, buffer, buffer, 0, l.access)
}

// Accept implements net.Listener.
func (l *pipeListener) Accept() (net.Conn, error) {
	l.accepting.Lock()
	defer l.accepting.Unlock()
	for {
		if l.waiting == 0 {
			return nil, l.closed()
		}
		err := l.connect()
		if errors.Is(err, windows.ERROR_NO_DATA) { // came and left
			windows.DisconnectNamedPipe(l.waiting)
			continue
		}
		if err != nil {
			return nil, err
		}
		next, err := l.instance(0)
		if err != nil {
			windows.DisconnectNamedPipe(l.waiting)
			return nil, err
		}
		conn := newPipeConn(l.waiting, l.path)
		l.waiting = next
		return conn, nil
	}
}

// connect waits until the waiting instance has a caller.
func (l *pipeListener) connect() error {
	event, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return err
	}
	defer windows.CloseHandle(event)
	overlapped := &windows.Overlapped{HEvent: event}
	err = windows.ConnectNamedPipe(l.waiting, overlapped)
	switch {
	case err == nil, errors.Is(err, windows.ERROR_PIPE_CONNECTED):
		return nil
	case !errors.Is(err, windows.ERROR_IO_PENDING):
		return err
	}
	first, err := windows.WaitForMultipleObjects([]windows.Handle{l.closing, event}, false, windows.INFINITE)
	if err != nil || first == windows.WAIT_OBJECT_0 {
		windows.CancelIoEx(l.waiting, overlapped)
	}
	var n uint32
	// The system writes to overlapped until this returns.
	if done := windows.GetOverlappedResult(l.waiting, overlapped, &n, true); done != nil {
		if first == windows.WAIT_OBJECT_0 {
			return l.closed()
		}
		return errors.Join(err, done)
	}
	return nil
}

func (l *pipeListener) closed() error {
	return &net.OpError{Op: "accept", Net: "pipe", Addr: l.Addr(), Err: net.ErrClosed}
}

// Close implements net.Listener.
func (l *pipeListener) Close() error {
	l.close.Do(func() {
		windows.SetEvent(l.closing)
		l.accepting.Lock()
		defer l.accepting.Unlock()
		windows.CloseHandle(l.waiting)
		windows.CloseHandle(l.closing)
		l.waiting = 0
	})
	return nil
}

// Addr implements net.Listener.
func (l *pipeListener) Addr() net.Addr { return pipeAddr(l.path) }

// pipeConn is one end of a pipe. os.File has what a net.Conn needs, deadlines
// included, but the addresses.
type pipeConn struct {
	*os.File
	handle windows.Handle
	addr   pipeAddr
}

func newPipeConn(handle windows.Handle, path string) *pipeConn {
	return &pipeConn{os.NewFile(uintptr(handle), path), handle, pipeAddr(path)}
}

// LocalAddr implements net.Conn.
func (c *pipeConn) LocalAddr() net.Addr { return c.addr }

// RemoteAddr implements net.Conn.
func (c *pipeConn) RemoteAddr() net.Addr { return c.addr }

type pipeAddr string

// Network implements net.Addr.
func (pipeAddr) Network() string { return "pipe" }

// String implements net.Addr.
func (a pipeAddr) String() string { return string(a) }
