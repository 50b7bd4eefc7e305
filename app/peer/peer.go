// Package peer lets processes of one user talk to each other on this computer:
// over a Unix socket in a folder of this user's, on Windows over a named pipe
// that only this user may open. Both ends make sure of the other.
package peer

import (
	"context"
	"errors"
	"net"
)

// ErrOtherUser says that another user is at the other end.
var ErrOtherUser = errors.New("another user's process answers in the place of Chute")

// Listen listens under a name that belongs to dir, an absolute path of a folder
// of this user's. One process at a time may: the caller holds a lock that says
// so, and what a process that crashed left behind is taken over. Accept gives
// connections of this user's processes alone; others are closed unread. After
// Close its error is net.ErrClosed.
func Listen(dir, name string) (net.Listener, error) { return listen(dir, name) }

// Dial connects to the process that listens under the name in dir. Where that
// is another user's the error is [ErrOtherUser], and nothing was sent; where
// nobody listens it is one at once, not after a wait.
func Dial(ctx context.Context, dir, name string) (net.Conn, error) { return dial(ctx, dir, name) }
