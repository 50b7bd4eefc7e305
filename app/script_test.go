package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"chute/app/machine"
	"chute/uploader/storetest"

	"github.com/rogpeppe/go-internal/testscript"
)

// testsOfStores runs the tests and removes the store's data after them.
type testsOfStores struct{ m *testing.M }

func (t testsOfStores) Run() int { return storetest.Main(t.m) }

func TestMain(m *testing.M) {
	// No administrator of the machine that runs the tests has a say in them.
	machineFolder = machine.At(os.Getenv("CHUTE_TEST_MACHINE"))
	testscript.Main(testsOfStores{m}, map[string]func(){"chute": Main, "crasher": crasher})
}

// packageDir is the working directory before a store changes it.
var packageDir, _ = os.Getwd()

// TestScripts runs the command line as users and programs do: every script in
// testdata/script starts real processes, with a home of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join(packageDir, "testdata", "script"), Setup: setUp, Cmds: scriptCommands, RequireUniqueNames: true,
		Condition: func(cond string) (bool, error) {
			if cond == "superuser" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %s", cond)
		},
	})
}

// patience is how long a script waits for something to happen: far more than
// it takes, because the machine may be busy.
const patience = time.Minute

// script is what the commands of one script share.
type script struct {
	t       testing.TB
	store   *storetest.Store
	ca      string
	hold    chan struct{}
	running map[string]*exec.Cmd
	input   map[string]io.WriteCloser
}

type scriptKey struct{}

func setUp(e *testscript.Env) error {
	s := &script{t: e.T().(testing.TB), hold: make(chan struct{}), running: make(map[string]*exec.Cmd), input: make(map[string]io.WriteCloser)}
	e.Values[scriptKey{}] = s
	e.Setenv("CHUTE_HOME", filepath.Join(e.WorkDir, "home"))
	e.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:") // no keyring; else one would be started
	e.Setenv("DISPLAY", "")
	e.Setenv("WAYLAND_DISPLAY", "")
	e.Setenv("TZ", "UTC")
	e.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	e.Setenv("AWS_ACCESS_KEY_ID", storetest.AccessKey)
	e.Setenv("AWS_SECRET_ACCESS_KEY", storetest.SecretKey)
	e.Defer(func() {
		for _, cmd := range s.running {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	return nil
}

var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"code": exitsWith, "start": start, "await": await, "interrupt": interrupt, "crash": crash, "ended": hasEnded, "say": say,
	"store": startStore, "point": point, "fault": addFault, "heal": heal, "release": release,
	"holds": holds, "object": object, "fetch": fetch, "lines": lines, "big": big, "many": many, "stored": stored, "lose": lose,
	"modes": modes, "secretless": secretless, "events": checkEvents, "event": checkEvent,
}

func of(ts *testscript.TestScript) *script { return ts.Value(scriptKey{}).(*script) }

// exitsWith: code N COMMAND ... runs a command that ends with this exit code.
func exitsWith(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// start: start NAME COMMAND ... runs a command beside the script, with its
// output in NAME.out and NAME.err. Standard input stays open.
func start(ts *testscript.TestScript, _ bool, args []string) {
	name := args[0]
	path, err := exec.LookPath(args[1])
	ts.Check(err)
	cmd := exec.Command(path, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, key := range []string{
		"PATH", "HOME", "TMPDIR", "TZ", "CHUTE_HOME", "DBUS_SESSION_BUS_ADDRESS",
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED",
	} {
		cmd.Env = append(cmd.Env, key+"="+ts.Getenv(key))
	}
	var files []*os.File
	for _, suffix := range []string{".out", ".err"} {
		f, err := os.Create(ts.MkAbs(name + suffix))
		ts.Check(err)
		defer f.Close()
		files = append(files, f)
	}
	cmd.Stdout, cmd.Stderr = files[0], files[1]
	of(ts).input[name], err = cmd.StdinPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	of(ts).running[name] = cmd
}

// eventually waits for ok.
func eventually(ts *testscript.TestScript, what string, ok func() bool) {
	for end := time.Now().Add(patience); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			ts.Fatalf("%v passed without %s", patience, what)
		}
	}
}

// await: await FILE REGEXP waits until a file has text, and await store KIND N
// until so many requests of a kind have come.
func await(ts *testscript.TestScript, _ bool, args []string) {
	if args[0] == "store" {
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		eventually(ts, strings.Join(args, " "), func() bool { return of(ts).store.Count(storetest.Kind(args[1])) >= n })
		return
	}
	re := regexp.MustCompile("(?m)" + args[1])
	eventually(ts, args[1]+" in "+args[0], func() bool {
		b, err := os.ReadFile(ts.MkAbs(args[0]))
		return err == nil && re.Match(b)
	})
}

func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(of(ts).running[args[0]].Process.Signal(syscall.SIGINT))
}

// crash: crash NAME ends what was started as a power cut would.
func crash(ts *testscript.TestScript, _ bool, args []string) {
	cmd := of(ts).running[args[0]]
	delete(of(ts).running, args[0])
	ts.Check(cmd.Process.Kill())
	cmd.Wait()
}

// say: say NAME FILE writes a file to the standard input of what was started,
// and closes it.
func say(ts *testscript.TestScript, _ bool, args []string) {
	in := of(ts).input[args[0]]
	_, err := io.WriteString(in, ts.ReadFile(args[1]))
	ts.Check(err)
	ts.Check(in.Close())
}

// hasEnded: ended NAME CODE waits for what was started.
func hasEnded(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	cmd := s.running[args[0]]
	delete(s.running, args[0])
	timer := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer timer.Stop()
	cmd.Wait()
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != args[1] {
		errs, _ := os.ReadFile(ts.MkAbs(args[0] + ".err"))
		ts.Fatalf("%s ended with %s, want %s\n%s", args[0], got, args[1], errs)
	}
}

// addFault: fault [-after=N] [-times=N] KIND FAULT ... where FAULT is one of
// answer STATUS CODE [MESSAGE], cut BYTES, drop, hold, delay TIME.
func addFault(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		ts.Check(err)
		return n
	}
	var after, times int
	for ; strings.HasPrefix(args[0], "-"); args = args[1:] {
		name, value, _ := strings.Cut(args[0], "=")
		if name == "-after" {
			after = number(value)
		} else {
			times = number(value)
		}
	}
	rule := storetest.On(storetest.Kind(args[0])).After(after).Times(times)
	switch rest := append(args[2:], "", "", ""); args[1] {
	case "answer":
		s.store.Fault(rule, storetest.Answer(number(rest[0]), rest[1], rest[2]))
	case "cut":
		s.store.Fault(rule, storetest.CutAfter(int64(number(rest[0]))))
	case "drop":
		s.store.Fault(rule, storetest.DropAnswer())
	case "hold":
		s.store.Fault(rule, storetest.Hold(s.hold))
	default:
		ts.Fatalf("unknown fault %s", args[1])
	}
}

func heal(ts *testscript.TestScript, _ bool, _ []string) { of(ts).store.Heal() }

// release lets requests go on that fault ... hold stopped.
func release(ts *testscript.TestScript, _ bool, _ []string) {
	s := of(ts)
	close(s.hold)
	s.hold = make(chan struct{})
}

// fetch: fetch FILE N WANT gets the N-th link in FILE and compares the bytes.
// ! fetch FILE N is for a link that must not work.
func fetch(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	links := strings.Split(ts.ReadFile(args[0]), "\n")
	if n > len(links) {
		ts.Fatalf("there is no link %d", n)
	}
	resp, err := http.Get(links[n-1])
	if neg {
		if err == nil && resp.StatusCode == http.StatusOK {
			ts.Fatalf("link %d works", n)
		}
		return
	}
	ts.Check(err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if resp.StatusCode != http.StatusOK || string(got) != ts.ReadFile(args[2]) {
		ts.Fatalf("link %d answers %s: %.300q", n, resp.Status, got)
	}
}

// lines: lines FILE N counts lines.
func lines(ts *testscript.TestScript, _ bool, args []string) {
	if n := strings.Count(ts.ReadFile(args[0]), "\n"); strconv.Itoa(n) != args[1] {
		ts.Fatalf("%s has %d lines, want %s", args[0], n, args[1])
	}
}

// big: big FILE BYTES makes a file.
func big(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	block := []byte("the quick brown fox jumps over the lazy dog, line by line\n")
	content := bytes.Repeat(block, n/len(block)+1)[:n]
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o600))
}

// many: many DIR N makes a folder of N small files, f1 and so on.
func many(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.MkdirAll(ts.MkAbs(args[0]), 0o700))
	for i := range n {
		name := fmt.Sprintf("f%d", i+1)
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[0]), name), []byte(name), 0o600))
	}
}

// modes: modes DIR says that all below is its owner's alone.
func modes(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(filepath.Walk(ts.MkAbs(args[0]), func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			return fmt.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	}))
}

// secretless: secretless DIR TEXT ... says that no file below DIR holds TEXT.
func secretless(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(filepath.Walk(ts.MkAbs(args[0]), func(path string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, text := range args[1:] {
			if bytes.Contains(content, []byte(text)) {
				return fmt.Errorf("%s holds %q", path, text)
			}
		}
		return err
	}))
}
