// Package instance sees to it that one process a user has the window: whoever
// starts the program again hands over what it was given, and ends.
//
// The first process holds a lock that dies with it, and listens where only the
// same user comes in: at a Unix socket in a folder of the user's, or a named
// pipe on Windows. Both ends look who the other is.
package instance

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// Message is what a second start hands over.
type Message struct {
	// Paths are absolute, or addresses with a scheme. They may hold any byte
	// but 0, as file names do.
	Paths []string
	// To names the destination; empty: the one in use.
	To string
	// Hidden leaves the window as it is instead of bringing it up.
	Hidden bool
}

// The form of a message: magic, the length of the rest in four bytes, most
// significant first, and fields "name=value", each ended by a zero byte.
const magic = "chute/1\n"

// maxMessage bounds a message: more than the arguments of a process can be.
const maxMessage = 16 << 20

var errMessage = errors.New("not a message of a second start")

// encode puts m into the form in which it travels.
func (m Message) encode() ([]byte, error) {
	var body bytes.Buffer
	field := func(name, value string) {
		body.WriteString(name)
		body.WriteByte('=')
		body.WriteString(value)
		body.WriteByte(0)
	}
	if m.To != "" {
		field("to", m.To)
	}
	if m.Hidden {
		field("hidden", "")
	}
	for _, p := range m.Paths {
		field("path", p)
	}
	if body.Len() > maxMessage {
		return nil, fmt.Errorf("%d files are too many to hand over at once", len(m.Paths))
	}
	data := binary.BigEndian.AppendUint32([]byte(magic), uint32(body.Len()))
	return append(data, body.Bytes()...), nil
}

// readMessage reads one message. It trusts nothing in it: what it returns has
// absolute paths or addresses, and no more than maxMessage bytes of them.
func readMessage(r io.Reader) (Message, error) {
	var head [len(magic) + 4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Message{}, err
	}
	size := binary.BigEndian.Uint32(head[len(magic):])
	if string(head[:len(magic)]) != magic || size > maxMessage {
		return Message{}, errMessage
	}
	// Memory grows with what has come, not with what was announced.
	var body bytes.Buffer
	if _, err := io.CopyN(&body, r, int64(size)); err != nil {
		return Message{}, err
	}
	return parse(body.String())
}

func parse(body string) (Message, error) {
	var m Message
	seen := make(map[string]bool)
	for len(body) > 0 {
		field, rest, ended := strings.Cut(body, "\x00")
		name, value, hasValue := strings.Cut(field, "=")
		if !ended || !hasValue || name != "path" && seen[name] {
			return Message{}, errMessage
		}
		seen[name], body = true, rest
		switch {
		case name == "to" && value != "":
			m.To = value
		case name == "hidden" && value == "":
			m.Hidden = true
		case name == "path" && (filepath.IsAbs(value) || strings.Contains(value, "://")):
			m.Paths = append(m.Paths, value)
		default:
			return Message{}, errMessage
		}
	}
	return m, nil
}

// The answers: taken, not now, or refused with words.
const (
	answerTaken  = 'y'
	answerLater  = 'l'
	answerRefuse = 'n'
)

// maxAnswer bounds the words of a refusal.
const maxAnswer = 64 << 10

// Refusal is why the first process did not take what it was handed.
type Refusal struct{ Text string }

// Error is the first process's own words.
func (r Refusal) Error() string { return r.Text }

// ErrEnding says that the first process is about to end.
var ErrEnding = errors.New("the program is ending")

func writeAnswer(w io.Writer, err error) error {
	var text string
	switch {
	case err == nil:
		text = string(answerTaken)
	case errors.Is(err, ErrEnding):
		text = string(answerLater)
	default:
		text = string(answerRefuse) + err.Error()
	}
	_, werr := io.WriteString(w, text[:min(len(text), maxAnswer)])
	return werr
}

func readAnswer(r io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(r, maxAnswer))
	switch {
	case len(b) == 0 && err == nil:
		return io.ErrUnexpectedEOF // it ended before it answered
	case len(b) == 0:
		return err
	case b[0] == answerTaken:
		return nil
	case b[0] == answerLater:
		return ErrEnding
	case b[0] == answerRefuse:
		return Refusal{string(b[1:])}
	}
	return errMessage
}
