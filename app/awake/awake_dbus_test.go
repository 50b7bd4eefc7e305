//go:build linux

package awake

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"chute/app/bustest"
)

// sleeper decides about sleep in the place of a desktop or of the system.
type sleeper struct {
	asked  chan [2]string // who, and why
	ended  chan uint32
	pipe   *os.File // logind's: whoever holds the other end keeps it awake
	closed chan struct{}
}

func (s *sleeper) Inhibit(who, why string) (uint32, *dbus.Error) {
	s.asked <- [2]string{who, why}
	return 7, nil
}

func (s *sleeper) UnInhibit(cookie uint32) *dbus.Error {
	s.ended <- cookie
	return nil
}

type portalSleeper struct{ *sleeper }

func (s portalSleeper) Inhibit(window string, flags uint32, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	s.asked <- [2]string{window, options["reason"].Value().(string)}
	if flags != 4 {
		return "", dbus.MakeFailedError(os.ErrInvalid)
	}
	return "/request/1", nil
}

func (s portalSleeper) Close() *dbus.Error {
	s.ended <- 0
	return nil
}

type systemSleeper struct{ *sleeper }

func (s systemSleeper) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	if what != "idle" || mode != "block" {
		return 0, dbus.MakeFailedError(os.ErrInvalid)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	s.pipe = w
	fd := dbus.UnixFD(w.Fd())
	s.asked <- [2]string{who, why}
	go func() {
		r.Read(make([]byte, 1)) // ends when nobody holds the other end
		close(s.closed)
	}()
	return fd, nil
}

// TestHold asks each of those that may decide about sleep, where the ones
// before it are missing, and lets go again.
func TestHold(t *testing.T) {
	const pm, login = "org.freedesktop.PowerManagement", "org.freedesktop.login1"
	for _, c := range []struct {
		name   string
		system bool
		export func(*sleeper) func(*dbus.Conn) error
	}{
		{"org.freedesktop.portal.Desktop", false, func(s *sleeper) func(*dbus.Conn) error {
			return func(conn *dbus.Conn) error {
				if err := conn.Export(portalSleeper{s}, "/request/1", "org.freedesktop.portal.Request"); err != nil {
					return err
				}
				return conn.Export(portalSleeper{s}, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Inhibit")
			}
		}},
		{pm, false, func(s *sleeper) func(*dbus.Conn) error {
			return func(conn *dbus.Conn) error {
				return conn.Export(s, "/org/freedesktop/PowerManagement/Inhibit", pm+".Inhibit")
			}
		}},
		{login, true, func(s *sleeper) func(*dbus.Conn) error {
			return func(conn *dbus.Conn) error {
				return conn.Export(systemSleeper{s}, "/org/freedesktop/login1", login+".Manager")
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			session, system := bustest.Start(t), bustest.Start(t)
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", session)
			t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", system)
			s := &sleeper{asked: make(chan [2]string, 1), ended: make(chan uint32, 1), closed: make(chan struct{})}
			address := session
			if c.system {
				address = system
			}
			bustest.Serve(t, address, c.name, c.export(s))
			k := New()
			if err := k.Keep(t.Context(), true, "sending files"); err != nil {
				t.Fatal(err)
			}
			if got := <-s.asked; got[1] != "sending files" {
				t.Errorf("asked with %q", got)
			}
			if err := k.Keep(t.Context(), false, ""); err != nil {
				t.Fatal(err)
			}
			if s.pipe != nil {
				s.pipe.Close() // the sender's own copy
				await(t, s.closed)
				return
			}
			await(t, s.ended)
		})
	}
}

func TestHoldWithoutAnybodyToAsk(t *testing.T) {
	none := "unix:path=" + filepath.Join(t.TempDir(), "none")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", none)
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", none)
	if err := New().Keep(t.Context(), true, "sending files"); err == nil {
		t.Error("it claims to keep the computer awake")
	}
}

func await[T any](t *testing.T, c <-chan T) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(30 * time.Second):
		t.Fatal("the computer is still kept awake")
	}
}
