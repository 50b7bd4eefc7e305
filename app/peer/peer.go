// Package peer lets processes of one user talk to each other on this computer:
// over a Unix socket in a folder that only this user may enter, on Windows over
// a named pipe that only this user may open.
package peer

import (
	"context"
	"net"
)

// Listen listens under a name that belongs to dir, an absolute path of a
// folder that only this user may enter. One process at a time may: the caller
// holds a lock that says so, and what a process that crashed left behind is
// taken over. Other users cannot connect.
func Listen(dir, name string) (net.Listener, error) { return listen(dir, name) }

// Dial connects to the process that listens under the name in dir. It fails
// where the listener is another user's. Where nobody listens the error is one
// at once, not after a wait.
func Dial(ctx context.Context, dir, name string) (net.Conn, error) { return dial(ctx, dir, name) }
