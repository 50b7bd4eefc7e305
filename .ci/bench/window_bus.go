package main

import (
	"bufio"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// bus is a session bus of the bench's own with a tray on it, into which
// Chute's window can be closed.
type bus struct {
	daemon  *exec.Cmd
	conn    *dbus.Conn
	address string
	silent  []*dbus.Conn // services that do not answer
}

// panel takes the icons of programs.
type panel struct{}

// RegisterStatusNotifierItem is called by a program with an icon.
func (panel) RegisterStatusNotifierItem(string) *dbus.Error { return nil }

func startBus(dir string) (*bus, error) {
	b := &bus{daemon: exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", "--address=unix:path="+filepath.Join(dir, "bus"))}
	b.daemon.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := b.daemon.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.daemon.Start(); err != nil {
		return nil, err
	}
	if err := b.serve(bufio.NewReader(out)); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *bus) serve(out *bufio.Reader) error {
	line, err := out.ReadString('\n')
	if err != nil {
		return err
	}
	b.address = strings.TrimSpace(line)
	if b.conn, err = dbus.Connect(b.address); err != nil {
		return err
	}
	const name, path = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
	if err := b.conn.Export(panel{}, path, name); err != nil {
		return err
	}
	if _, err := prop.Export(b.conn, path, prop.Map{name: {"IsStatusNotifierHostRegistered": {Value: true, Emit: prop.EmitFalse}}}); err != nil {
		return err
	}
	reply, err := b.conn.RequestName(name, dbus.NameFlagDoNotQueue)
	if err == nil && reply != dbus.RequestNameReplyPrimaryOwner {
		err = errors.New("the bus has a tray already")
	}
	return err
}

func (b *bus) close() {
	for _, conn := range b.silent {
		conn.Close()
	}
	if b.conn != nil {
		b.conn.Close()
	}
	b.daemon.Process.Kill()
	b.daemon.Wait()
}
