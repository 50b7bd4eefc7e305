// Package secret keeps what must stay secret in the keyring of the operating
// system or, where there is none, in memory until the program ends.
//
// Nothing here writes a secret to a file, a log or an error.
package secret

import (
	"context"
	"errors"
	"log/slog"

	"chute/uploader/fault"
)

// ErrNotFound says that no such secret is kept.
var ErrNotFound = errors.New("no such secret")

// Secret is a secret value. Printing it, in whatever way, does not show it.
type Secret string

const hidden = "[secret]"

// String hides the value.
func (Secret) String() string { return hidden }

// GoString hides the value.
func (Secret) GoString() string { return hidden }

// LogValue hides the value.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the value from JSON and other encodings.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Reveal returns the value, for the one place that uses it.
func (s Secret) Reveal() string { return string(s) }

// Field says which secret of a destination is meant. Each is kept by itself:
// Windows takes 2,560 bytes at most, which a session token can nearly fill.
type Field string

// The fields.
const (
	AccessKeyID     Field = "access-key-id"
	SecretAccessKey Field = "secret-access-key"
	SessionToken    Field = "session-token"
	Backend         Field = "backend"
)

// Fields lists all fields, for whoever removes a destination.
var Fields = []Field{AccessKeyID, SecretAccessKey, SessionToken, Backend}

// Kind says how long secrets are kept.
type Kind int

// The kinds.
const (
	// Keyring keeps them in the operating system's keyring.
	Keyring Kind = iota
	// Memory keeps them until the program ends.
	Memory
)

// Store keeps secrets by destination and field. Its methods may be called from
// several goroutines at once. A failure is a *fault.Error with code
// fault.Keyring, or the error of a context that ended.
type Store interface {
	// Get returns ErrNotFound where there is no such secret.
	Get(ctx context.Context, destination string, field Field) (Secret, error)
	// Set keeps value in place of what was there. It has been read back when
	// Set returns without an error.
	Set(ctx context.Context, destination string, field Field, value Secret) error
	// Delete forgets a secret. One that is not there is no error.
	Delete(ctx context.Context, destination string, field Field) error
	// Kind says where secrets are now. It is Memory from the moment on that no
	// keyring was found, for the life of the Store; before the first use of
	// the Store it is Keyring.
	Kind() Kind
}

// MissingNotice is what the user must be told where a Store is of kind Memory.
func MissingNotice() *fault.Error { return fault.New(fault.Keyring, fault.KeyringMissing, nil, nil) }
