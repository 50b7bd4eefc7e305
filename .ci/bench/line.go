package main

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// A line stands between a program and the store: all connections share its
// rate, in the direction of the store, and each byte takes half the round trip
// in each direction. A connection has at most lineWindow bytes on the way, as
// Linux's own limit for what a socket may have sent and not yet heard of.
type line struct {
	listener net.Listener
	store    string
	rtt      time.Duration
	bucket   *rate.Limiter
	up       atomic.Int64 // bytes from the program
	stop     context.CancelFunc
	ctx      context.Context
	work     sync.WaitGroup
}

const (
	lineWindow = 4 << 20
	linePacket = 16 << 10
	// lineQueue is what a router keeps ready while nobody looks: 10 ms of
	// 200 Mbit/s. Without it the line loses what this process sleeps too long.
	lineQueue = 256 << 10
)

// startLine makes a line of bytesPerSecond to the store at address; 0: as
// fast as it goes.
func startLine(address string, bytesPerSecond float64, rtt time.Duration) (*line, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &line{listener: listener, store: address, rtt: rtt}
	l.bucket = rate.NewLimiter(rate.Inf, lineQueue)
	if bytesPerSecond > 0 {
		l.bucket.SetLimit(rate.Limit(bytesPerSecond))
	}
	l.ctx, l.stop = context.WithCancel(context.Background())
	go l.serve()
	return l, nil
}

func (l *line) address() string { return l.listener.Addr().String() }

func (l *line) close() {
	l.stop()
	l.listener.Close()
	l.work.Wait()
}

func (l *line) serve() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.work.Go(func() {
			time.Sleep(l.rtt) // the handshake, of which the program saw nothing
			far, err := net.Dial("tcp", l.store)
			if err != nil {
				near.Close()
				return
			}
			// A small buffer: what is on the way is in the line, not in the kernel.
			near.(*net.TCPConn).SetReadBuffer(64 << 10)
			stop := context.AfterFunc(l.ctx, func() { near.Close(); far.Close() })
			defer stop()
			var both sync.WaitGroup
			both.Go(func() { l.carry(far.(*net.TCPConn), near.(*net.TCPConn), true) })
			both.Go(func() { l.carry(near.(*net.TCPConn), far.(*net.TCPConn), false) })
			both.Wait()
			near.Close()
			far.Close()
		})
	}
}

// packet is bytes on their way.
type packet struct {
	data []byte
	due  time.Time
}

// carry moves bytes from one end to the other until either has enough.
func (l *line) carry(to, from *net.TCPConn, up bool) {
	way := make(chan packet, lineWindow/linePacket)
	var ended atomic.Bool
	go func() {
		defer close(way)
		for !ended.Load() {
			buf := make([]byte, linePacket)
			n, err := from.Read(buf)
			if n > 0 {
				if up {
					l.up.Add(int64(n))
					if l.bucket.WaitN(l.ctx, n) != nil {
						return
					}
				}
				way <- packet{buf[:n], time.Now().Add(l.rtt / 2)}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range way {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.data); err != nil {
			ended.Store(true)
			from.CloseRead()
			for range way { // let the reader end
			}
			return
		}
	}
	to.CloseWrite()
}

// settled waits until no byte moves any more and returns how many came.
func (l *line) settled() int64 {
	for last := int64(-1); ; {
		now := l.up.Load()
		if now == last {
			return now
		}
		last = now
		time.Sleep(300 * time.Millisecond)
	}
}
