//go:build unix

package instance

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"chute/app/peer"
)

const nobody = 65534

// asNobody runs a child as another user, which root alone can.
func asNobody(t *testing.T) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to be another user")
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

// open lets everybody into a folder, as nobody's should be, down from /tmp.
func open(t *testing.T, dir string) {
	t.Helper()
	for d := dir; d != os.TempDir() && len(d) > 1; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFolderKeepsOthersOut(t *testing.T) {
	attr := asNobody(t)
	dir := t.TempDir()
	open(t, dir)
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	claimed(t, dir, func(Message) error { t.Error("taken from another user"); return nil })
	cmd := child(t, "hand", dir)
	cmd.SysProcAttr = attr
	if out, err := cmd.Output(); err != nil || !strings.Contains(string(out), "permission denied") {
		t.Errorf("%s, %v", out, err)
	}
}

func TestSocketKeepsOthersOut(t *testing.T) {
	attr := asNobody(t)
	dir := t.TempDir()
	open(t, dir)
	claimed(t, dir, func(Message) error { t.Error("taken from another user"); return nil })
	cmd := child(t, "hand", dir)
	cmd.SysProcAttr = attr
	if out, err := cmd.Output(); err != nil || !strings.Contains(string(out), "permission denied") {
		t.Errorf("%s, %v", out, err)
	}
}

// Even where folder and socket are open to all, a message of another user is
// not read.
func TestOtherUserIsRefused(t *testing.T) {
	attr := asNobody(t)
	dir := t.TempDir()
	open(t, dir)
	claimed(t, dir, func(Message) error { t.Error("taken from another user"); return nil })
	if err := os.Chmod(filepath.Join(dir, pipeName), 0o777); err != nil {
		t.Fatal(err)
	}
	for role, want := range map[string]string{"hand": peer.ErrOtherUser.Error(), "shout": io.ErrUnexpectedEOF.Error()} {
		cmd := child(t, role, dir)
		cmd.SysProcAttr = attr
		if out, err := cmd.Output(); err != nil || strings.TrimSpace(string(out)) != want && !strings.Contains(string(out), "reset by peer") {
			t.Errorf("%s: %s, %v; want %q", role, out, err, want)
		}
	}
	conn, err := peer.Dial(t.Context(), dir, pipeName)
	if err != nil {
		t.Fatalf("the same user: %v", err)
	}
	conn.Close()
}

// Nothing is told to another user's process that listens in the place of the
// first.
func TestImpostor(t *testing.T) {
	attr := asNobody(t)
	dir := t.TempDir()
	open(t, dir)
	cmd := child(t, "listen", dir)
	cmd.SysProcAttr = attr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "listening" {
		t.Fatalf("said %q", lines.Text())
	}
	data := encoded(t, Message{Paths: []string{"/home/ada/secret plans.pdf"}})
	err = handOver(t.Context(), dir, data)
	if r, ok := errors.AsType[Refusal](err); !ok || r.Text != peer.ErrOtherUser.Error() {
		t.Errorf("got %v", err)
	}
	if !lines.Scan() || lines.Text() != "got 0" {
		t.Errorf("the impostor %s", lines.Text())
	}
	cmd.Wait()
}

// A long path is no reason to fail, and the socket of a process that has ended
// is in nobody's way.
func TestLongPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("d", 120))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		first := claimed(t, dir, func(Message) error { return nil })
		if f, err := Claim(t.Context(), dir, Message{}); f != nil || err != nil {
			t.Errorf("first %v, %v", f, err)
		}
		if err := first.Close(); err != nil {
			t.Error(err)
		}
	}
}
