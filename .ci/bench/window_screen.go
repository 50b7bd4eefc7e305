package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// screen is an X server without a screen and a window manager, for the windows
// of one run. It tells what is drawn in them by the DAMAGE extension.
type screen struct {
	server  *exec.Cmd
	manager *exec.Cmd
	conn    *xgb.Conn
	root    xproto.Window
	dir     string // the home of the programs on it
	number  string
	events  chan seenEvent
}

// seenEvent is what the X server told, and when it came.
type seenEvent struct {
	xgb.Event
	at time.Time
}

// windowPatience is how long anything of a window's may take before the bench
// gives up.
const windowPatience = time.Minute

// startScreen starts an X server of its own, whose programs keep their things
// under dir.
func startScreen(dir string) (*screen, error) {
	s := &screen{dir: dir}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	s.server = exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset")
	s.server.ExtraFiles = []*os.File{write}
	s.server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err = s.server.Start()
	write.Close()
	if err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the X server did not start: %w", err), s.close())
	}
	s.number = ":" + strings.TrimSpace(line)
	if err := errors.Join(s.connect(), s.manage()); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// manage starts the window manager and waits until it manages.
func (s *screen) manage() error {
	if s.conn == nil {
		return nil
	}
	s.manager = exec.Command("openbox", "--sm-disable")
	s.manager.Env = append(os.Environ(), "DISPLAY="+s.number, "HOME="+s.dir, "XDG_CONFIG_HOME="+s.dir, "XDG_CACHE_HOME="+s.dir)
	s.manager.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.manager.Start(); err != nil {
		s.manager = nil
		return err
	}
	check, err := s.atom("_NET_SUPPORTING_WM_CHECK")
	if err != nil {
		return err
	}
	for late := time.Now().Add(windowPatience); time.Now().Before(late); time.Sleep(10 * time.Millisecond) {
		p, err := xproto.GetProperty(s.conn, false, s.root, check, xproto.AtomWindow, 0, 1).Reply()
		if err != nil {
			return err
		}
		if p.ValueLen > 0 {
			return nil
		}
	}
	return errors.New("openbox does not manage windows")
}

func (s *screen) connect() (err error) {
	xgb.Logger.SetOutput(io.Discard) // it wants a file that nobody needs
	if s.conn, err = xgb.NewConnDisplay(s.number); err != nil {
		return err
	}
	if err := errors.Join(damage.Init(s.conn), xtest.Init(s.conn)); err != nil {
		return err
	}
	if _, err := damage.QueryVersion(s.conn, 1, 1).Reply(); err != nil {
		return err
	}
	s.root = xproto.Setup(s.conn).DefaultScreen(s.conn).Root
	s.events = make(chan seenEvent, 1024)
	go func() {
		defer close(s.events)
		for {
			e, err := s.conn.WaitForEvent()
			if e == nil && err == nil {
				return // closed
			}
			if e != nil {
				s.events <- seenEvent{e, time.Now()}
			}
		}
	}()
	return xproto.ChangeWindowAttributesChecked(s.conn, s.root, xproto.CwEventMask, []uint32{xproto.EventMaskSubstructureNotify}).Check()
}

// atom is the number of a name.
func (s *screen) atom(name string) (xproto.Atom, error) {
	r, err := xproto.InternAtom(s.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, err
	}
	return r.Atom, nil
}

func (s *screen) close() error {
	if s.conn != nil {
		s.conn.Close()
	}
	if s.manager != nil {
		s.manager.Process.Kill()
		s.manager.Wait()
	}
	s.server.Process.Kill()
	s.server.Wait()
	return nil
}

// environment is that of a program with a window: on this screen, painted
// without a graphics card, and without a session bus unless one is given.
func (s *screen) environment(p programs, bus string) []string {
	if bus == "" {
		bus = "unix:path=" + os.DevNull
	}
	return append(p.environment(), "DISPLAY="+s.number, "WAYLAND_DISPLAY=", "FYNE_PLATFORM=x11", "FYNE_SCALE=1", "LIBGL_ALWAYS_SOFTWARE=1", "LANG=C.UTF-8",
		"HOME="+s.dir, "XDG_RUNTIME_DIR="+s.dir, "XDG_CONFIG_HOME="+filepath.Join(s.dir, "config"), "XDG_CACHE_HOME="+filepath.Join(s.dir, "cache"),
		"XDG_DATA_HOME="+filepath.Join(s.dir, "data"), "DBUS_SESSION_BUS_ADDRESS="+bus)
}

// window is a program and its window.
type window struct {
	*screen
	cmd     *exec.Cmd
	id      xproto.Window
	shown   time.Duration // from the start of the program to the first picture
	mapped  bool
	frames  int // pictures so far
	stopped bool
}

// open starts a program and waits until its window shows a picture of at least
// so many colours, of which an empty one has one.
func (s *screen) open(env []string, colours int, name string, args ...string) (*window, error) {
	w := &window{screen: s, cmd: exec.Command(name, args...)}
	w.cmd.Env = append(os.Environ(), env...)
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	begun := time.Now()
	if err := w.cmd.Start(); err != nil {
		return nil, err
	}
	err := w.follow(windowPatience, func(e seenEvent) (bool, error) {
		if !w.mapped {
			return false, nil
		}
		if _, drawn := e.Event.(damage.NotifyEvent); !drawn {
			return false, nil
		}
		seen, err := w.colours(colours)
		if err != nil || seen < colours {
			return false, err
		}
		w.shown = e.at.Sub(begun)
		return true, nil
	})
	if err != nil {
		w.stop()
		return nil, fmt.Errorf("the window of %s: %w", filepath.Base(name), err)
	}
	return w, nil
}

var errNothingSeen = errors.New("what was waited for was not seen")

// follow takes note of what the X server tells until done is true for an event.
func (w *window) follow(patience time.Duration, done func(seenEvent) (bool, error)) error {
	late := time.After(patience)
	for {
		select {
		case <-late:
			return errNothingSeen
		case e, ok := <-w.events:
			if !ok {
				return errors.New("the X server has gone")
			}
			if err := w.note(e); err != nil {
				return err
			}
			if is, err := done(e); is || err != nil {
				return err
			}
		}
	}
}

// note follows windows and pictures. Fyne makes small windows as well that are
// never shown; the window manager's frames bypass it.
func (w *window) note(e seenEvent) error {
	switch e := e.Event.(type) {
	case xproto.CreateNotifyEvent:
		if e.Parent != w.root || e.Width < 100 || e.OverrideRedirect {
			return nil
		}
		d, err := damage.NewDamageId(w.conn)
		if err != nil {
			return err
		}
		w.id = e.Window
		// Its frame is its parent once it is managed: the root no longer tells of it.
		err = xproto.ChangeWindowAttributesChecked(w.conn, w.id, xproto.CwEventMask, []uint32{xproto.EventMaskStructureNotify}).Check()
		if err != nil {
			return err
		}
		return damage.CreateChecked(w.conn, d, xproto.Drawable(e.Window), damage.ReportLevelRawRectangles).Check()
	case xproto.MapNotifyEvent:
		w.mapped = w.mapped || e.Window == w.id
	case xproto.UnmapNotifyEvent:
		w.mapped = w.mapped && e.Window != w.id
	case damage.NotifyEvent:
		if xproto.Window(e.Drawable) == w.id {
			w.frames++
		}
	}
	return nil
}

// watch lets time go by and counts the pictures meanwhile.
func (w *window) watch(d time.Duration) error {
	err := w.follow(d, func(seenEvent) (bool, error) { return false, nil })
	if errors.Is(err, errNothingSeen) {
		return nil
	}
	return err
}

// colours counts the colours in the window, up to enough. A window that was
// never painted is black, which does not count.
func (w *window) colours(enough int) (int, error) {
	size, err := xproto.GetGeometry(w.conn, xproto.Drawable(w.id)).Reply()
	if err != nil {
		return 0, err
	}
	image, err := xproto.GetImage(w.conn, xproto.ImageFormatZPixmap, xproto.Drawable(w.id), 0, 0, size.Width, size.Height, 0xffffff).Reply()
	if err != nil {
		return 0, err
	}
	seen := make(map[[3]byte]bool)
	for p := image.Data; len(p) >= 4 && len(seen) < enough; p = p[4:] {
		if c := [3]byte(p[:3]); c != [3]byte{} {
			seen[c] = true
		}
	}
	return len(seen), nil
}

// key presses a key with Control held, by its X keysym.
func (w *window) key(keysym xproto.Keysym) error {
	const controlL = 0xffe3
	if err := xproto.SetInputFocusChecked(w.conn, xproto.InputFocusParent, w.id, xproto.TimeCurrentTime).Check(); err != nil {
		return err
	}
	for _, press := range []struct {
		kind byte
		sym  xproto.Keysym
	}{{xproto.KeyPress, controlL}, {xproto.KeyPress, keysym}, {xproto.KeyRelease, keysym}, {xproto.KeyRelease, controlL}} {
		code, err := w.keycode(press.sym)
		if err != nil {
			return err
		}
		if err := xtest.FakeInputChecked(w.conn, press.kind, byte(code), xproto.TimeCurrentTime, w.root, 0, 0, 0).Check(); err != nil {
			return err
		}
	}
	return nil
}

func (w *window) keycode(sym xproto.Keysym) (xproto.Keycode, error) {
	setup := xproto.Setup(w.conn)
	count := byte(setup.MaxKeycode - setup.MinKeycode + 1)
	m, err := xproto.GetKeyboardMapping(w.conn, setup.MinKeycode, count).Reply()
	if err != nil {
		return 0, err
	}
	for i, s := range m.Keysyms {
		if s == sym {
			return setup.MinKeycode + xproto.Keycode(i/int(m.KeysymsPerKeycode)), nil
		}
	}
	return 0, fmt.Errorf("no key gives 0x%x", sym)
}

// stop ends the program as the desktop does at the end of a session.
func (w *window) stop() {
	if w.stopped {
		return
	}
	w.stopped = true
	ended := make(chan struct{})
	go func() {
		w.cmd.Wait()
		close(ended)
	}()
	w.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		w.cmd.Process.Kill()
		<-ended
	}
}
