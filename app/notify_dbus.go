//go:build linux || freebsd || openbsd || netbsd

package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"github.com/godbus/dbus/v5"
)

// notifier shows notifications. A tap on one brings the window to the front,
// which Fyne's own do not.
type notifier struct {
	raise func()

	mu   sync.Mutex
	conn *dbus.Conn // nil until the first
	last uint32     // replaced by the next: one at a time is enough
}

func newNotifier(_ fyne.App, raise func()) *notifier { return &notifier{raise: raise} }

const (
	notifyName = "org.freedesktop.Notifications"
	notifyPath = "/org/freedesktop/Notifications"
	// notifyTimeout is how long a desktop may take to answer.
	notifyTimeout = 5 * time.Second
)

// send shows a notification. It may take some seconds.
func (n *notifier) send(title, text string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.conn == nil {
		conn, err := dbus.SessionBusPrivateNoAutoStartup()
		if err != nil {
			return err
		}
		if err := errors.Join(conn.Auth(nil), conn.Hello(),
			conn.AddMatchSignal(dbus.WithMatchInterface(notifyName), dbus.WithMatchMember("ActionInvoked"))); err != nil {
			conn.Close()
			return err
		}
		taps := make(chan *dbus.Signal, 4)
		conn.Signal(taps)
		go func() {
			for s := range taps { // closed with the connection
				n.mu.Lock()
				own := s != nil && len(s.Body) > 0 && s.Body[0] == n.last
				n.mu.Unlock()
				if own {
					fyne.Do(n.raise)
				}
			}
		}()
		n.conn = conn
	}
	ctx, done := context.WithTimeout(context.Background(), notifyTimeout)
	defer done()
	hints := map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(appID)}
	return n.conn.Object(notifyName, notifyPath).CallWithContext(ctx, notifyName+".Notify", 0,
		"Chute", n.last, appID, title, text, []string{"default", lang.L("Open Chute")}, hints, int32(-1)).Store(&n.last)
}

// close ends the listening for taps.
func (n *notifier) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.conn != nil {
		n.conn.Close()
		n.conn = nil
	}
}
