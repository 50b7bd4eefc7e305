package localstore

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"time"

	"chute/app/peer"
)

// handover gives the gateway's address and credentials to other processes of
// the same user, and to them alone. The credentials are in no file.
type handover struct {
	listener net.Listener
	done     chan struct{}
}

// handoverTimeout bounds a conversation of a few hundred bytes.
const handoverTimeout = 2 * time.Second

// handoverName is what the hand-over listens under, in the store's folder. The
// store's lock says who may.
const handoverName = "hand"

func serveHandover(dir string, a Access) (*handover, error) {
	listener, err := peer.Listen(dir, handoverName)
	if err != nil {
		return nil, err
	}
	h := &handover{listener: listener, done: make(chan struct{})}
	go func() {
		defer close(h.done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(handoverTimeout))
				json.NewEncoder(conn).Encode(a)
			}()
		}
	}()
	return h, nil
}

func (h *handover) close() {
	h.listener.Close()
	<-h.done
}

func askHandover(ctx context.Context, dir string) (Access, error) {
	ctx, cancel := context.WithTimeout(ctx, handoverTimeout)
	defer cancel()
	conn, err := peer.Dial(ctx, dir, handoverName)
	if err != nil {
		return Access{}, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(handoverTimeout))
	var a Access
	if err := json.NewDecoder(conn).Decode(&a); err != nil {
		return Access{}, fmt.Errorf("hand-over: %w", err)
	}
	return a, nil
}
