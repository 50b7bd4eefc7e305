package storetest

import (
	"io"
	"net"
	"sync"
)

// door is a listener that can be shut and opened again at the same address.
// While it is shut, the system refuses connections.
type door struct {
	addr net.Addr

	mu     sync.Mutex
	inner  net.Listener // nil: shut
	opened chan struct{}
	closed bool
	conns  map[net.Conn]struct{}
	// The next slams connections are reset after so many bytes.
	slams     int
	slamAfter int64
}

func newDoor() (*door, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &door{addr: l.Addr(), inner: l, opened: make(chan struct{}), conns: make(map[net.Conn]struct{})}, nil
}

// Accept implements net.Listener. It waits while the door is shut.
func (d *door) Accept() (net.Conn, error) {
	for {
		d.mu.Lock()
		l, opened, closed := d.inner, d.opened, d.closed
		d.mu.Unlock()
		if closed {
			return nil, net.ErrClosed
		}
		if l == nil {
			<-opened
			continue
		}
		conn, err := l.Accept()
		if err != nil {
			continue // it was shut
		}
		d.mu.Lock()
		slam, after := d.slams > 0, d.slamAfter
		if slam {
			d.slams--
		} else {
			d.conns[conn] = struct{}{}
		}
		d.mu.Unlock()
		if slam {
			go func() {
				io.CopyN(io.Discard, conn, after)
				reset(conn)
			}()
			continue
		}
		return guest{conn.(*net.TCPConn), d}, nil
	}
}

// guest is a connection that its door knows of.
type guest struct {
	*net.TCPConn
	d *door
}

func (g guest) Close() error {
	g.d.mu.Lock()
	delete(g.d.conns, g.TCPConn)
	g.d.mu.Unlock()
	return g.TCPConn.Close()
}

// shut refuses new connections and resets those there are.
func (d *door) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inner == nil {
		return
	}
	d.inner.Close()
	d.inner = nil
	for conn := range d.conns {
		reset(conn)
	}
	clear(d.conns)
}

func (d *door) open() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inner != nil || d.closed {
		return nil
	}
	l, err := net.Listen("tcp4", d.addr.String())
	if err != nil {
		return err
	}
	d.inner = l
	close(d.opened)
	d.opened = make(chan struct{})
	return nil
}

// Close implements net.Listener.
func (d *door) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil
	}
	d.closed = true
	close(d.opened)
	if d.inner != nil {
		return d.inner.Close()
	}
	return nil
}

// Addr implements net.Listener.
func (d *door) Addr() net.Addr { return d.addr }

// Leave makes the store unreachable: connections are reset, and new ones refused.
func (s *Store) Leave() { s.door.shut() }

// Return makes a store that left reachable again, at the same address.
func (s *Store) Return() {
	s.t.Helper()
	if err := s.door.open(); err != nil {
		s.t.Error(err)
	}
}

// Slam resets the next n connections after they have brought so many bytes:
// before there is a whole request to tell one from another by.
func (s *Store) Slam(n int, after int64) {
	s.door.mu.Lock()
	defer s.door.mu.Unlock()
	s.door.slams, s.door.slamAfter = n, after
}
