package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/jezek/xgb/xproto"
)

// answerGoal is how soon something must happen for a person to take it for the
// effect of what they did (Nielsen, Usability Engineering, 1993, section 5.5).
const answerGoal = 100 * time.Millisecond

// answersFor is how long the window is asked in each situation.
const answersFor = 6 * time.Second

// situation is something slow that the window has to do with.
type situation struct {
	name  string
	begin func(*meter, *desk) error
}

var situations = []situation{
	{"at rest", func(*meter, *desk) error { return nil }},
	{"reading a folder of 20,000 files", func(m *meter, d *desk) error {
		dir := filepath.Join(m.dir, "many")
		if err := folder(dir, 20_000, kib); err != nil {
			return err
		}
		return d.hand(m, false, dir)
	}},
	{"with a keyring that does not answer", func(m *meter, d *desk) error {
		if err := d.bus.hang("org.freedesktop.secrets"); err != nil {
			return err
		}
		return d.handNew(m, "keyring.bin", "type = \"s3\"\nendpoint = \"http://127.0.0.1:1\"\nregion = \"eu-west-1\"\nbucket = \"b\"\ncredentials = \"keyring\"\n")
	}},
	{"with a service that does not sign", func(m *meter, d *desk) error {
		silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, never reads
		if err != nil {
			return err
		}
		d.ending = append(d.ending, func() { silent.Close() })
		return d.handNew(m, "signed.bin", fmt.Sprintf("type = \"backend\"\nurl = \"http://%s\"\ndialect = \"presign\"\nauth = \"none\"\n", silent.Addr()))
	}},
	{"with a file dialog that does not open", func(_ *meter, d *desk) error {
		return errors.Join(d.bus.hang("org.freedesktop.portal.Desktop"), d.window.key('o'))
	}},
}

// measureAnswers asks the window whether it is alive, as a desktop does before
// it says that a program does not respond, while something slow is under way.
// The answer comes from the goroutine that draws, between two pictures.
func measureAnswers(m *meter) error {
	var held []string
	worst := time.Duration(0)
	for _, s := range situations {
		took, err := m.answers(s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		held = append(held, fmt.Sprintf("%s: %.0f", s.name, took.Seconds()*1000))
		worst = max(worst, took)
	}
	result{
		what: "ms until the window answers the desktop, at most", goal: fmt.Sprintf("≤ %.0f", answerGoal.Seconds()*1000), held: worst <= answerGoal,
		cells: map[string]string{chute: strings.Join(held, "; ")},
	}.print()
	return nil
}

// answers is the longest of the answers in a situation; the shortest such of
// some windows, because what else the machine does only makes them longer.
func (m *meter) answers(s situation) (time.Duration, error) {
	least := windowPatience
	for range m.o.runs {
		_, done, err := m.storeBehindLine()
		if err != nil {
			return 0, err
		}
		took, err := m.answersOnce(s)
		done()
		if err != nil {
			return 0, err
		}
		least = min(least, took)
	}
	return least, nil
}

func (m *meter) answersOnce(s situation) (longest time.Duration, err error) {
	d, err := m.openDesk()
	if err != nil {
		return 0, err
	}
	defer d.close()
	if err := s.begin(m, d); err != nil {
		return 0, err
	}
	for begun, i := time.Now(), uint32(1); time.Since(begun) < answersFor; i++ {
		took, err := d.window.ping(i)
		if err != nil {
			return 0, err
		}
		longest = max(longest, took)
		if err := d.window.watch(5 * time.Millisecond); err != nil {
			return 0, err
		}
	}
	return longest, nil
}

// ping is _NET_WM_PING of the Extended Window Manager Hints: the window sends
// the message back to the root window. number tells it from others.
func (w *window) ping(number uint32) (time.Duration, error) {
	protocols, err := w.atom("WM_PROTOCOLS")
	if err != nil {
		return 0, err
	}
	ping, err := w.atom("_NET_WM_PING")
	if err != nil {
		return 0, err
	}
	message := xproto.ClientMessageEvent{
		Format: 32, Window: w.id, Type: protocols,
		Data: xproto.ClientMessageDataUnionData32New([]uint32{uint32(ping), number, uint32(w.id), 0, 0}),
	}
	asked := time.Now()
	if err := xproto.SendEventChecked(w.conn, false, w.id, xproto.EventMaskNoEvent, string(message.Bytes())).Check(); err != nil {
		return 0, err
	}
	var took time.Duration
	err = w.follow(windowPatience, func(e seenEvent) (bool, error) {
		answer, ok := e.Event.(xproto.ClientMessageEvent)
		if !ok || answer.Window != w.root || answer.Type != protocols || answer.Data.Data32[0] != uint32(ping) || answer.Data.Data32[1] != number {
			return false, nil
		}
		took = e.at.Sub(asked)
		return true, nil
	})
	if err != nil {
		return 0, fmt.Errorf("the window does not answer: %w", err)
	}
	return took, nil
}

// handNew makes a destination of what destinations.toml says, and hands the
// window a file for it.
func (d *desk) handNew(m *meter, name, destination string) error {
	text := "[[destination]]\nname = \"slow\"\n" + destination
	file, err := os.OpenFile(filepath.Join(m.p.home(), "destinations.toml"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := file.WriteString("\n" + text); err != nil {
		return errors.Join(err, file.Close())
	}
	path, err := m.sparse(name, mib)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return d.hand(m, false, "--to", "slow", path)
}

// silence is a program on the bus that takes calls and never answers them.
type silence struct{}

// LookupObject is asked for the object of each call.
func (silence) LookupObject(dbus.ObjectPath) (dbus.ServerObject, bool) { select {} }

// hang puts such a program in the place of a service.
func (b *bus) hang(service string) error {
	conn, err := dbus.Connect(b.address, dbus.WithHandler(silence{}))
	if err != nil {
		return err
	}
	b.silent = append(b.silent, conn)
	reply, err := conn.RequestName(service, dbus.NameFlagDoNotQueue)
	if err == nil && reply != dbus.RequestNameReplyPrimaryOwner {
		err = errors.New(service + " is there already")
	}
	return err
}
