package backend

import (
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"chute/uploader/sign"
	"chute/uploader/storetest"
)

// realCompanion runs Uppy Companion on the store and returns its address.
func realCompanion(t *testing.T, s *storetest.Store) string {
	t.Helper()
	needNode(t)
	dir, port := install(t, "companion"), freePort(t)
	return runNode(t, port, []string{
		"COMPANION_PORT=" + port, "COMPANION_DOMAIN=127.0.0.1:" + port, "COMPANION_PROTOCOL=http",
		"COMPANION_SECRET=one", "COMPANION_PREAUTH_SECRET=two", "COMPANION_DATADIR=" + t.TempDir(),
		"COMPANION_CLIENT_ORIGINS=true", "COMPANION_UPLOAD_URLS=" + s.Endpoint,
		"COMPANION_AWS_KEY=" + accessKey, "COMPANION_AWS_SECRET=" + secretKey,
		"COMPANION_AWS_BUCKET=" + s.Bucket, "COMPANION_AWS_REGION=" + storetest.Region,
		"COMPANION_AWS_ENDPOINT=" + s.Endpoint, "COMPANION_AWS_FORCE_PATH_STYLE=true",
	}, filepath.Join(dir, "node_modules/@uppy/companion/bin/companion"))
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
