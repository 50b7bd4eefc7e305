//go:build linux

package e2e

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chute/app/bustest"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
	_ "modernc.org/sqlite"
)

// A start without a window shows an icon in the tray alone; a second start, as
// from the menu, brings the window up; and with no tray the window shows.
func TestStartMinimised(t *testing.T) {
	const watcher, path = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
	d := newDesktop(t)
	bus := bustest.Start(t)
	d.env = d.env.with("DBUS_SESSION_BUS_ADDRESS="+bus, "CHUTE_HOME="+filepath.Join(d.dir, "home"))
	p := &trayPanel{make(chan dbus.Sender, 4)}
	bustest.Serve(t, bus, watcher, func(conn *dbus.Conn) error {
		if err := conn.Export(p, path, watcher); err != nil {
			return err
		}
		_, err := prop.Export(conn, path, prop.Map{watcher: {"IsStatusNotifierHostRegistered": {Value: true, Emit: prop.EmitFalse}}})
		return err
	})
	hidden := start(t, d.env, nil, program, "--minimised")
	eventually(t, "an icon in the tray", func() bool { return len(p.came) > 0 })
	if _, errs, err := run(t.Context(), d.env, "", program, "--minimised"); err != nil {
		t.Fatalf("%v: %s", err, errs)
	}
	if d.shown() {
		t.Error("a window, though none was wanted")
	}
	if _, errs, err := run(t.Context(), d.env, "", program); err != nil {
		t.Fatalf("%v: %s", err, errs)
	}
	eventually(t, "the window", d.shown)
	hidden.stop(t)
	checkOutput(t, hidden.output.Bytes())

	d.env = d.env.with("DBUS_SESSION_BUS_ADDRESS=disabled:")
	start(t, d.env, nil, program, "--minimised")
	eventually(t, "the window, where there is no tray", d.shown)
}

// A record by a newer program is left alone, and that is said in a window: who
// starts a program from a menu reads nothing else.
func TestNewerStateIsSaid(t *testing.T) {
	d := newDesktop(t)
	home := filepath.Join(d.dir, "home")
	d.env = d.env.with("CHUTE_HOME=" + home)
	if out, errs, err := run(t.Context(), d.env, "", program, "links"); err != nil {
		t.Fatalf("%v: %s%s", err, out, errs)
	}
	state := filepath.Join(home, "state.db")
	db, err := sql.Open("sqlite", state)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("pragma user_version = 99; pragma wal_checkpoint(truncate)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	p, w := d.open(d.env, "^Chute", program)
	d.do("xdotool", "key", "--window", w.id, "Escape")
	eventually(t, "the end of the program", func() bool { return !p.running() })
	if code := p.cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if out := string(p.output.Bytes()); !strings.Contains(out, "newer Chute") {
		t.Errorf("printed %s", out)
	}
	if after, err := os.ReadFile(state); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the record was changed, %v", err)
	}
}
