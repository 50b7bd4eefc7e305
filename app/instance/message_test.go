package instance

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func encoded(t testing.TB, m Message) []byte {
	t.Helper()
	data, err := m.encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func framed(body string) []byte {
	return append(binary.BigEndian.AppendUint32([]byte(magic), uint32(len(body))), body...)
}

func TestMessage(t *testing.T) {
	root, err := filepath.Abs("/")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []Message{
		{},
		{Paths: []string{root}},
		{To: "my studio", Hidden: true, Paths: []string{root + "a b=c\n\xff\xfe", "https://example.org/x", root}},
	} {
		got, err := readMessage(bytes.NewReader(encoded(t, m)))
		if err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("%+v became %+v, %v", m, got, err)
		}
	}
}

func TestMessagesThatAreNone(t *testing.T) {
	abs := "path=" + filepath.Join(t.TempDir(), "a") + "\x00"
	for name, data := range map[string][]byte{
		"nothing":             nil,
		"another program's":   []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
		"another version":     append([]byte("chute/2\n"), framed(abs)[len(magic):]...),
		"cut short":           framed(abs)[:len(magic)+6],
		"longer than allowed": binary.BigEndian.AppendUint32([]byte(magic), maxMessage+1),
		"a relative path":     framed("path=a/b\x00"),
		"an empty path":       framed("path=\x00"),
		"an unknown field":    framed(abs + "run=rm\x00"),
		"no name":             framed("a\x00"),
		"not ended":           framed(abs + "to=x"),
		"twice":               framed("to=a\x00to=b\x00"),
		"nowhere":             framed("to=\x00"),
	} {
		if m, err := readMessage(bytes.NewReader(data)); err == nil {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// What was announced costs no memory until it is there.
func TestAnnouncedIsNotAllocated(t *testing.T) {
	head := binary.BigEndian.AppendUint32([]byte(magic), maxMessage)
	if n := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			readMessage(bytes.NewReader(head))
		}
	}).AllocedBytesPerOp(); n > 64<<10 {
		t.Errorf("%d bytes for a message that never came", n)
	}
}

func TestTooMuch(t *testing.T) {
	if _, err := (Message{Paths: []string{strings.Repeat("x", maxMessage)}}).encode(); err == nil {
		t.Error("a message that is too large was made")
	}
}

func TestAnswer(t *testing.T) {
	for _, want := range []error{nil, ErrEnding, Refusal{"there is no destination \"x\""}} {
		var b bytes.Buffer
		if err := writeAnswer(&b, want); err != nil {
			t.Fatal(err)
		}
		if got := readAnswer(&b); !errors.Is(got, want) {
			t.Errorf("%v became %v", want, got)
		}
	}
	if err := readAnswer(strings.NewReader("")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("no answer: %v", err)
	}
	if err := readAnswer(strings.NewReader("?")); err == nil {
		t.Error("an answer that is none was taken")
	}
}

// Whatever another process sends, reading it ends, and what is taken is what
// would be sent again.
func FuzzMessage(f *testing.F) {
	f.Add(framed("path=/a\x00to=b\x00hidden=\x00"))
	f.Add(framed(""))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := readMessage(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, p := range m.Paths {
			if !filepath.IsAbs(p) && !strings.Contains(p, "://") {
				t.Errorf("a relative path: %q", p)
			}
		}
		again, err := readMessage(bytes.NewReader(encoded(t, m)))
		if err != nil || !reflect.DeepEqual(again, m) {
			t.Errorf("%+v became %+v, %v", m, again, err)
		}
	})
}
