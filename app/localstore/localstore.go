// Package localstore is the store of the destination "this-computer": an S3
// gateway that the first Chute process of a user runs and all of them use.
//
// Port and credentials stay the same from start to start, so that a link works
// whenever Chute runs. The port is remembered in a file, the credentials in
// the keyring; where there is no keyring, they live as long as the process
// that runs the gateway, and other processes of the same user get them from it
// over a socket.
package localstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"chute/uploader/gateway"

	"github.com/gofrs/flock"
)

// What the gateway is asked for.
const (
	Bucket = "chute"
	Region = "us-east-1"
)

// Secrets keeps the gateway's credentials from start to start.
type Secrets interface {
	// Get returns the access key and the secret key; ok is false where none
	// are kept.
	Get(ctx context.Context) (access, secret string, ok bool)
	// Set keeps them, if it can.
	Set(ctx context.Context, access, secret string)
}

// Access is what a signer needs to use the store.
type Access struct {
	Endpoint             string
	AccessKey, SecretKey string
}

// Store is the local store as one process sees it. Its methods may be called
// from several goroutines.
type Store struct {
	dir     string
	secrets Secrets

	mu     sync.Mutex
	lock   *flock.Flock
	gw     *gateway.Gateway // nil: another process runs it
	hand   *handover
	access Access
	moved  bool
}

// New makes a Store with its data below dir, an absolute path. It does no I/O.
func New(dir string, secrets Secrets) *Store {
	return &Store{dir: dir, secrets: secrets, lock: flock.New(filepath.Join(dir, "lock"))}
}

// startPatience is how long another process may take to start the gateway
// whose lock it holds.
const startPatience = 20 * time.Second

// Open makes sure that the gateway runs, here or in another process, and says
// how to reach it. It is cheap to call again, and should be before each use:
// when the process that ran the gateway has ended, this one takes over.
func (s *Store) Open(ctx context.Context) (Access, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for deadline := time.Now().Add(startPatience); ; {
		if s.gw != nil {
			return s.access, nil
		}
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			return Access{}, fmt.Errorf("local store: %w", err)
		}
		mine, err := s.lock.TryLock()
		if err != nil {
			return Access{}, fmt.Errorf("local store: %w", err)
		}
		if mine {
			return s.access, s.run(ctx)
		}
		access, err := s.find(ctx)
		if err == nil {
			s.access = access
			return access, nil
		}
		if time.Now().After(deadline) {
			return Access{}, fmt.Errorf("local store: another Chute holds it, but does not answer: %w", err)
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return Access{}, ctx.Err()
		}
	}
}

// run starts the gateway in this process, which holds the lock.
func (s *Store) run(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			s.lock.Unlock()
		}
	}()
	access, secret, ok := s.secrets.Get(ctx)
	if !ok {
		access, secret = rand.Text(), rand.Text()+rand.Text()
		s.secrets.Set(ctx, access, secret)
	}
	config := gateway.Config{
		Dir: s.dir, Port: s.rememberedPort(), AccessKey: access, SecretKey: secret, Region: Region, Buckets: []string{Bucket},
	}
	gw, err := gateway.Start(ctx, config)
	if errors.Is(err, gateway.ErrPortTaken) {
		config.Port, s.moved = 0, true
		gw, err = gateway.Start(ctx, config)
	}
	if err != nil {
		return err
	}
	s.access = Access{Endpoint: gw.URL(), AccessKey: access, SecretKey: secret}
	s.hand, err = serveHandover(s.dir, s.access)
	if err == nil {
		err = os.WriteFile(s.portFile(), []byte(strconv.Itoa(gw.Port())+"\n"), 0o600)
	}
	if err != nil {
		gw.Close()
		return fmt.Errorf("local store: %w", err)
	}
	s.gw = gw
	return nil
}

// find reaches the gateway that another process runs.
func (s *Store) find(ctx context.Context) (Access, error) {
	access, err := askHandover(ctx, s.dir)
	if err != nil {
		return Access{}, err
	}
	if !gateway.Answers(ctx, access.Endpoint) {
		return Access{}, errors.New("no answer at its port")
	}
	return access, nil
}

// Moved reports that the remembered port was taken by another program, so that
// links made before no longer work.
func (s *Store) Moved() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.moved
}

// Serves reports whether the gateway runs in this process.
func (s *Store) Serves() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gw != nil
}

// Close ends the gateway where this process runs it. Open starts it again.
func (s *Store) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gw == nil {
		return
	}
	s.hand.close()
	s.gw.Close()
	s.gw = nil
	s.lock.Unlock()
}

func (s *Store) portFile() string { return filepath.Join(s.dir, "port") }

// rememberedPort is the port of the last start; 0 where there was none.
func (s *Store) rememberedPort() int {
	text, err := os.ReadFile(s.portFile())
	if err != nil {
		return 0
	}
	port, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || port < 1024 || port > 65535 {
		return 0
	}
	return port
}
