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
)

func listen(dir, name string) (net.Listener, error) {
	path, release, err := socketPath(dir, name)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		listener.Close()
		return nil, err
	}
	return listener, nil
}

func dial(ctx context.Context, dir, name string) (net.Conn, error) {
	path, release, err := socketPath(dir, name)
	if err != nil {
		return nil, err
	}
	defer release()
	var d net.Dialer
	return d.DialContext(ctx, "unix", path)
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
