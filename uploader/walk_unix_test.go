//go:build unix

package uploader

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"chute/uploader/fault"
)

func TestWalkSpecialFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	target := write(t, filepath.Join(dir, "real.txt"), "x")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Symlink(target, filepath.Join(dir, "link.txt")))
	must(os.Symlink(dir, filepath.Join(dir, "loop")))
	must(os.Symlink("nowhere", filepath.Join(dir, "dangling")))
	must(syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	socket, err := net.Listen("unix", filepath.Join(dir, "sock"))
	must(err)
	defer socket.Close()
	secret := write(t, filepath.Join(dir, "secret"), "x")
	must(os.Chmod(secret, 0))

	names, refused := walked(dir)
	want := map[string]fault.Variant{
		"d/loop": fault.NotAFile, "d/dangling": fault.Vanished, "d/fifo": fault.NotAFile, "d/sock": fault.NotAFile,
	}
	if os.Geteuid() != 0 { // root reads everything
		want["d/secret"] = fault.NotAllowed
	}
	for name, variant := range want {
		if refused[name] != variant {
			t.Errorf("%s: refused with %q, want %q", name, refused[name], variant)
		}
	}
	if len(refused) != len(want) || len(names) != 7 {
		t.Errorf("found %q, refused %v", names, refused)
	}
	// Named itself, a link is followed, and a device is refused.
	if got, refused := walked(filepath.Join(dir, "loop")); len(got) != 7 || refused["loop/fifo"] != fault.NotAFile {
		t.Errorf("a link to a folder: found %q", got)
	}
	if got, refused := walked("/dev/null"); len(got) != 1 || refused["null"] != fault.NotAFile {
		t.Errorf("/dev/null: found %q, refused %v", got, refused)
	}
}
