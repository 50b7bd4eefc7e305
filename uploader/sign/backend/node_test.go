package backend

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// oldestNode is what the pinned Companion runs on: 20.19.3, or 22 and newer.
const oldestNode = "20.19.3"

// lacks skips a test for want of something, except in CI, which has it.
func lacks(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func needNode(t *testing.T) {
	t.Helper()
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		lacks(t, "Node.js is missing: Companion itself is not tested")
	}
	version := strings.TrimPrefix(strings.TrimSpace(string(out)), "v")
	if !newEnough(version) {
		lacks(t, "Node.js "+version+" is too old for Companion, which is not tested: it needs "+oldestNode)
	}
	if _, err := exec.LookPath("npm"); err != nil {
		lacks(t, "npm is missing: Companion itself is not tested")
	}
}

func newEnough(version string) bool {
	var v [3]int
	for i, s := range strings.SplitN(version, ".", 3) {
		v[i], _ = strconv.Atoi(s)
	}
	return v[0] >= 22 || v[0] == 20 && slices.Compare(v[:], []int{20, 19, 3}) >= 0
}

// install copies a project of testdata to a folder of the user's cache, with the
// packages of its lock file, and returns that. What is there already is used.
func install(t *testing.T, project string) string {
	t.Helper()
	from := filepath.Join(here, "testdata", project)
	sum := sha256.New()
	if err := hashFiles(sum, from); err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "chute-test", project+"-"+hex.EncodeToString(sum.Sum(nil)[:6]))
	if _, err := os.Stat(filepath.Join(dir, "done")); err == nil {
		return dir
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), project+"-*") // put in place whole, or not at all
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(work)
	if err := os.CopyFS(work, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--no-progress")
	npm.Dir = work
	if out, err := npm.CombinedOutput(); err != nil {
		lacks(t, fmt.Sprintf("npm cannot install %s: %v\n%s", project, err, out))
	}
	if err := os.WriteFile(filepath.Join(work, "done"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	os.RemoveAll(dir)
	if err := os.Rename(work, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// freePort is one that nobody listens on at the moment.
func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func hashFiles(h hash.Hash, dir string) error {
	files, err := os.ReadDir(dir)
	for _, f := range files {
		b, rerr := os.ReadFile(filepath.Join(dir, f.Name()))
		if rerr != nil {
			return rerr
		}
		h.Write(b)
	}
	return err
}

// runNode runs a server that listens on port, until the test ends, and returns
// its address.
func runNode(t *testing.T, port string, env []string, args ...string) string {
	t.Helper()
	var log bytes.Buffer
	node := exec.CommandContext(t.Context(), "node", args...)
	node.Dir = t.TempDir()
	node.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + node.Dir, "NODE_ENV=production"}, env...)
	node.Stdout, node.Stderr = &log, &log
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		node.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		node.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("the server said:\n%s", log.String())
		}
	})
	url := "http://127.0.0.1:" + port
	for {
		resp, err := http.Get(url + "/")
		if err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			return url
		}
		select {
		case <-ended:
			t.Fatal("the server ended")
		case <-t.Context().Done():
			t.Fatal("the server does not listen")
		case <-time.After(50 * time.Millisecond):
		}
	}
}
