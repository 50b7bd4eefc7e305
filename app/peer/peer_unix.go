//go:build unix

package peer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// listen makes the socket anew, open to this user alone.
func listen(dir, name string) (net.Listener, error) {
	path, release, err := socketPath(dir, name)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false) // by then the name may be that of the next process
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return socketListener{l}, nil
}

// socketListener accepts connections of this user's processes alone.
type socketListener struct{ *net.UnixListener }

// Accept implements net.Listener.
func (l socketListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.AcceptUnix()
		if err != nil {
			return nil, err
		}
		if sameUser(conn) == nil {
			return conn, nil
		}
		conn.Close()
	}
}

func dial(ctx context.Context, dir, name string) (net.Conn, error) {
	path, release, err := socketPath(dir, name)
	if err != nil {
		return nil, err
	}
	defer release()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := sameUser(conn.(*net.UnixConn)); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// sameUser fails where another user's process is at the other end.
func sameUser(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	uid := -1
	var failed error
	if err := raw.Control(func(fd uintptr) { uid, failed = userOf(int(fd)) }); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	if uid != syscall.Geteuid() {
		return ErrOtherUser
	}
	return nil
}

// maxSocketPath is what every system takes as a socket's path: macOS 103
// bytes, Linux 107.
const maxSocketPath = 103

// socketPath names the socket in dir. Where that is too long for the system,
// Linux reaches the folder by an open descriptor instead, which release closes.
func socketPath(dir, name string) (path string, release func(), err error) {
	path = filepath.Join(dir, name)
	if len(path) <= maxSocketPath || runtime.GOOS != "linux" {
		return path, func() {}, nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), name), func() { d.Close() }, nil
}
