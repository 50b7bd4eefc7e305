package main

import (
	"errors"
	"fmt"
	"time"
)

// A night of sending in the tray in a twelfth of its time: what eight hours on
// a line of 67 Mbit/s carry goes over one of 100 MB/s in forty minutes.
const (
	night        = 40 * time.Minute
	nightFiles   = 8
	nightWarm    = 0.2 // the share of it in which memory may grow to its size
	nightSamples = 600 // at least, in all of it
	nightGrowth  = 4.0 // MiB that the rest of the night may add: less than the collector's own swing
)

// memory is how much a process had resident at a moment.
type memory struct {
	at    time.Duration
	bytes float64
}

// measureNight: whether the memory of the window in the tray grows while it
// sends for hours, and whether it draws.
func measureNight(m *meter) error {
	length := time.Duration(float64(night) * m.o.scale)
	each := int64(sendingRate*length.Seconds()*1.2) / nightFiles // it is stopped, not done
	var paths []string
	for i := range nightFiles {
		path, err := m.sparse(fmt.Sprintf("night%d.bin", i), each)
		if err != nil {
			return err
		}
		paths = append(paths, path)
	}
	l, done, err := m.storeBehindLine()
	if err != nil {
		return err
	}
	defer done()
	d, err := m.openDesk()
	if err != nil {
		return err
	}
	defer d.close()
	w := d.window
	if err := errors.Join(w.closeIntoTray(), d.hand(m, true, paths...)); err != nil {
		return err
	}
	var seen []memory
	frames := 0
	for begun := time.Now(); time.Since(begun) < length; {
		if err := errors.Join(w.watch(length/nightSamples), m.ctx.Err()); err != nil {
			return err
		}
		at := time.Since(begun)
		if at < time.Duration(nightWarm*float64(length)) {
			frames = w.frames
			continue
		}
		seen = append(seen, memory{at, float64(resident(w.cmd.Process.Pid))})
	}
	grown := slope(seen) * length.Seconds() * (1 - nightWarm) / mib
	drawn := w.frames - frames
	result{
		what: "MiB grown, and pictures, in a night of sending in the tray", goal: fmt.Sprintf("≤ %.0f, none", nightGrowth),
		held: grown <= nightGrowth && drawn == 0,
		cells: map[string]string{chute: fmt.Sprintf("%.1f, %d (%.0f MiB resident, %.0f GB and %.0f pulls in %v)", grown, drawn,
			middle(seen, func(s memory) float64 { return s.bytes })/mib, float64(l.up.Load())/1e9, length.Seconds(), length)},
	}.print()
	return nil
}

// slope is how fast memory grows, in bytes a second, by least squares.
func slope(seen []memory) float64 {
	var t, b float64
	for _, s := range seen {
		t += s.at.Seconds() / float64(len(seen))
		b += s.bytes / float64(len(seen))
	}
	var both, square float64
	for _, s := range seen {
		dt := s.at.Seconds() - t
		both += dt * (s.bytes - b)
		square += dt * dt
	}
	return both / square
}
