package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

var rows = []row{
	{name: "large", measure: measureLarge},
	{name: "small", measure: measureSmall},
	{name: "line", measure: func(m *meter) error { return measureLine(m, "a line of 200 Mbit/s, 80 ms", 0, 0, 0.95) }},
	{name: "faulty", measure: func(m *meter) error {
		return measureLine(m, "the same, 2 % of requests fail, 1 % stall", 0.02, 0.01, 0.85)
	}},
	{name: "memory", measure: measureMemory},
	{name: "resume", measure: measureResume},
	{name: "plan", measure: measurePlan},
	{name: "slots", measure: measureSlots},
	{name: "window-shown", measure: measureShown},
	{name: "window-frame", measure: measureFrame},
	{name: "window-sending", measure: measureSending},
	{name: "window-answers", measure: measureAnswers},
	{name: "window-night", long: true, measure: measureNight},
	{name: "million", long: true, measure: measureMillion},
}

// write makes a file of random bytes.
func write(path string, size int64) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	random := rand.NewChaCha8([32]byte{byte(size)})
	buf := make([]byte, mib)
	for size > 0 {
		n := min(size, int64(len(buf)))
		random.Read(buf[:n])
		if _, err := f.Write(buf[:n]); err != nil {
			return err
		}
		size -= n
	}
	return f.Close()
}

func (o options) scaled(size int64) int64 { return int64(float64(size)*o.scale) / kib * kib }

// sendAlone sends a file or folder with one program to a store that holds no
// objects, and leaves it without any.
func (m *meter) sendAlone(program string, s *store, path string) (usage, error) {
	u, err := m.p.send(m.ctx, program, s.address, path)
	return u, errors.Join(err, s.empty())
}

// measureLarge: a file of 2 GiB to both stores.
func measureLarge(m *meter) error {
	size := m.o.scaled(2 * gib)
	path := filepath.Join(m.dir, "large.bin")
	if err := write(path, size); err != nil {
		return err
	}
	for _, kind := range []string{storeDiscard, storeGateway} {
		s, err := m.p.start(kind, 0, 0, 0)
		if err != nil {
			return err
		}
		names := m.p.known(chute, s5cmd, aws)
		if kind == storeDiscard {
			names = append(names, bare)
		}
		all, err := interleave(m.o.runs, names, func(p string) (usage, error) { return m.sendAlone(p, s, path) })
		s.stop()
		if err != nil {
			return err
		}
		cpu := func(name string) float64 {
			return middle(all[name], func(u usage) float64 { return u.cpu.Seconds() }) / (float64(size) / gib)
		}
		wall := func(name string) float64 { return middle(all[name], func(u usage) float64 { return u.wall.Seconds() }) }
		what := "discarding store"
		if kind == storeGateway {
			what = "embedded gateway"
		}
		r := result{what: "CPU s a GiB, 2 GiB file, " + what, goal: "≤ 0.2 × s5cmd", cells: map[string]string{}}
		w := result{what: "wall s, 2 GiB file, " + what, goal: "≤ 0.75 × the faster", cells: map[string]string{}}
		faster := 1e9
		for _, n := range names {
			r.cells[n] = fmt.Sprintf("%.2f", cpu(n))
			w.cells[n] = fmt.Sprintf("%.2f", wall(n))
			if n == s5cmd || n == aws {
				faster = min(faster, wall(n))
			}
		}
		r.held, w.held = cpu(chute) <= 0.2*cpu(s5cmd), wall(chute) <= 0.75*faster
		if kind == storeDiscard {
			r.goal += ", ≤ 2 × bare"
			r.held = r.held && cpu(chute) <= 2*cpu(bare)
		}
		r.print()
		w.print()
	}
	return nil
}

// folder makes n files of size bytes, a hundred to a folder.
func folder(dir string, n int, size int64) error {
	content := make([]byte, size)
	random := rand.NewChaCha8([32]byte{})
	for i := range n {
		sub := filepath.Join(dir, fmt.Sprintf("%05d", i/100))
		if i%100 == 0 {
			if err := os.MkdirAll(sub, 0o700); err != nil {
				return err
			}
		}
		random.Read(content)
		if err := os.WriteFile(filepath.Join(sub, fmt.Sprintf("file %d.bin", i)), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// measureSmall: 2,000 files of 16 KiB.
func measureSmall(m *meter) error {
	dir := filepath.Join(m.dir, "small")
	if err := folder(dir, 2000, 16*kib); err != nil {
		return err
	}
	for _, kind := range []string{storeGateway, storeDiscard} {
		s, err := m.p.start(kind, 0, 0, 0)
		if err != nil {
			return err
		}
		names := m.p.known(chute, s5cmd, aws)
		all, err := interleave(m.o.runs, names, func(p string) (usage, error) { return m.sendAlone(p, s, dir) })
		s.stop()
		if err != nil {
			return err
		}
		what := "embedded gateway"
		if kind == storeDiscard {
			what = "discarding store"
		}
		r := result{what: "wall s, 2,000 files of 16 KiB, " + what, goal: "≤ 0.8 × s5cmd", cells: map[string]string{}}
		wall := make(map[string]float64)
		for _, n := range names {
			wall[n] = middle(all[n], func(u usage) float64 { return u.wall.Seconds() })
			r.cells[n] = fmt.Sprintf("%.2f", wall[n])
		}
		r.held = wall[chute] <= 0.8*wall[s5cmd]
		r.print()
	}
	return nil
}

const (
	lineRate = 200e6 / 8 // bytes a second
	lineRTT  = 80 * time.Millisecond
)

// crossing is a run over a line.
type crossing struct {
	usage
	twice float64 // share of the file that was sent again
}

// measureLine: 256 MiB over a shaped line; how much of it is payload.
func measureLine(m *meter, what string, fail, stall, goal float64) error {
	size := m.o.scaled(256 * mib)
	path := filepath.Join(m.dir, "file.bin")
	if err := write(path, size); err != nil {
		return err
	}
	round := make(map[string]uint64)
	names := m.p.known(chute, s5cmd, aws)
	rounds := m.o.runs
	if fail > 0 {
		rounds += 2 // which requests go wrong is luck
	}
	all, err := interleave(rounds, names, func(p string) (crossing, error) {
		round[p]++ // each program meets the same seeds
		seed := round[p]
		if fail == 0 {
			seed = 0
		}
		s, err := m.p.start(storeDiscard, seed, fail, stall)
		if err != nil {
			return crossing{}, err
		}
		defer s.stop()
		l, err := startLine(s.address, lineRate, lineRTT)
		if err != nil {
			return crossing{}, err
		}
		defer l.close()
		u, err := m.p.send(m.ctx, p, l.address(), path)
		if err != nil && p != chute {
			return crossing{usage: usage{wall: 1e6 * time.Hour}}, nil // it gave up: none of the line
		}
		payload, _, _, serr := s.seen()
		if err == nil {
			err = serr
		}
		return crossing{u, float64(payload-size) / float64(size)}, err
	})
	if err != nil {
		return err
	}
	share := func(name string) float64 {
		return middle(all[name], func(c crossing) float64 { return float64(size) / c.wall.Seconds() / lineRate })
	}
	twice := middle(all[chute], func(c crossing) float64 { return c.twice })
	r := result{what: "share of " + what + ", 256 MiB", goal: fmt.Sprintf("≥ %.0f %%", 100*goal), cells: map[string]string{}, held: share(chute) >= goal}
	for _, n := range names {
		r.cells[n] = fmt.Sprintf("%.1f %%", 100*share(n))
	}
	r.print()
	if fail > 0 {
		r = result{what: "bytes sent twice on that line", goal: "≤ 5 %", cells: map[string]string{}, held: twice <= 0.05}
		for _, n := range names {
			r.cells[n] = fmt.Sprintf("%.1f %%", 100*middle(all[n], func(c crossing) float64 { return c.twice }))
		}
		r.print()
	}
	return nil
}
