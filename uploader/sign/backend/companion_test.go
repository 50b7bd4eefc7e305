package backend

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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

	"chute/uploader/sign"
	"chute/uploader/storetest"
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

// install puts the packages of a lock file into a folder of the user's cache
// and returns it. What is there already is used.
func install(t *testing.T, project string) string {
	t.Helper()
	from := filepath.Join(here, "testdata", project)
	lock, err := os.ReadFile(filepath.Join(from, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	sum := sha256.Sum256(lock)
	dir := filepath.Join(cache, "chute-test", project+"-"+hex.EncodeToString(sum[:6]))
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
	for _, name := range []string{"package.json", "package-lock.json"} {
		b, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(work, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
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

// realCompanion runs Uppy Companion on the store and returns its address.
func realCompanion(t *testing.T, s *storetest.Store) string {
	t.Helper()
	needNode(t)
	dir, port := install(t, "companion"), freePort(t)
	var log bytes.Buffer
	node := exec.CommandContext(t.Context(), "node", filepath.Join(dir, "node_modules/@uppy/companion/bin/companion"))
	node.Dir = t.TempDir()
	node.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + node.Dir, "NODE_ENV=production",
		"COMPANION_PORT=" + port, "COMPANION_DOMAIN=127.0.0.1:" + port, "COMPANION_PROTOCOL=http",
		"COMPANION_SECRET=one", "COMPANION_PREAUTH_SECRET=two", "COMPANION_DATADIR=" + node.Dir,
		"COMPANION_CLIENT_ORIGINS=true", "COMPANION_UPLOAD_URLS=" + s.Endpoint,
		"COMPANION_AWS_KEY=" + storetest.AccessKey, "COMPANION_AWS_SECRET=" + storetest.SecretKey,
		"COMPANION_AWS_BUCKET=" + s.Bucket, "COMPANION_AWS_REGION=" + storetest.Region,
		"COMPANION_AWS_ENDPOINT=" + s.Endpoint, "COMPANION_AWS_FORCE_PATH_STYLE=true",
	}
	node.Stdout, node.Stderr = &log, &log
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- node.Wait() }()
	t.Cleanup(func() {
		node.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("Companion said:\n%s", log.String())
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
		case err := <-ended:
			ended <- err
			t.Fatalf("Companion ended: %v", err)
		case <-t.Context().Done():
			t.Fatal("Companion does not listen")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Uppy Companion itself, not our idea of it.
func TestRealCompanion(t *testing.T) {
	s := storetest.Start(t)
	url := realCompanion(t, s)
	h := &house{Store: s, t: t}
	both := Find(Builtin(), "uppy-companion")
	oneByOne := *both
	oneByOne.batch = nil
	for name, d := range map[string]*Dialect{"batches": both, "part by part": &oneByOne} {
		t.Run(name, func(t *testing.T) {
			up := signerOf(t, d, url)
			for _, size := range []int{0, 1, 3 << 20, 40 << 20} {
				want := content(size)
				snap := send(t, up, "a b+ü&é%.bin", "k", want)
				if snap.Err != nil {
					t.Fatalf("%d bytes: %v", size, snap.Err)
				}
				if multi := snap.Ref.UploadID != ""; multi != (size > 16<<20) || !strings.HasSuffix(snap.Key, "-a b+ü&é%.bin") {
					t.Errorf("%d bytes: %+v", size, snap.Ref)
				}
				equal(t, snap.Key, h.Get(snap.Key), want)
				if snap.Link.URL == "" {
					t.Errorf("%d bytes: no link", size)
				}
			}
		})
	}
	t.Run("list and abort", func(t *testing.T) {
		up := signerOf(t, both, url)
		o := object1(16 << 20)
		o.Parts, o.PartSize = 2, 8<<20
		u, err := up.Begin(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		listAndAbort(t, h, up, u)
	})
	if found, err := Detect(t.Context(), url, http.DefaultClient, Builtin()); err != nil || len(found) == 0 || found[0].Dialect != both {
		t.Errorf("detected %+v, %v", found, err)
	}
}

// listAndAbort sends one part, finds it in the list after a restart, and
// aborts.
func listAndAbort(t *testing.T, h *house, s *Signer, u sign.Upload) {
	t.Helper()
	want := content(5 << 20)
	r, err := u.Part(t.Context(), 1, sign.PartInfo{Size: int64(len(want))})
	if err != nil {
		t.Fatal(err)
	}
	etag := put(t, r, want)
	again, err := s.Resume(t.Context(), u.Ref())
	if err != nil {
		t.Fatal(err)
	}
	parts, err := again.Uploaded(t.Context())
	if err != nil || len(parts) != 1 || parts[0].Number != 1 || parts[0].ETag != etag || parts[0].Size != int64(len(want)) {
		t.Errorf("listed %+v, %v; want ETag %s", parts, err, etag)
	}
	if err := again.Abort(t.Context()); err != nil {
		t.Error(err)
	}
	if left := h.Uploads(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// put executes a request and returns the store's ETag.
func put(t *testing.T, r sign.Request, body []byte) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.Method, r.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 {
		t.Fatalf("the store answers %d: %s", resp.StatusCode, answer)
	}
	return resp.Header.Get("ETag")
}
