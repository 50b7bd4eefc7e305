// Package fault holds what can go wrong with an upload, as values: a code that
// programs match, the class that tells the engine what to do about it, the
// facts, and (in words.go, and nowhere else) the words for the user.
package fault

import (
	"errors"
	"strings"
	"time"
)

// Code names a failure for programs. The set is a contract; it only grows.
type Code string

// The codes.
const (
	Expired     Code = "expired"
	ClockSkew   Code = "clock-skew"
	Denied      Code = "denied"
	Signature   Code = "signature"
	NoBucket    Code = "no-bucket"
	WrongRegion Code = "wrong-region"
	TooLarge    Code = "too-large"
	WrongType   Code = "wrong-type"
	Throttled   Code = "throttled"
	Offline     Code = "offline"
	TLS         Code = "tls"
	Backend     Code = "backend"
	Changed     Code = "changed"
	Unreadable  Code = "unreadable"
	Keyring     Code = "keyring"
	Checksum    Code = "checksum"
	Cancelled   Code = "cancelled"
	Config      Code = "config"
	Unsupported Code = "unsupported"
	Internal    Code = "internal"
)

// Class says what the engine does about a failure.
type Class int

const (
	// Permanent failures end the transfer: the same request fails again.
	Permanent Class = iota
	// Transient failures are tried again after a short, growing pause.
	Transient
	// Slow is Transient with a longer pause: the store asked for less.
	Slow
	// Stale requests are signed anew and sent again; not a failed attempt.
	Stale
	// Unreachable means that nothing answers: wait for the network.
	Unreachable
)

// Facts are the names and numbers that a message mentions, by the name that
// the words in words.go use. They hold nothing secret.
type Facts map[string]string

// Error is a failure that may reach the user.
type Error struct {
	Code Code
	// Variant picks more exact words than the code's own; see words.go.
	Variant Variant
	Class   Class
	Facts   Facts
	// Mistakes are what the words call Detail, a line each.
	Mistakes []Mistake
	// RetryAfter is how long the server asked to wait; 0: it did not say.
	RetryAfter time.Duration
	// Status, Server and RequestID are the server's own words, for the log and
	// the details; 0 or empty where no server spoke.
	Status    int
	Server    string // its code, such as NoSuchUpload
	RequestID string
	// Err is the cause, for the log. It may hold a signed URL's host and path,
	// never its query.
	Err error
}

// New makes a Permanent failure.
func New(code Code, variant Variant, facts Facts, err error) *Error {
	return &Error{Code: code, Variant: variant, Facts: facts, Err: err}
}

// Error says code, sentence and cause, for logs; the user reads Message and Hint.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	b.WriteString(": ")
	b.WriteString(e.Message())
	if e.Server != "" {
		b.WriteString(" (" + e.Server)
		if e.RequestID != "" {
			b.WriteString(", request " + e.RequestID)
		}
		b.WriteString(")")
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// As returns the *Error in err's chain. Any other error becomes Internal, and
// nil stays nil.
func As(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return New(Internal, "", nil, err)
}

// CodeOf returns the code of err: Internal for an error without one, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return As(err).Code
}
