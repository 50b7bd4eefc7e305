package localstore

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const childDir = "CHUTE_TEST_LOCALSTORE"

// TestMain plays another Chute process when it is asked to: it opens the
// store, says how to reach it, and ends when its standard input does.
func TestMain(m *testing.M) {
	dir := os.Getenv(childDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	s := New(dir, &memory{})
	a, err := s.Open(context.Background())
	if err != nil {
		os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(a)
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0) // without Close, as a crash would
}

// memory is a keyring that lasts as long as the test, or, as its zero value
// in a child, as long as the process.
type memory struct{ access, secret string }

func (m *memory) Get(context.Context) (access, secret string, ok bool) {
	return m.access, m.secret, m.access != ""
}

func (m *memory) Set(_ context.Context, access, secret string) { m.access, m.secret = access, secret }

type child struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	access Access
}

func startChild(t *testing.T, dir string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0])}
	c.cmd.Env = append(os.Environ(), childDir+"="+dir)
	c.cmd.Stderr = os.Stderr
	var err error
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.cmd.Process.Kill(); c.cmd.Wait() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(line, &c.access); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return c
}

// stay puts the working directory back, which the gateway changes.
func stay(t *testing.T) {
	before, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.TempDir() // is removed after the step out of it: Windows keeps the folder a process is in
	t.Cleanup(func() { os.Chdir(before) })
}

func client(a Access) *s3.Client {
	return s3.New(s3.Options{
		Region: Region, BaseEndpoint: &a.Endpoint, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(a.AccessKey, a.SecretKey, ""),
	})
}

func put(t *testing.T, a Access, key, content string) {
	t.Helper()
	if _, err := client(a).PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(Bucket), Key: &key, Body: strings.NewReader(content)}); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, a Access, key string) string {
	t.Helper()
	out, err := client(a).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(Bucket), Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	b, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// From start to start everything stays the same, so links go on working.
func TestSameAfterRestart(t *testing.T) {
	stay(t)
	dir, keyring := t.TempDir(), &memory{}
	first := New(dir, keyring)
	before, err := first.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	put(t, before, "a", "hello")
	first.Close()
	second := New(dir, keyring)
	defer second.Close()
	after, err := second.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if before != after || second.Moved() {
		t.Errorf("before %s, after %s, moved %v", before.Endpoint, after.Endpoint, second.Moved())
	}
	if got := get(t, after, "a"); got != "hello" {
		t.Errorf("got %q", got)
	}
}

// A second process uses the gateway of the first, and takes over when that dies.
func TestTwoProcesses(t *testing.T) {
	stay(t)
	dir := t.TempDir()
	other := startChild(t, dir)
	s := New(dir, &memory{})
	defer s.Close()
	a, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a != other.access || s.Serves() {
		t.Fatalf("got %s of its own: %v, want %s", a.Endpoint, s.Serves(), other.access.Endpoint)
	}
	put(t, a, "shared", "hello")

	other.stdin.Close()
	other.cmd.Wait()
	a, err = s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !s.Serves() || a.Endpoint != other.access.Endpoint {
		t.Errorf("after the other's death: %s, serves %v", a.Endpoint, s.Serves())
	}
	if got := get(t, a, "shared"); got != "hello" {
		t.Errorf("got %q", got)
	}
}

// The credentials are in the keyring and in memory, not in a file.
func TestNoSecretInFiles(t *testing.T) {
	stay(t)
	dir, keyring := t.TempDir(), &memory{}
	s := New(dir, keyring)
	defer s.Close()
	a, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	put(t, a, "a", "b")
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), a.SecretKey) || strings.Contains(string(b), a.AccessKey) {
			t.Errorf("%s holds a credential", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPortTaken(t *testing.T) {
	stay(t)
	dir, keyring := t.TempDir(), &memory{}
	s := New(dir, keyring)
	before, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	squatter, err := net.Listen("tcp4", strings.TrimPrefix(before.Endpoint, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer squatter.Close()
	after, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if after.Endpoint == before.Endpoint || !s.Moved() {
		t.Errorf("moved %v, to %s", s.Moved(), after.Endpoint)
	}
}

func TestLongPath(t *testing.T) {
	stay(t)
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30), strings.Repeat("path", 30))
	s := New(dir, &memory{})
	defer s.Close()
	if _, err := s.Open(t.Context()); err != nil {
		t.Skip("this system has no way to a socket with so long a path:", err)
	}
	a, err := askHandover(t.Context(), dir)
	if err != nil || a != s.access {
		t.Errorf("hand-over: %v", err)
	}
}

func TestUnwritableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(filepath.Join(file, "store"), &memory{}).Open(t.Context()); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Open = %v", err)
	}
}
