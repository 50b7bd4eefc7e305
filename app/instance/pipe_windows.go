package instance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// pipeName is the pipe of a user and a folder: names of pipes are shared by the
// whole computer.
func pipeName(dir string) (string, *windows.SID, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return "", nil, err
	}
	sid := user.User.Sid
	sum := sha256.Sum256([]byte(sid.String() + "\x00" + strings.ToLower(dir)))
	return `\\.\pipe\chute-` + hex.EncodeToString(sum[:16]), sid, nil
}

// listen makes the pipe, open to this user alone. Where somebody has a pipe of
// that name already it fails, so that nobody can listen in its place.
func listen(dir string) (net.Listener, error) {
	name, sid, err := pipeName(dir)
	if err != nil {
		return nil, err
	}
	// Protected, so that nothing is inherited; owned by the user even where
	// Windows would make it the administrators'.
	return winio.ListenPipe(name, &winio.PipeConfig{SecurityDescriptor: fmt.Sprintf("O:%[1]sD:P(A;;GA;;;%[1]s)", sid)})
}

func dial(ctx context.Context, dir string) (net.Conn, error) {
	name, _, err := pipeName(dir)
	if err != nil {
		return nil, err
	}
	return winio.DialPipeContext(ctx, name) // anonymously: the other end cannot act as this user
}

func closed(err error) bool { return errors.Is(err, winio.ErrPipeListenerClosed) }

// sameUser fails where the pipe belongs to another user: its name is no secret,
// and any process might have made it first. Who may open it, Windows decides by
// the pipe's list.
func sameUser(conn net.Conn) error {
	pipe, ok := conn.(interface{ Fd() uintptr })
	if !ok {
		return errors.New("the pipe has no handle")
	}
	sd, err := windows.GetSecurityInfo(windows.Handle(pipe.Fd()), windows.SE_KERNEL_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return err
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return err
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return err
	}
	if !owner.Equals(user.User.Sid) {
		return errOther
	}
	return nil
}

var allowSetForegroundWindow = windows.NewLazySystemDLL("user32.dll").NewProc("AllowSetForegroundWindow")

// letRaise lets the first process bring its window up: Windows grants that only
// to a process that the user has just started, which is this one.
func letRaise() {
	const anyProcess = 0xffffffff
	if allowSetForegroundWindow.Find() == nil {
		allowSetForegroundWindow.Call(anyProcess)
	}
}
