package faultmatrix

import (
	"net"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer is a DNS server that answers every question for an address with
// 127.0.0.1 once it knows the name.
type nameServer struct {
	conn  net.PacketConn
	how   int // its answer before
	knows atomic.Bool
}

func newNameServer(t *testing.T, how int) *nameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &nameServer{conn: conn, how: how}
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.serve()
	}()
	t.Cleanup(func() {
		conn.Close()
		<-served
	})
	return s
}

// addr is where to ask: a port where nobody listens, as long as the server is
// to be gone.
func (s *nameServer) addr() string {
	if s.how == silence && !s.knows.Load() {
		return "127.0.0.1:9" // discard
	}
	return s.conn.LocalAddr().String()
}

func (s *nameServer) serve() {
	buf := make([]byte, 1500)
	for {
		n, from, err := s.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if answer := s.answer(buf[:n]); answer != nil {
			s.conn.WriteTo(answer, from)
		}
	}
}

func (s *nameServer) answer(question []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) == 0 {
		return nil
	}
	m.Response, m.RecursionAvailable, m.Authoritative, m.Additionals = true, true, true, nil
	q := m.Questions[0]
	switch {
	case !s.knows.Load():
		m.RCode = dnsmessage.RCode(s.how)
	case q.Type == dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
		}}
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}
