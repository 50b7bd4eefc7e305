//go:build linux

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/godbus/dbus/v5"
)

// sessionBus lets everybody on it talk and starts no service by itself: what a
// test did not start is not there.
const sessionBus = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

const (
	secretsName  = "org.freedesktop.secrets"
	secretsPath  = "/org/freedesktop/secrets"
	loginKeyring = "/org/freedesktop/secrets/collection/login"
	serviceIface = "org.freedesktop.Secret.Service."
)

// secretService is an unlocked keyring in a D-Bus session of its own.
type secretService struct {
	t    *testing.T
	env  env // of programs in that session
	conn *dbus.Conn
}

// newSecretService starts a session that lasts as long as the test. What its
// programs keep is below dir, whose path must be short: it holds sockets.
func newSecretService(t *testing.T, dir string) *secretService {
	t.Helper()
	need(t, "dbus-daemon", "gnome-keyring-daemon")
	socket, config := filepath.Join(dir, "bus"), filepath.Join(dir, "bus.conf")
	write(t, config, fmt.Sprintf(sessionBus, socket))
	s := &secretService{t: t, env: newEnv(t, dir).with("DBUS_SESSION_BUS_ADDRESS=unix:path=" + socket)}

	start(t, s.env, nil, "dbus-daemon", "--nofork", "--nopidfile", "--config-file="+config)
	ctx, cancel := context.WithTimeout(t.Context(), patience) // of every call on the connection
	t.Cleanup(cancel)
	eventually(t, "a session bus", func() bool {
		var err error
		s.conn, err = dbus.Connect("unix:path="+socket, dbus.WithContext(ctx))
		return err == nil
	})
	t.Cleanup(func() { s.conn.Close() })

	// The daemon makes its login keyring with the password that it reads.
	password := filepath.Join(dir, "password")
	write(t, password, "of the login keyring")
	stdin, err := os.Open(password)
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	start(t, s.env, stdin, "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	eventually(t, "an unlocked keyring", func() bool {
		locked, err := s.conn.Object(secretsName, loginKeyring).GetProperty("org.freedesktop.Secret.Collection.Locked")
		return err == nil && locked.Value() == false
	})
	return s
}

// kept returns all secrets in the keyring.
func (s *secretService) kept() []string {
	s.t.Helper()
	service := s.conn.Object(secretsName, secretsPath)
	var output dbus.Variant
	var session dbus.ObjectPath
	err := service.Call(serviceIface+"OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&output, &session)
	if err != nil {
		s.t.Fatal(err)
	}
	var unlocked, locked []dbus.ObjectPath
	if err := service.Call(serviceIface+"SearchItems", 0, map[string]string{}).Store(&unlocked, &locked); err != nil {
		s.t.Fatal(err)
	}
	var items map[dbus.ObjectPath]struct {
		Session     dbus.ObjectPath
		Parameters  []byte
		Value       []byte
		ContentType string
	}
	if err := service.Call(serviceIface+"GetSecrets", 0, unlocked, session).Store(&items); err != nil {
		s.t.Fatal(err)
	}
	var secrets []string
	for _, item := range items {
		secrets = append(secrets, string(item.Value))
	}
	return secrets
}
