package peer_test

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"chute/app/peer"
)

func TestTalk(t *testing.T) {
	for name, dir := range map[string]string{
		"short": t.TempDir(),
		"long":  filepath.Join(t.TempDir(), strings.Repeat("a folder of a long name/", 8)),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "long" && runtime.GOOS != "linux" && runtime.GOOS != "windows" {
				t.Skip("this system limits the paths of sockets")
			}
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if conn, err := peer.Dial(t.Context(), dir, "talk"); err == nil {
				conn.Close()
				t.Fatal("connected where nobody listens")
			}
			listener := listen(t, dir, "talk")
			if got := ask(t, dir, "talk", "files"); got != "FILES" {
				t.Errorf("answer %q", got)
			}
			other := t.TempDir()
			if conn, err := peer.Dial(t.Context(), other, "talk"); err == nil {
				conn.Close()
				t.Error("connected to the listener of another folder")
			}
			listener.Close()
			if conn, err := peer.Dial(t.Context(), dir, "talk"); err == nil {
				conn.Close()
				t.Error("connected to a listener that is closed")
			}
			listen(t, dir, "talk")
			if got := ask(t, dir, "talk", "again"); got != "AGAIN" {
				t.Errorf("answer %q of the next listener", got)
			}
		})
	}
}

// listen answers each caller in capitals what it says.
func listen(t *testing.T, dir, name string) net.Listener {
	t.Helper()
	listener, err := peer.Listen(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			buffer := make([]byte, 100)
			n, _ := conn.Read(buffer)
			io.WriteString(conn, strings.ToUpper(string(buffer[:n])))
			conn.Close()
		}
	}()
	return listener
}

func ask(t *testing.T, dir, name, question string) string {
	t.Helper()
	conn, err := peer.Dial(t.Context(), dir, name)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, question); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}
