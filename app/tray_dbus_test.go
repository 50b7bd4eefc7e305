//go:build linux

package app

import (
	"bytes"
	"image/png"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"chute/app/bustest"
	"chute/assets"
)

// panel is a desktop's panel: the watcher of tray icons, with a host or without.
func panel(t *testing.T, address string, hosted bool) (conn *dbus.Conn, props *prop.Properties) {
	t.Helper()
	conn = bustest.Serve(t, address, watcherName, func(conn *dbus.Conn) (err error) {
		props, err = prop.Export(conn, watcherPath, prop.Map{watcherName: {
			"IsStatusNotifierHostRegistered": {Value: hosted, Emit: prop.EmitFalse},
		}})
		return err
	})
	return conn, props
}

// told waits for the next change.
func told(t *testing.T, c <-chan bool, want bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case got := <-c:
			if got == want {
				return
			}
		case <-deadline:
			t.Fatalf("never told %v", want)
		}
	}
}

// The tray is found out, and so is its end: a hidden window would be lost.
func TestWatchTray(t *testing.T) {
	address := bustest.Start(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	there := make(chan bool, 64)
	if !watchTray(t.Context(), func(b bool) { there <- b }) {
		t.Fatal("there is a bus, and it says that no icon can be shown")
	}
	told(t, there, false) // nobody watches
	conn, props := panel(t, address, false)
	told(t, there, false) // a watcher, but nobody who shows icons
	props.SetMust(watcherName, "IsStatusNotifierHostRegistered", true)
	if err := conn.Emit(watcherPath, watcherName+".StatusNotifierHostRegistered"); err != nil {
		t.Fatal(err)
	}
	told(t, there, true)
	conn.Close() // the panel crashes
	told(t, there, false)
	panel(t, address, true)
	told(t, there, true)
}

func TestWatchTrayWithoutBus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	if watchTray(t.Context(), func(there bool) { t.Errorf("told %v", there) }) {
		t.Error("it says that icons can be shown")
	}
}

// desktopNotices takes notifications as a desktop does.
type desktopNotices struct {
	shown    chan []string
	replaced chan uint32
}

func (d *desktopNotices) Notify(app string, replaces uint32, icon, title, text string, actions []string,
	hints map[string]dbus.Variant, expires int32,
) (uint32, *dbus.Error) {
	d.shown <- append([]string{app, title, text}, actions...)
	d.replaced <- replaces
	return 42, nil
}

func TestNotifications(t *testing.T) {
	test.NewTempApp(t)
	address := bustest.Start(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	d := &desktopNotices{shown: make(chan []string, 1), replaced: make(chan uint32, 1)}
	conn := bustest.Serve(t, address, notifyName, func(conn *dbus.Conn) error { return conn.Export(d, notifyPath, notifyName) })
	raised := make(chan bool, 4)
	n := newNotifier(nil, func() { raised <- true })
	defer n.close()
	if err := n.send("3 files sent", "The links are on the clipboard."); err != nil {
		t.Fatal(err)
	}
	if got := <-d.shown; got[0] != "Chute" || got[1] != "3 files sent" || got[2] != "The links are on the clipboard." || got[3] != "default" {
		t.Errorf("shown %q", got)
	}
	if got := <-d.replaced; got != 0 {
		t.Errorf("the first replaces %d", got)
	}
	for _, id := range []uint32{41, 42} { // another program's, and ours
		if err := conn.Emit(notifyPath, notifyName+".ActionInvoked", id, "default"); err != nil {
			t.Fatal(err)
		}
	}
	told(t, raised, true)
	if err := n.send("1 file needs you", ""); err != nil {
		t.Fatal(err)
	}
	<-d.shown
	if got := <-d.replaced; got != 42 {
		t.Errorf("the second replaces %d, not the first", got)
	}
	select {
	case <-raised:
		t.Error("another program's notification raised the window")
	default:
	}
}

func TestNotificationsWithoutDesktop(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", bustest.Start(t)) // where nobody shows any
	n := newNotifier(nil, func() {})
	defer n.close()
	if err := n.send("3 files sent", ""); err == nil {
		t.Error("it claims to have been shown")
	}
}

// The tray gets a picture: Fyne would draw an SVG at a bad moment.
func TestTrayIconIsDrawn(t *testing.T) {
	test.NewTempApp(t)
	r := drawn(fyne.NewStaticResource("chute.svg", assets.Icon))
	img, err := png.Decode(bytes.NewReader(r.Content()))
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds().Dx() != traySize || img.Bounds().Dy() != traySize {
		t.Errorf("it is %v", img.Bounds())
	}
	if _, _, _, a := img.At(0, 0).RGBA(); a != 0 {
		t.Error("its corner is not transparent")
	}
	if r, g, b, a := img.At(traySize/2, 4).RGBA(); r>>8 != 0x56 || g>>8 != 0x53 || b>>8 != 0xD4 || a>>8 != 0xff {
		t.Errorf("its ground is %x %x %x %x", r>>8, g>>8, b>>8, a>>8)
	}
}
