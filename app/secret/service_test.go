//go:build linux

package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"chute/uploader/fault"
)

// inSession runs one test of this program in a D-Bus session of its own, with
// a home of its own, after the shell has run setup in it.
func inSession(t *testing.T, test, setup string) {
	t.Helper()
	for _, tool := range []string{"dbus-run-session", "gnome-keyring-daemon", "sh"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("needs " + tool)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	runtimeDir := filepath.Join(home, "run")
	if err := os.Mkdir(runtimeDir, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "dbus-run-session", "--", "sh", "-c",
		setup+"\nexec \"$0\" -test.run '^"+test+"$' -test.v", self)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_RUNTIME_DIR=" + runtimeDir,
		"XDG_DATA_HOME=" + filepath.Join(home, "data"), "CHUTE_TEST_SESSION=" + test,
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+test)) {
		t.Fatalf("%v\n%s", err, out)
	}
	// The keyring's own files are encrypted: the secret is in none of them.
	if err := filepath.WalkDir(home, func(path string, d os.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // of the daemon, which is just ending
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && bytes.Contains(b, []byte(value.Reveal())) {
			t.Errorf("%s holds the secret", path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), value.Reveal()) {
		t.Error("the output holds the secret")
	}
}

// inside reports whether this process is the one that inSession started.
func inside(t *testing.T) bool { return os.Getenv("CHUTE_TEST_SESSION") == t.Name() }

const unlockedDaemon = "printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null"

func TestSecretService(t *testing.T) {
	if !inside(t) {
		inSession(t, t.Name(), unlockedDaemon)
		return
	}
	s := Open("")
	exercise(t, s)
	if s.Kind() != Keyring {
		t.Fatal("the Secret Service was not found")
	}
	// A portable installation has its own.
	if _, err := Open("/portable").Get(t.Context(), "work", SecretAccessKey); !errors.Is(err, ErrNotFound) {
		t.Errorf("a portable installation sees the others' secrets: %v", err)
	}
	if v, err := Open("").Get(t.Context(), "work", SecretAccessKey); err != nil || v != value {
		t.Errorf("after a new start: %v", err)
	}
	// Another program finds it, under the names that the documents tell.
	if tool, err := exec.LookPath("secret-tool"); err == nil {
		out, err := exec.Command(tool, "lookup", "service", "chute", "username", "secret-access-key/work").Output()
		if err != nil || string(out) != value.Reveal() {
			t.Errorf("secret-tool: %v, right: %v", err, string(out) == value.Reveal())
		}
	}
}

// A keyring that is locked, with nobody to ask for its password.
func TestSecretServiceLocked(t *testing.T) {
	if !inside(t) {
		inSession(t, t.Name(), unlockedDaemon)
		return
	}
	s := Open("")
	if err := s.Set(t.Context(), "work", Backend, value); err != nil {
		t.Fatal(err)
	}
	lock := exec.Command("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets", secretsPath,
		"org.freedesktop.Secret.Service.Lock", "array:objpath:"+secretsPath+"/collection/login")
	if out, err := lock.CombinedOutput(); err != nil {
		t.Skipf("cannot lock: %v\n%s", err, out)
	}
	_, err := s.Get(t.Context(), "work", Backend)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Variant != fault.KeyringLocked {
		t.Errorf("Get: %v", err)
	}
	if err := s.Set(t.Context(), "work", Backend, value); variantOf(t, err) != fault.KeyringLocked {
		t.Errorf("Set: %v", err)
	}
	if s.Kind() != Keyring {
		t.Error("a locked keyring is taken for none")
	}
}

// A session in which a daemon can be started but has no collection: there is
// nowhere to keep a secret.
func TestSecretServiceWithoutCollection(t *testing.T) {
	if !inside(t) {
		inSession(t, t.Name(), "gnome-keyring-daemon --start --components=secrets >/dev/null")
		return
	}
	s := Open("")
	exercise(t, s)
	if s.Kind() != Memory {
		t.Error("there is no collection, and the keyring is said to keep secrets")
	}
}

// Without a bus nothing is started, even where dbus-launch and a display are.
func TestNoBus(t *testing.T) {
	if _, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid())); err == nil {
		t.Skip("this account has a bus")
	}
	dir := t.TempDir()
	launched := filepath.Join(dir, "launched")
	if err := os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte("#!/bin/sh\n: > "+launched+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("DISPLAY", ":99")
	for _, address := range []string{"", "autolaunch:", "unix:path=" + filepath.Join(dir, "none"), "nonsense"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		s := Open("")
		exercise(t, s)
		if s.Kind() != Memory {
			t.Errorf("%q: kind %d", address, s.Kind())
		}
	}
	if _, err := os.Stat(launched); err == nil {
		t.Error("dbus-launch was started")
	}
}
