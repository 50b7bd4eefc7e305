package uploader

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// widePair is a connection, and what comes out of its other end until now.
func widePair(t *testing.T) (*wideConn, func(want int) string) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	near, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close(); far.Close() })
	return &wideConn{TCPConn: near.(*net.TCPConn)}, func(want int) string {
		wait := 10 * time.Second
		if want == 0 {
			wait = 20 * time.Millisecond
		}
		far.SetReadDeadline(time.Now().Add(wait))
		got := make([]byte, max(want, 1))
		n, err := io.ReadFull(far, got)
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
		return string(got[:n])
	}
}

func TestHeadGoesWithBody(t *testing.T) {
	const head = "PUT / HTTP/1.1\r\nHost: x\r\n\r\n"
	type step func(c *wideConn) (int64, error)
	write := func(s string) step {
		return func(c *wideConn) (int64, error) { n, err := c.Write([]byte(s)); return int64(n), err }
	}
	body := func(s string) step {
		return func(c *wideConn) (int64, error) { return c.ReadFrom(strings.NewReader(s)) }
	}
	large := strings.Repeat("0123456789abcdef", 3*wideSize/16)
	for name, c := range map[string]struct {
		wanted bool
		steps  []step
		counts []int64
		// arrived is what is there before the last step, and all after it.
		arrived, all string
	}{
		"with its body":       {true, []step{write(head), body("bytes")}, []int64{int64(len(head)), 5}, "", head + "bytes"},
		"with a large body":   {true, []step{write(head), body(large)}, []int64{int64(len(head)), int64(len(large))}, "", head + large},
		"before a write":      {true, []step{write(head), write("bytes")}, []int64{int64(len(head)), 5}, "", head + "bytes"},
		"not asked for":       {false, []step{write(head), body("bytes")}, []int64{int64(len(head)), 5}, head, head + "bytes"},
		"body in the buffer":  {true, []step{write(head + "by"), body("tes")}, []int64{int64(len(head)) + 2, 3}, head + "by", head + "bytes"},
		"no end of it":        {true, []step{write(head[:len(head)-1]), body("bytes")}, []int64{int64(len(head)) - 1, 5}, head[:len(head)-1], head[:len(head)-1] + "bytes"},
		"a body that is none": {true, []step{write(head), body("")}, []int64{int64(len(head)), 0}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			conn, arrived := widePair(t)
			conn.together = c.wanted
			for i, step := range c.steps {
				if last := i == len(c.steps)-1; last {
					if got := arrived(len(c.arrived)); got != c.arrived {
						t.Errorf("%q arrived before it", got)
					}
				}
				sent := make(chan error, 1)
				go func() {
					n, err := step(conn)
					if n != c.counts[i] {
						err = errors.Join(err, errors.New("wrong count"))
					}
					sent <- err
				}()
				if i == len(c.steps)-1 {
					if rest := strings.TrimPrefix(c.all, c.arrived); arrived(len(rest)) != rest {
						t.Error("not all arrived")
					}
				}
				if err := <-sent; err != nil {
					t.Error(err)
				}
			}
		})
	}
}
