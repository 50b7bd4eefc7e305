//go:build darwin || freebsd

package peer

import "golang.org/x/sys/unix"

// userOf is the user at the other end of a socket.
func userOf(fd int) (uid int, err error) {
	c, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return -1, err
	}
	return int(c.Uid), nil
}
