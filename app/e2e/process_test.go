//go:build linux

package e2e

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	// patience is how long anything may take before a test gives up: far more
	// than it needs, because the machine may be busy with other tests.
	patience = 60 * time.Second
	// glance is how often a condition is looked at.
	glance = 50 * time.Millisecond
)

// eventually waits until ok returns true.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	if !within(t, patience, ok) {
		t.Fatalf("%v passed without: %s", patience, what)
	}
}

// within waits for ok, but no longer than d, and reports whether it came.
func within(t *testing.T, d time.Duration, ok func() bool) bool {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for {
		if ok() {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

// env is a process's whole environment: nothing of the machine's own session
// gets in, and nothing of the test's gets out to the user's files.
type env []string

// newEnv returns an environment whose folders are all below dir.
func newEnv(t *testing.T, dir string) env {
	t.Helper()
	e := env{
		"PATH=" + os.Getenv("PATH"),
		"LANG=C.UTF-8",
		"HOME=" + dir,
		// Without this, whoever asks for a session bus starts one.
		"DBUS_SESSION_BUS_ADDRESS=disabled:",
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"} {
		folder := dir + "/" + strings.ToLower(name)
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		e = append(e, name+"="+folder)
	}
	return e
}

// with returns the environment with more variables; later ones win.
func (e env) with(variables ...string) env { return append(e[:len(e):len(e)], variables...) }

// process is a program that runs beside the test until the test ends.
type process struct {
	name   string
	cmd    *exec.Cmd
	output buffer // stdout and stderr
	done   chan struct{}
}

// start starts a program. When the test ends it is interrupted and waited for;
// what it printed is logged if the test failed.
func start(t *testing.T, e env, stdin io.Reader, name string, args ...string) *process {
	t.Helper()
	p := &process{name: name, cmd: exec.Command(name, args...), done: make(chan struct{})}
	p.cmd.Env = e
	p.cmd.Stdin = stdin
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	// Its descendants may hold the output open after it has ended.
	p.cmd.WaitDelay = 5 * time.Second
	// A test binary that is killed takes its programs with it.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		p.cmd.Wait()
	}()
	t.Cleanup(func() {
		p.stop(t)
		if t.Failed() {
			t.Logf("%s printed:\n%s", name, p.output.Bytes())
		}
	})
	return p
}

// stop asks the program and its descendants to end. One that does not fails
// the test and is killed.
func (p *process) stop(t *testing.T) {
	if !p.running() {
		return
	}
	group := -p.cmd.Process.Pid
	syscall.Kill(group, syscall.SIGTERM) // who runs the tests in the background has shells ignore SIGINT
	select {
	case <-p.done:
	case <-time.After(time.Minute): // the machine may be busy
		t.Errorf("%s did not end when it was asked to", p.name)
	}
	syscall.Kill(group, syscall.SIGKILL)
	<-p.done
}

// running reports whether the program has not ended yet.
func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// run runs a program to its end and returns what it printed. A program that
// does not end in time is killed.
func run(ctx context.Context, e env, stdin, name string, args ...string) (stdout, stderr string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = e
	cmd.Stdin = strings.NewReader(stdin)
	cmd.WaitDelay = 5 * time.Second
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	if ctx.Err() != nil {
		err = errors.Join(ctx.Err(), err)
	}
	return out.String(), errOut.String(), err
}

// buffer is a bytes.Buffer that can be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// Bytes returns a copy of what was written so far.
func (b *buffer) Bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.b.Bytes())
}
