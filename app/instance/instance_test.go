package instance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chute/app/peer"
)

// Tests that need another process run this binary again, which then does one
// thing: see TestMain.
const (
	roleEnv = "CHUTE_TEST_ROLE"
	dirEnv  = "CHUTE_TEST_DIR"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(dirEnv)
	switch os.Getenv(roleEnv) {
	case "":
		os.Exit(runTests(m))
	case "start": // as the program does: the first, or handing over
		first, err := Claim(context.Background(), dir, Message{To: os.Getenv("CHUTE_TEST_TO")})
		switch {
		case err != nil:
			fmt.Println("error:", err)
		case first == nil:
			fmt.Println("handed")
		default:
			var taken atomic.Int32
			first.Serve(func(Message) error { taken.Add(1); return nil })
			fmt.Println("first")
			os.Stdin.Read(make([]byte, 1)) // until the test ends it
			first.Close()
			fmt.Println("taken", taken.Load())
		}
	case "die": // as a crash does
		if _, err := Claim(context.Background(), dir, Message{}); err != nil {
			fmt.Println(err)
		}
		os.Exit(3)
	case "hand": // to whoever listens
		data, _ := Message{}.encode()
		fmt.Println(handOver(context.Background(), dir, data))
	case "shout": // without looking who listens
		conn, err := net.Dial("unix", filepath.Join(dir, pipeName))
		if err == nil {
			data, _ := Message{}.encode()
			conn.Write(data)
			err = readAnswer(conn)
		}
		fmt.Println(err)
	case "listen": // without a lock, as somebody else might
		l, err := net.Listen("unix", filepath.Join(dir, pipeName))
		if err == nil {
			err = os.Chmod(filepath.Join(dir, pipeName), 0o777)
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("listening")
		conn, err := l.Accept()
		if err == nil {
			n, _ := conn.Read(make([]byte, 100))
			fmt.Println("got", n)
		}
	}
}

func child(t *testing.T, role, dir string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t))
	cmd.Env = append(os.Environ(), roleEnv+"="+role, dirEnv+"="+dir)
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = os.Stderr
	return cmd
}

// program is this test's program, where other users can run it too.
var program = func() func(*testing.T) string {
	var once sync.Once
	var path string
	return func(t *testing.T) string {
		once.Do(func() {
			data, err := os.ReadFile(os.Args[0])
			if err == nil {
				path = filepath.Join(others, filepath.Base(os.Args[0]))
				err = os.WriteFile(path, data, 0o755)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
		return path
	}
}()

// others is a folder that every user may enter, for as long as the tests run.
var others string

func runTests(m *testing.M) (code int) {
	var err error
	if others, err = os.MkdirTemp("", "instance"); err == nil {
		err = os.Chmod(others, 0o755)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(others)
	return m.Run()
}

func claimed(t *testing.T, dir string, take func(Message) error) *First {
	t.Helper()
	first, err := Claim(t.Context(), dir, Message{})
	if err != nil || first == nil {
		t.Fatalf("not the first: %v", err)
	}
	t.Cleanup(func() { first.Close() })
	if take != nil {
		first.Serve(take)
	}
	return first
}

func TestSecondHandsOver(t *testing.T) {
	dir := t.TempDir()
	var got []Message
	claimed(t, dir, func(m Message) error { got = append(got, m); return nil })
	file := filepath.Join(dir, "a b\n")
	want := Message{Paths: []string{file, "https://example.org"}, To: "work"}
	if first, err := Claim(t.Context(), dir, want); first != nil || err != nil {
		t.Fatalf("first %v, %v", first, err)
	}
	if len(got) != 1 || got[0].To != "work" || !slices.Equal(got[0].Paths, want.Paths) {
		t.Errorf("got %+v", got)
	}
}

func TestRefusalIsTold(t *testing.T) {
	dir := t.TempDir()
	claimed(t, dir, func(Message) error { return errors.New("there is no destination \"x\"") })
	first, err := Claim(t.Context(), dir, Message{To: "x"})
	if r, ok := errors.AsType[Refusal](err); first != nil || !ok || r.Text != "there is no destination \"x\"" {
		t.Errorf("first %v, %v", first, err)
	}
}

// What comes while the window is not there yet waits for it.
func TestHandOverWhileStarting(t *testing.T) {
	dir := t.TempDir()
	first := claimed(t, dir, nil)
	var wg sync.WaitGroup
	var taken atomic.Int32
	for range 5 {
		wg.Go(func() {
			if f, err := Claim(t.Context(), dir, Message{}); f != nil || err != nil {
				t.Errorf("first %v, %v", f, err)
			}
		})
	}
	first.Serve(func(Message) error { taken.Add(1); return nil })
	wg.Wait()
	if taken.Load() != 5 {
		t.Errorf("%d taken", taken.Load())
	}
}

// Who comes while the first is ending becomes the next, and nothing is lost.
func TestHandOverWhileEnding(t *testing.T) {
	dir := t.TempDir()
	first := claimed(t, dir, func(Message) error { t.Error("taken by one that ends"); return nil })
	first.End()
	next := make(chan *First)
	go func() {
		f, err := Claim(t.Context(), dir, Message{})
		if err != nil {
			t.Error(err)
		}
		next <- f
	}()
	first.Close()
	f := <-next
	if f == nil {
		t.Fatal("handed over to one that has ended")
	}
	f.Close()
}

func TestStaleSocket(t *testing.T) {
	dir := t.TempDir()
	cmd := child(t, "die", dir)
	if out, err := cmd.Output(); err == nil || len(out) > 0 {
		t.Fatalf("%s, %v", out, err)
	}
	claimed(t, dir, func(Message) error { return nil })
	if f, err := Claim(t.Context(), dir, Message{}); f != nil || err != nil {
		t.Errorf("first %v, %v", f, err)
	}
}

// Of many starts at once one is the first, and takes all others.
func TestRace(t *testing.T) {
	dir := t.TempDir()
	const starts = 8
	type process struct {
		cmd  *exec.Cmd
		said chan string
		in   interface{ Close() error }
	}
	var all []process
	for range starts {
		cmd := child(t, "start", dir)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		p := process{cmd, make(chan string, 4), in}
		go func() {
			defer close(p.said)
			var line string
			for {
				if _, err := fmt.Fscanln(out, &line); err != nil && line == "" {
					return
				}
				p.said <- line
				line = ""
			}
		}()
		all = append(all, p)
	}
	firsts := 0
	for _, p := range all {
		switch said := <-p.said; said {
		case "first":
			firsts++
		case "handed":
		default:
			t.Errorf("said %q", said)
		}
	}
	for _, p := range all {
		p.in.Close()
		p.cmd.Wait()
	}
	if firsts != 1 {
		t.Errorf("%d of %d are the first", firsts, starts)
	}
}

// A first process that hangs keeps nobody waiting for ever.
func TestFirstThatHangs(t *testing.T) {
	dir := t.TempDir()
	claimed(t, dir, nil)
	f, err := claim(t.Context(), dir, Message{}, 200*time.Millisecond)
	if f != nil || err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("first %v, %v", f, err)
	}
}

// One that connects and says nothing does not keep the first from ending.
func TestSilentPeer(t *testing.T) {
	dir := t.TempDir()
	first := claimed(t, dir, func(Message) error { return nil })
	conn, err := peer.Dial(t.Context(), dir, pipeName)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := first.Close(); err != nil {
		t.Error(err)
	}
}
