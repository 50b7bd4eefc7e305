//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"image/color"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"chute/app/bustest"
)

// key presses keys in the window, as xdotool names them.
func (w window) key(keys ...string) {
	w.t.Helper()
	w.do("xdotool", "windowfocus", "--sync", w.id)
	w.do("xdotool", append([]string{"key", "--clearmodifiers", "--delay", "60"}, keys...)...)
}

// middle is the colour about the window's middle, where questions are.
func (w window) middle() color.RGBA {
	picture := w.picture()
	if picture == nil {
		return color.RGBA{}
	}
	return picture.RGBAAt(picture.Rect.Dx()/2, picture.Rect.Dy()/2+10)
}

// shown reports whether a window of the program can be seen.
func (d *desktop) shown() bool {
	ids, _ := d.try("xdotool", "search", "--onlyvisible", "--name", "^Chute|– Chute$")
	return strings.TrimSpace(ids) != ""
}

// TestQuitAndResume quits in the middle of sending, by keyboard, and finds the
// upload taken up again at the next start.
func TestQuitAndResume(t *testing.T) {
	d := newDesktop(t)
	content := random(80 << 20)
	file := filepath.Join(d.dir, "film.bin")
	write(t, file, string(content))
	settings := filepath.Join(d.dir, "home", "settings.toml")
	// Slowly and with few parts at a time, so that they do not all arrive at once.
	write(t, settings, "limit = \"4 MB/s\"\nspeed = \"gentle\"\n")

	// The window is opened first: it does not come to rest while it shows progress.
	p, w := d.chute()
	home := "CHUTE_HOME=" + filepath.Join(d.dir, "home")
	if _, errOut, err := run(t.Context(), d.env.with(home), "", program, file); err != nil {
		t.Fatal(err, errOut)
	}
	eventually(t, "a part that arrived", func() bool { return d.interrupted() > 0 })
	nothing := w.middle() // below the only row
	asked := func(want bool) {
		t.Helper()
		eventually(t, "the question, or its end", func() bool { return (w.middle() != nothing) == want })
		if !p.running() {
			t.Fatal("it quit")
		}
	}
	w.key("ctrl+q")
	asked(true)
	w.key("Return") // Keep sending has the focus
	asked(false)
	w.key("ctrl+q")
	asked(true)
	w.key("Tab", "Return")
	eventually(t, "the end of the program", func() bool { return !p.running() })
	kept := d.interrupted()
	if kept == 0 {
		t.Fatal("nothing was kept")
	}

	write(t, settings, "")
	d.chute()
	var link string
	eventually(t, "a link on the clipboard", func() bool {
		link = d.clipboard()
		return strings.HasPrefix(link, "http")
	})
	if name, got := fetch(t, link); name != "film.bin" || !bytes.Equal(got, content) {
		t.Errorf("%s of %d bytes is not what was dropped", name, len(got))
	}
	if n := d.interrupted(); n != 0 {
		t.Errorf("an upload of %d bytes is still to be resumed", n)
	}
}

// interrupted is how many bytes of unfinished uploads the journal has.
func (d *desktop) interrupted() int64 {
	d.t.Helper()
	out, errOut, err := run(d.t.Context(), d.env.with("CHUTE_HOME="+filepath.Join(d.dir, "home")), "", program, "resume", "--list", "--json")
	if err != nil {
		d.t.Fatal(err, errOut)
	}
	var sum int64
	for line := range strings.Lines(out) {
		var u struct {
			Bytes int64 `json:"sent_bytes"`
		}
		if err := json.Unmarshal([]byte(line), &u); err != nil {
			d.t.Fatal(err, line)
		}
		sum += u.Bytes
	}
	return sum
}

// TestKeyboardOnly works the list without a mouse, at the scale of ordinary and
// of fine screens.
func TestKeyboardOnly(t *testing.T) {
	for _, scale := range []string{"1", "2"} {
		t.Run(scale+"x", func(t *testing.T) {
			d := newDesktop(t)
			d.env = d.env.with("FYNE_SCALE=" + scale)
			one, two := filepath.Join(d.dir, "one.txt"), filepath.Join(d.dir, "two.txt")
			write(t, one, "one")
			write(t, two, "two")
			_, w := d.chute(one, two)
			if width, height := w.size(); scale == "2" && (width < 2*480 || height < 2*400) {
				t.Errorf("at 2x the window is %d by %d pixels", width, height)
			}
			var links []string
			eventually(t, "two links", func() bool {
				links = strings.Fields(d.clipboard())
				return len(links) == 2
			})
			before := w.settled(nil)
			w.key("F1")
			w.settled(before)
			w.key("Escape")

			copied := func(want string) {
				t.Helper()
				if !within(t, patience/2, func() bool { return d.clipboard() == want }) {
					t.Fatalf("on the clipboard is %q, want %q", d.clipboard(), want)
				}
			}
			w.key("Down", "Down", "ctrl+c") // the first arrow reaches the list
			copied(links[1])
			w.key("Up", "ctrl+c")
			copied(links[0])
			w.key("ctrl+shift+c")
			copied(links[0] + "\n" + links[1])
			before = w.settled(nil)
			w.key("Return") // details
			w.settled(before)
			w.key("Return", "Delete")
			w.settled(nil)
			w.key("ctrl+shift+c")
			copied(links[1])
		})
	}
}

// trayPanel is a desktop's panel: it takes icons, and tells of the one that came.
type trayPanel struct{ came chan dbus.Sender }

func (p *trayPanel) RegisterStatusNotifierItem(_ string, from dbus.Sender) *dbus.Error {
	p.came <- from
	return nil
}

// trayMenu is the menu behind an icon in the tray, as a panel reads it.
type trayMenu struct{ dbus.BusObject }

const trayMenuInterface = "com.canonical.dbusmenu"

// items are the items' numbers by their labels.
func (m trayMenu) items() map[string]int32 {
	type item struct {
		ID         int32
		Properties map[string]dbus.Variant
		Children   []dbus.Variant
	}
	var revision uint32
	var root item
	if m.Call(trayMenuInterface+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root) != nil {
		return nil
	}
	ids := make(map[string]int32)
	for _, child := range root.Children {
		var i item
		if dbus.Store([]any{child.Value()}, &i) == nil {
			label, _ := i.Properties["label"].Value().(string)
			ids[label] = i.ID
		}
	}
	return ids
}

func (m trayMenu) click(t *testing.T, label string) {
	t.Helper()
	if err := m.Call(trayMenuInterface+".Event", 0, m.items()[label], "clicked", dbus.MakeVariant(""), uint32(0)).Err; err != nil {
		t.Fatal(err)
	}
}

// TestTray closes the window into a tray and brings it back from there; and
// when the tray goes, the window comes by itself.
func TestTray(t *testing.T) {
	const watcher, path = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
	d := newDesktop(t)
	bus := bustest.Start(t)
	d.env = d.env.with("DBUS_SESSION_BUS_ADDRESS=" + bus)
	p := &trayPanel{make(chan dbus.Sender, 4)}
	panel := bustest.Serve(t, bus, watcher, func(conn *dbus.Conn) error {
		if err := conn.Export(p, path, watcher); err != nil {
			return err
		}
		_, err := prop.Export(conn, path, prop.Map{watcher: {"IsStatusNotifierHostRegistered": {Value: true, Emit: prop.EmitFalse}}})
		return err
	})
	program, w := d.chute()
	var icon dbus.Sender
	eventually(t, "an icon in the tray", func() bool {
		select {
		case icon = <-p.came:
			return true
		default:
			return false
		}
	})
	tray := trayMenu{panel.Object(string(icon), "/StatusNotifierItem/menu")}
	eventually(t, "a menu that says how things stand", func() bool {
		items := tray.items()
		return items["Nothing to send"] != 0 && items["Open Chute"] != 0 && items["Quit"] != 0
	})
	w.key("ctrl+w")
	eventually(t, "a window in the tray", func() bool { return !d.shown() })
	if !program.running() {
		t.Fatal("closing the window ended the program")
	}
	if err := panel.Object(string(icon), "/StatusNotifierItem").Call("org.kde.StatusNotifierItem.Activate", 0, int32(0), int32(0)).Err; err != nil {
		t.Fatal(err)
	}
	eventually(t, "the window back from the tray", d.shown)
	w.key("ctrl+w")
	eventually(t, "a window in the tray once more", func() bool { return !d.shown() })
	tray.click(t, "Open Chute")
	eventually(t, "the window back by the menu", d.shown)
	w.key("ctrl+w")
	eventually(t, "a window in the tray again", func() bool { return !d.shown() })
	panel.Close() // the panel crashes
	eventually(t, "a window that does not get lost with the tray", d.shown)
	w.key("ctrl+w") // now that there is no tray
	eventually(t, "the end of the program", func() bool { return !program.running() })
}
