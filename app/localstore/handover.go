package localstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// handover gives the gateway's address and credentials to other processes of
// the same user, over a socket in a folder that only this user may enter. The
// credentials are in no file.
type handover struct {
	listener net.Listener
	done     chan struct{}
}

// handoverTimeout bounds a conversation of a few hundred bytes.
const handoverTimeout = 2 * time.Second

func serveHandover(dir string, a Access) (*handover, error) {
	path, release, err := socketPath(dir)
	if err != nil {
		return nil, err
	}
	defer release()
	// The lock says that no process listens: what is there is left over.
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
	h := &handover{listener: listener, done: make(chan struct{})}
	go func() {
		defer close(h.done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(handoverTimeout))
				json.NewEncoder(conn).Encode(a)
			}()
		}
	}()
	return h, nil
}

func (h *handover) close() {
	h.listener.Close()
	<-h.done
}

func askHandover(ctx context.Context, dir string) (Access, error) {
	path, release, err := socketPath(dir)
	if err != nil {
		return Access{}, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, handoverTimeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return Access{}, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(handoverTimeout))
	var a Access
	if err := json.NewDecoder(conn).Decode(&a); err != nil {
		return Access{}, fmt.Errorf("hand-over: %w", err)
	}
	return a, nil
}

// maxSocketPath is what every system takes as a socket's path: macOS 103
// bytes, Linux 107.
const maxSocketPath = 103

// socketPath names the socket in dir. Where that is too long for the system,
// Linux reaches the folder by an open descriptor instead, which release closes.
func socketPath(dir string) (path string, release func(), err error) {
	const name = "hand"
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
