package peer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/sys/windows"
)

func listen(dir, name string) (net.Listener, error) {
	user, err := currentUser()
	if err != nil {
		return nil, err
	}
	// The owner is said because it would be the group of administrators in an
	// elevated process; the access list grants all to the user, and no more.
	access, err := windows.SecurityDescriptorFromString(fmt.Sprintf("O:%[1]sD:P(A;;GA;;;%[1]s)", user))
	if err != nil {
		return nil, err
	}
	return newPipeListener(pipePath(user, dir, name), access)
}

// busyPause is the wait for the next instance of a pipe whose listener is
// about to make one.
const busyPause = 5 * time.Millisecond

func dial(ctx context.Context, dir, name string) (net.Conn, error) {
	user, err := currentUser()
	if err != nil {
		return nil, err
	}
	path := pipePath(user, dir, name)
	for {
		conn, err := openPipe(path)
		if errors.Is(err, windows.ERROR_PIPE_BUSY) {
			select {
			case <-time.After(busyPause):
				continue
			case <-ctx.Done():
				return nil, context.Cause(ctx)
			}
		}
		if err != nil {
			return nil, &net.OpError{Op: "dial", Net: "pipe", Addr: pipeAddr(path), Err: err}
		}
		if err := ownedBy(conn.handle, user); err != nil {
			conn.Close()
			return nil, err
		}
		return conn, nil
	}
}

// openPipe opens a pipe as its client. The server learns nothing of this
// process that it could act with.
func openPipe(path string) (*pipeConn, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const anonymous = windows.SECURITY_SQOS_PRESENT | windows.SECURITY_ANONYMOUS
	handle, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil,
		windows.OPEN_EXISTING, windows.FILE_FLAG_OVERLAPPED|anonymous, 0)
	if err != nil {
		return nil, err
	}
	return newPipeConn(handle, path), nil
}

// currentUser returns the SID of the user this process runs as.
func currentUser() (*windows.SID, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, fmt.Errorf("who runs this process: %w", err)
	}
	return user.User.Sid, nil
}

// pipePath names the pipe. All users of a computer share one space of names.
func pipePath(user *windows.SID, dir, name string) string {
	sum := sha256.Sum256([]byte(user.String() + "|" + strings.ToLower(dir)))
	return `\\.\pipe\chute-` + hex.EncodeToString(sum[:8]) + "-" + name
}

// ownedBy fails where the pipe is not the user's: whoever knows its name could
// have made it first.
func ownedBy(pipe windows.Handle, user *windows.SID) error {
	about, err := windows.GetSecurityInfo(pipe, windows.SE_KERNEL_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("who owns the pipe: %w", err)
	}
	owner, _, err := about.Owner()
	if err != nil {
		return fmt.Errorf("who owns the pipe: %w", err)
	}
	if !owner.Equals(user) {
		return ErrOtherUser
	}
	return nil
}
