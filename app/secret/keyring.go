package secret

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/zalando/go-keyring"

	"chute/uploader/fault"
)

// Patience is how long a call waits for the keyring. The keyring may be asking
// the user for its password, which takes a person some ten seconds; who is away
// is told what to look for instead of finding a program that hangs.
const Patience = 30 * time.Second

// Open returns the Store of this user. Where portable is not empty it is the
// folder that holds everything of a portable installation, whose secrets are
// kept apart from those of others. Open does no I/O.
func Open(portable string) Store {
	return &store{service: Service(portable), keyring: system{}, present: present, turn: make(chan struct{}, 1), memory: map[string]Secret{}}
}

// Service is the name under which the keyring lists the secrets.
func Service(portable string) string {
	if portable == "" {
		return "chute"
	}
	sum := sha256.Sum256([]byte(portable))
	return "chute-" + hex.EncodeToString(sum[:8])
}

// keyringAPI is what the store needs of go-keyring.
type keyringAPI interface {
	Set(service, user, password string) error
	Get(service, user string) (string, error)
	Delete(service, user string) error
}

// system is the keyring of the operating system.
type system struct{}

func (system) Set(service, user, password string) error { return keyring.Set(service, user, password) }
func (system) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (system) Delete(service, user string) error        { return keyring.Delete(service, user) }

// store asks the keyring or, where there was none at its first use, a map.
type store struct {
	service string
	keyring keyringAPI
	// present finds out whether there is a keyring: errMissing says no.
	present func(context.Context) error
	// turn is full while a call is with the keyring, also one that nobody waits
	// for any more: two prompts at a time would get each other's answers, since
	// all calls of a process share one D-Bus connection.
	turn chan struct{}

	mu     sync.Mutex
	looked bool // kind is final
	kind   Kind
	memory map[string]Secret
}

var (
	errMissing = errors.New("no keyring")
	errSlow    = fmt.Errorf("no answer from the keyring within %v", Patience)
	errRefused = errors.New("the keyring did not keep the secret")
)

func (s *store) Kind() Kind {
	kind, _ := s.found()
	return kind
}

// user is the account name of a secret in the keyring. No field holds a slash,
// so that the parts stay apart.
func user(destination string, field Field) string { return string(field) + "/" + destination }

func (s *store) Get(ctx context.Context, destination string, field Field) (Secret, error) {
	name := user(destination, field)
	var value Secret
	err := s.do(ctx, func() error {
		v, err := s.keyring.Get(s.service, name)
		value = Secret(v)
		return err
	}, func() error {
		v, ok := s.memory[name]
		if !ok {
			return ErrNotFound
		}
		value = v
		return nil
	})
	if err != nil {
		return "", err
	}
	return value, nil
}

func (s *store) Set(ctx context.Context, destination string, field Field, value Secret) error {
	name := user(destination, field)
	return s.do(ctx, func() error {
		if err := s.keyring.Set(s.service, name, value.Reveal()); err != nil {
			return err
		}
		// A Secret Service reports success also where the user said no.
		back, err := s.keyring.Get(s.service, name)
		if errors.Is(err, keyring.ErrNotFound) || err == nil && back != value.Reveal() {
			return errRefused
		}
		return err
	}, func() error {
		s.memory[name] = value
		return nil
	})
}

func (s *store) Delete(ctx context.Context, destination string, field Field) error {
	name := user(destination, field)
	return s.do(ctx, func() error {
		err := s.keyring.Delete(s.service, name)
		if errors.Is(err, keyring.ErrNotFound) {
			return nil
		}
		return err
	}, func() error {
		delete(s.memory, name)
		return nil
	})
}

// do runs inKeyring or, where there is no keyring, inMemory under s.mu.
func (s *store) do(ctx context.Context, inKeyring, inMemory func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, Patience, errSlow)
	defer cancel()
	kind, err := s.look(ctx)
	if err != nil {
		return judge(err)
	}
	if kind == Memory {
		s.mu.Lock()
		defer s.mu.Unlock()
		return inMemory()
	}
	err = s.patiently(ctx, inKeyring)
	if isLocked(err) {
		// The wait for the user's answer also ends, without one, when any other
		// signal comes in on the connection.
		err = s.patiently(ctx, inKeyring)
	}
	return judge(err)
}

// look finds out at the first use whether there is a keyring.
func (s *store) look(ctx context.Context) (Kind, error) {
	if kind, looked := s.found(); looked {
		return kind, ctx.Err()
	}
	err := s.patiently(ctx, func() error {
		if _, looked := s.found(); looked { // by whose turn was before
			return nil
		}
		err := s.present(ctx)
		missing := errors.Is(err, errMissing)
		if err != nil && !missing {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.looked = true
		if missing {
			s.kind = Memory
		}
		return nil
	})
	return s.Kind(), err
}

// found is what look found out, if it did already.
func (s *store) found() (kind Kind, looked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kind, s.looked
}

// patiently runs f, which may hang or panic, until it ends or ctx does. What f
// writes may be read only where f ended without an error.
func (s *store) patiently(ctx context.Context, f func() error) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				// Not r itself: it might hold what was on its way.
				done <- fmt.Errorf("the keyring library panicked with a %T", r)
			}
			<-s.turn
		}()
		done <- f()
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// judge turns what the keyring says into what the user is told.
func judge(err error) error {
	switch {
	case err == nil, errors.Is(err, ErrNotFound), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, errSlow):
		return fault.New(fault.Keyring, fault.KeyringSlow, nil, err)
	case errors.Is(err, errMissing):
		return fault.New(fault.Keyring, fault.KeyringMissing, nil, err)
	case errors.Is(err, errRefused), isLocked(err):
		return fault.New(fault.Keyring, fault.KeyringLocked, nil, err)
	default:
		return fault.New(fault.Keyring, "", nil, err)
	}
}
