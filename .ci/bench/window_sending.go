package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The ways of sending the same file that are compared.
const (
	bySend   = "chute send"
	byWindow = "the window"
	byHidden = "the window in the tray"
)

// sendingRate is that of the line, in bytes a second.
const sendingRate = 100e6

// steady is what a process took while it sent at an even pace.
type steady struct {
	cpu    float64 // of a core
	rate   float64 // bytes a second
	frames float64 // pictures a second
}

// measureSending: the processor's time while a file goes over a line of 100
// MB/s, of chute send, of the window, and of the window in the tray.
func measureSending(m *meter) error {
	path, err := m.sparse("file.bin", m.o.scaled(2*gib))
	if err != nil {
		return err
	}
	all, err := interleave(m.o.runs, []string{bySend, byWindow, byHidden}, func(way string) (steady, error) {
		return m.sendSteadily(way, path)
	})
	if err != nil {
		return err
	}
	cpu := func(way string) float64 { return middle(all[way], func(s steady) float64 { return s.cpu }) }
	rate := func(way string) float64 { return middle(all[way], func(s steady) float64 { return s.rate }) }
	frames := func(way string) float64 { return middle(all[way], func(s steady) float64 { return s.frames }) }
	above := cpu(byWindow) - cpu(bySend)
	result{
		what: "% of a core while sending at 100 MB/s, above chute send", goal: "≤ 15", held: above <= 0.15,
		cells: map[string]string{chute: fmt.Sprintf("%.1f (%.1f at %.0f MB/s with %.1f pictures a second; chute send: %.1f at %.0f MB/s)",
			100*above, 100*cpu(byWindow), rate(byWindow)/1e6, frames(byWindow), 100*cpu(bySend), rate(bySend)/1e6)},
	}.print()
	hidden := cpu(byHidden) - cpu(bySend)
	result{
		what: "pictures a second in the tray, and % of a core above chute send", goal: "none, ≤ 2", held: frames(byHidden) == 0 && hidden <= 0.02,
		cells: map[string]string{chute: fmt.Sprintf("%.1f, %.1f (%.1f at %.0f MB/s)", frames(byHidden), 100*hidden, 100*cpu(byHidden), rate(byHidden)/1e6)},
	}.print()
	return nil
}

// sparse makes a file that takes no room and is as quick to read for everybody.
func (m *meter) sparse(name string, size int64) (string, error) {
	path := filepath.Join(m.dir, name)
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	return path, errors.Join(f.Truncate(size), f.Close())
}

// sendSteadily sends a file, and looks at the process between a tenth and nine
// tenths of it.
func (m *meter) sendSteadily(way, path string) (steady, error) {
	info, err := os.Stat(path)
	if err != nil {
		return steady{}, err
	}
	l, done, err := m.storeBehindLine()
	if err != nil {
		return steady{}, err
	}
	defer done()
	var pid int
	var w *window
	if way == bySend {
		cmd := exec.CommandContext(m.ctx, m.p.chute, "send", "--no-serve", "--quiet", path)
		cmd.Env = append(os.Environ(), m.p.environment()...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := cmd.Start(); err != nil {
			return steady{}, err
		}
		defer func() {
			cmd.Process.Kill()
			cmd.Wait()
		}()
		pid = cmd.Process.Pid
	} else {
		d, err := m.openDesk()
		if err != nil {
			return steady{}, err
		}
		defer d.close()
		w = d.window
		if way == byHidden {
			if err := w.closeIntoTray(); err != nil {
				return steady{}, err
			}
		}
		if err := d.hand(m, way == byHidden, path); err != nil {
			return steady{}, err
		}
		pid = w.cmd.Process.Pid
	}

	reach := func(bytes int64) error {
		for late := time.Now().Add(5 * time.Minute); l.up.Load() < bytes; {
			if w == nil {
				time.Sleep(10 * time.Millisecond)
			} else if err := w.watch(10 * time.Millisecond); err != nil {
				return err
			}
			if time.Now().After(late) || m.ctx.Err() != nil {
				return errors.New("the file did not arrive")
			}
		}
		return nil
	}
	if err := reach(info.Size() / 10); err != nil {
		return steady{}, err
	}
	begun, before, bytes, frames := time.Now(), processorTime(pid), l.up.Load(), 0
	if w != nil {
		frames = w.frames
	}
	if err := reach(info.Size() * 9 / 10); err != nil {
		return steady{}, err
	}
	wall := time.Since(begun).Seconds()
	r := steady{cpu: (processorTime(pid) - before).Seconds() / wall, rate: float64(l.up.Load()-bytes) / wall}
	if w != nil {
		r.frames = float64(w.frames-frames) / wall
	}
	return r, nil
}

// storeBehindLine starts a discarding store behind a line of sendingRate, as
// Chute's destination; done ends both.
func (m *meter) storeBehindLine() (l *line, done func(), err error) {
	s, err := m.p.start(storeDiscard, 0, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	l, err = startLine(s.address, sendingRate, 20*time.Millisecond)
	if err != nil {
		s.stop()
		return nil, nil, err
	}
	done = func() {
		l.close()
		s.stop()
	}
	if err := m.p.destination(l.address()); err != nil {
		done()
		return nil, nil, err
	}
	return l, done, nil
}

// desk is Chute's window on a screen with a tray.
type desk struct {
	bus    *bus
	window *window
	env    []string
	ending []func()
}

// openDesk opens the window and waits until it has come to rest.
func (m *meter) openDesk() (*desk, error) {
	b, err := startBus(m.dir)
	if err != nil {
		return nil, err
	}
	s, err := startScreen(m.dir)
	if err != nil {
		b.close()
		return nil, err
	}
	d := &desk{bus: b, env: s.environment(m.p, b.address)}
	d.window, err = s.open(d.env, chuteColours, m.p.chute)
	if err != nil {
		s.close()
		b.close()
		return nil, err
	}
	return d, d.window.watch(time.Second)
}

func (d *desk) close() {
	d.window.stop()
	for _, end := range d.ending {
		end()
	}
	d.window.screen.close()
	d.bus.close()
}

// hand gives the window paths, as a second start of the program does.
func (d *desk) hand(m *meter, hidden bool, paths ...string) error {
	args := paths
	if hidden {
		args = append([]string{"--minimised"}, paths...)
	}
	cmd := exec.CommandContext(m.ctx, m.p.chute, args...)
	cmd.Env = append(os.Environ(), d.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("handing over: %w: %s", err, out)
	}
	return nil
}

// closeIntoTray closes the window by its key and waits until it is gone.
func (w *window) closeIntoTray() error {
	if err := w.key('w'); err != nil {
		return err
	}
	if err := w.follow(windowPatience, func(seenEvent) (bool, error) { return !w.mapped, nil }); err != nil {
		return fmt.Errorf("closing the window into the tray: %w", err)
	}
	return nil
}

// processorTime is what a process has taken so far, all threads together; 0
// where unknown.
func processorTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name, in parentheses, may hold anything.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond // Linux counts in hundredths of a second
}
