package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"chute/uploader"
	"chute/uploader/sign"
)

// measureMemory: peak resident memory above that of chute version.
func measureMemory(m *meter) error {
	if err := m.p.destination("127.0.0.1:1"); err != nil {
		return err
	}
	base, err := run(m.ctx, m.p.environment(), m.dir, m.p.chute, "version")
	if err != nil {
		return err
	}
	s, err := m.p.start(storeDiscard, 0, 0, 0)
	if err != nil {
		return err
	}
	defer s.stop()
	large, many := filepath.Join(m.dir, "large.bin"), filepath.Join(m.dir, "many")
	f, err := os.Create(large)
	if err != nil {
		return err
	}
	if err := f.Truncate(m.o.scaled(8 * gib)); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := folder(many, 10_000, 100); err != nil {
		return err
	}
	for _, row := range []struct{ what, path string }{{"8 GiB file", large}, {"10,000 small files", many}} {
		names := m.p.known(chute, s5cmd)
		all, err := interleave(max(1, m.o.runs-1), names, func(p string) (usage, error) { return m.p.send(m.ctx, p, s.address, row.path) })
		if err != nil {
			return err
		}
		above := middle(all[chute], func(u usage) int64 { return u.rss }) - base.rss
		r := result{what: "peak memory, MiB above chute version, " + row.what, goal: "≤ 32", held: above <= 32*mib, cells: map[string]string{
			chute: fmt.Sprintf("%.0f (of %.0f in all)", float64(above)/mib, float64(above+base.rss)/mib),
		}}
		if len(all[s5cmd]) > 0 {
			r.cells[s5cmd] = fmt.Sprintf("%.0f in all", float64(middle(all[s5cmd], func(u usage) int64 { return u.rss }))/mib)
		}
		r.print()
	}
	return nil
}

// interruption is what a resumed upload took.
type interruption struct {
	again, inFlight int64
	first           time.Duration
}

// measureResume: kill -9 in the middle of 1 GiB, then chute resume.
func measureResume(m *meter) error {
	size := m.o.scaled(gib)
	path := filepath.Join(m.dir, "file.bin")
	if err := write(path, size); err != nil {
		return err
	}
	all, err := interleave(m.o.runs, []string{chute}, func(string) (interruption, error) { return m.interrupt(path, size) })
	if err != nil {
		return err
	}
	again := middle(all[chute], func(i interruption) int64 { return i.again })
	inFlight := middle(all[chute], func(i interruption) int64 { return i.inFlight })
	first := middle(all[chute], func(i interruption) time.Duration { return i.first })
	result{
		what: "MiB sent again after kill -9 in the middle of 1 GiB", goal: fmt.Sprintf("≤ parts in flight: %d", inFlight/mib),
		cells: map[string]string{chute: fmt.Sprintf("%.1f", float64(again)/mib)}, held: again <= inFlight,
	}.print()
	result{
		what: "s from the start of chute resume to the first new byte", goal: "≤ 1",
		cells: map[string]string{chute: fmt.Sprintf("%.2f", first.Seconds())}, held: first <= time.Second,
	}.print()
	return nil
}

// interrupt kills a send at about half, and finishes it.
func (m *meter) interrupt(path string, size int64) (interruption, error) {
	s, err := m.p.start(storeDiscard, 0, 0, 0)
	if err != nil {
		return interruption{}, err
	}
	defer s.stop()
	// The real thing keeps the parts: a store that lists none makes everything be sent again.
	l, err := startLine(s.address, 100e6, 20*time.Millisecond)
	if err != nil {
		return interruption{}, err
	}
	defer l.close()
	if err := m.p.destination(l.address()); err != nil {
		return interruption{}, err
	}
	cmd := exec.CommandContext(m.ctx, m.p.chute, "send", "--no-serve", "--json", path)
	cmd.Env = append(os.Environ(), m.p.environment()...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return interruption{}, err
	}
	if err := cmd.Start(); err != nil {
		return interruption{}, err
	}
	lines := bufio.NewScanner(out)
	var last struct{ Bytes int64 }
	for lines.Scan() && last.Bytes < size/2 {
		if err := json.Unmarshal(lines.Bytes(), &last); err != nil {
			return interruption{}, err
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	before := l.settled()

	noted := make(chan time.Time, 1)
	watch, stop := context.WithCancel(m.ctx)
	defer stop()
	begun := time.Now()
	go func() {
		for watch.Err() == nil {
			// Signing and asking for the list of parts take under 64 KiB.
			if l.up.Load() > before+64*kib {
				noted <- time.Now()
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	resume := exec.CommandContext(m.ctx, m.p.chute, "resume", "--json")
	resume.Env = append(os.Environ(), m.p.environment()...)
	text, err := resume.Output()
	if err != nil {
		return interruption{}, fmt.Errorf("resume: %w: %s", err, text)
	}
	var done struct {
		Event                     string
		Resumed_bytes, Sent_bytes int64
	}
	for line := range bytes.Lines(text) {
		if err := json.Unmarshal(line, &done); err != nil {
			return interruption{}, err
		}
	}
	if done.Event != "done" || done.Resumed_bytes == 0 {
		return interruption{}, fmt.Errorf("resume ended in %+v", done)
	}
	i := interruption{again: last.Bytes - done.Resumed_bytes, inFlight: int64(uploader.Normal) * 8 * mib}
	select {
	case at := <-noted:
		i.first = at.Sub(begun)
	default:
		return i, fmt.Errorf("no new byte was seen")
	}
	return i, nil
}

// measurePlan: planning the largest object there is takes no memory by size.
func measurePlan(*meter) error {
	const largest = 10_000 * 5 * gib // 48.8 TiB
	b := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := uploader.NewPlan(largest, sign.Limits{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	result{
		what: "planning 48.8 TiB, allocations", goal: "none by size", held: b.AllocsPerOp() == 0,
		cells: map[string]string{chute: fmt.Sprintf("%d (%d ns)", b.AllocsPerOp(), b.NsPerOp())},
	}.print()
	return nil
}

// measureMillion: a folder of 1,000,000 files begins to go at once and takes
// no memory by their number.
func measureMillion(m *meter) error {
	dir := filepath.Join(m.dir, "million")
	if err := folder(dir, int(math.Round(1e6*m.o.scale)), 1); err != nil {
		return err
	}
	s, err := m.p.start(storeDiscard, 0, 0, 0)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := m.p.destination(s.address); err != nil {
		return err
	}
	cmd := exec.CommandContext(m.ctx, m.p.chute, "send", "--no-serve", "--quiet", dir)
	cmd.Env = append(os.Environ(), m.p.environment()...)
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var early, late int64
	for running := true; running; {
		select {
		case err := <-ended:
			if err != nil {
				return err
			}
			running = false
		case <-time.After(500 * time.Millisecond):
			_, puts, _, err := s.seen()
			if err != nil {
				return err
			}
			if rss := resident(cmd.Process.Pid); puts < int64(5e4*m.o.scale) {
				early = max(early, rss)
			} else {
				late = max(late, rss)
			}
		}
	}
	_, puts, first, err := s.seen()
	if err != nil {
		return err
	}
	wait := first.Sub(begun)
	result{
		what: fmt.Sprintf("s to the first request, folder of %d files", puts), goal: "at once (≤ 1)",
		cells: map[string]string{chute: fmt.Sprintf("%.2f", wait.Seconds())}, held: wait <= time.Second,
	}.print()
	result{
		what: "memory after the first twentieth of it, and at most, MiB", goal: "bounded",
		cells: map[string]string{chute: fmt.Sprintf("%d, %d", early/mib, late/mib)}, held: late <= early+32*mib,
	}.print()
	return nil
}

// resident is the memory that a process has now, in bytes; 0 where unknown.
func resident(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize())
}
