package journal

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// lease says that this process is alive, for as long as it is: a locked file
// with the process's own name. The operating system lets go of the lock when
// the process ends, however it ends.
type lease struct {
	dir, name string
	lock      *flock.Flock
}

func newLease(dir string) (*lease, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	l := &lease{dir: dir, name: strings.ToLower(rand.Text())}
	l.lock = flock.New(l.file(l.name))
	locked, err := l.lock.TryLock()
	if err == nil && !locked {
		err = errors.New("a new lock is held by somebody else")
	}
	return l, err
}

func (l *lease) file(name string) string { return filepath.Join(l.dir, filepath.Base(name)) }

// alive reports whether the process of that name is.
func (l *lease) alive(name string) bool {
	if name == l.name {
		return true
	}
	if _, err := os.Stat(l.file(name)); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	lock := flock.New(l.file(name))
	free, err := lock.TryLock()
	if free {
		lock.Unlock()
	}
	return err == nil && !free
}

// forget removes the file of a process that has ended.
func (l *lease) forget(name string) {
	if name != l.name && !l.alive(name) {
		os.Remove(l.file(name))
	}
}

// release ends the lease.
func (l *lease) release() {
	l.lock.Unlock()
	os.Remove(l.file(l.name))
}
