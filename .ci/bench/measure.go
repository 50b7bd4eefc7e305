package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// usage is what one run of a program took, from outside: the whole process, by
// the operating system's own accounting.
type usage struct {
	wall time.Duration
	cpu  time.Duration // user and system
	rss  int64         // peak, bytes
}

// run runs a command to its end, beginning with nothing that waits for the
// disk. A failing program is an error that says what it printed last.
func run(ctx context.Context, env []string, dir, name string, args ...string) (usage, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = append(os.Environ(), env...), dir
	var last bytes.Buffer
	cmd.Stderr = &last
	syscall.Sync() // what the last program wrote shall not slow this one down
	begun := time.Now()
	err := cmd.Run()
	u := usage{wall: time.Since(begun)}
	if cmd.ProcessState != nil {
		u = u.from(cmd.ProcessState)
	}
	if err != nil {
		text := last.Bytes()
		return u, fmt.Errorf("%s: %w: %s", name, err, text[max(0, len(text)-400):])
	}
	return u, nil
}

func (u usage) from(p *os.ProcessState) usage {
	u.cpu = p.UserTime() + p.SystemTime()
	if r, ok := p.SysUsage().(*syscall.Rusage); ok {
		u.rss = int64(r.Maxrss) << 10 // Linux counts in KiB
	}
	return u
}

// middle is the median of a figure over runs; runs must not be empty.
func middle[T any, N cmp.Ordered](runs []T, figure func(T) N) N {
	all := make([]N, len(runs))
	for i, r := range runs {
		all[i] = figure(r)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// interleave runs each program n times, in turn, beginning with another one
// each round: what the machine does meanwhile meets all of them alike.
func interleave[R any](n int, programs []string, one func(program string) (R, error)) (map[string][]R, error) {
	all := make(map[string][]R)
	for round := range n {
		for i := range programs {
			p := programs[(round+i)%len(programs)]
			r, err := one(p)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p, err)
			}
			all[p] = append(all[p], r)
		}
	}
	return all, nil
}

// inMemory makes a folder in memory, if there is room for so many bytes; else one
// on the disk. A disk would be the same for all programs, and take longer than
// any of them: what is compared would be lost in it.
func inMemory(work string, need int64) (string, error) {
	const shared = "/dev/shm"
	var fs syscall.Statfs_t
	var machine syscall.Sysinfo_t
	room := syscall.Statfs(shared, &fs) == nil && int64(fs.Bavail)*fs.Bsize >= need &&
		syscall.Sysinfo(&machine) == nil && int64(machine.Freeram)*int64(machine.Unit) >= need
	if !room {
		return os.MkdirTemp(work, "memory-*")
	}
	return os.MkdirTemp(shared, "chute-bench-*")
}
