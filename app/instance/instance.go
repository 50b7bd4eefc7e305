package instance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"time"

	"chute/app/peer"

	"github.com/gofrs/flock"
)

// lockName is the file whose lock the first process holds, pipeName what it
// listens under.
const (
	lockName = "window.lock"
	pipeName = "window"
)

// The patience of a second start: with a first one that is starting or ending,
// which takes seconds, and between two looks at it.
const (
	patience  = 30 * time.Second
	lookAgain = 50 * time.Millisecond
)

// How long a second start may take to say what it wants, and how long it tries
// to before it looks anew.
const (
	readTimeout  = 10 * time.Second
	writeTimeout = 3 * time.Second
)

// First is the process that has the window.
type First struct {
	lock     *flock.Flock
	listener net.Listener
	ready    chan struct{} // closed by Serve
	take     func(Message) error
	running  context.Context
	end      context.CancelFunc
	work     sync.WaitGroup
}

// Claim makes this process the first, in dir, which must exist and belong to
// the user. Where another process is the first already, it is handed m, and
// Claim returns nil for both; a [Refusal] is what it said to that. A first
// process that is starting or ending is waited for, for half a minute at most.
func Claim(ctx context.Context, dir string, m Message) (*First, error) {
	return claim(ctx, dir, m, patience)
}

func claim(ctx context.Context, dir string, m Message, patience time.Duration) (*First, error) {
	data, err := m.encode()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("it does not answer"))
	defer cancel()
	lock := flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600))
	for {
		first, err := lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("looking for another start: %w", err)
		}
		if first {
			return begin(dir, lock)
		}
		err = handOver(ctx, dir, data)
		if _, refused := errors.AsType[Refusal](err); err == nil || refused {
			return nil, err
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return nil, fmt.Errorf("another Chute has the window: %w: %w", context.Cause(ctx), err)
		}
	}
}

// begin listens. The lock says that no other process does: what is in the way
// is left over.
func begin(dir string, lock *flock.Flock) (*First, error) {
	listener, err := peer.Listen(dir, pipeName)
	if err != nil {
		lock.Unlock()
		return nil, fmt.Errorf("listening for another start: %w", err)
	}
	f := &First{lock: lock, listener: listener, ready: make(chan struct{})}
	f.running, f.end = context.WithCancel(context.Background())
	f.work.Go(f.accept)
	return f, nil
}

// handOver gives the first process a message, and returns what it says to it.
func handOver(ctx context.Context, dir string, data []byte) error {
	conn, err := peer.Dial(ctx, dir, pipeName)
	if errors.Is(err, peer.ErrOtherUser) {
		return Refusal{err.Error()} // waiting does not make it another
	}
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Now()) })()
	letRaise()
	// One that listens reads at once; one that does not may have died meanwhile.
	if err := conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	if _, err := conn.Write(data); err != nil {
		return err
	}
	return readAnswer(conn)
}

// Serve gives take what second starts hand over; those that came before wait
// for it. It returns at once. take may be called from several goroutines; its
// error is told to whoever handed over, and [ErrEnding] makes them try anew.
func (f *First) Serve(take func(Message) error) {
	f.take = take
	close(f.ready)
}

// End makes those who start the program from now on wait for Close, after which
// one of them is the first.
func (f *First) End() { f.end() }

// Close lets another process be the first.
func (f *First) Close() error {
	f.end()
	err := f.listener.Close()
	f.work.Wait()
	return errors.Join(err, f.lock.Unlock())
}

func (f *First) accept() {
	for {
		conn, err := f.listener.Accept()
		switch {
		case err == nil:
			f.work.Go(func() {
				defer conn.Close()
				f.receive(conn)
			})
		case errors.Is(err, net.ErrClosed):
			return
		default: // such as too many open files
			select {
			case <-time.After(lookAgain):
			case <-f.running.Done():
				return
			}
		}
	}
}

// receive takes one message.
func (f *First) receive(conn net.Conn) {
	if conn.SetReadDeadline(time.Now().Add(readTimeout)) != nil {
		return
	}
	// Who is ending does not wait for one that says nothing.
	stop := context.AfterFunc(f.running, func() { conn.SetReadDeadline(time.Now()) })
	m, err := readMessage(conn)
	stop()
	if err != nil {
		return
	}
	select {
	case <-f.ready:
	case <-f.running.Done():
	}
	if err = ErrEnding; f.running.Err() == nil {
		err = f.take(m)
	}
	conn.SetWriteDeadline(time.Now().Add(readTimeout))
	writeAnswer(conn, err)
}
