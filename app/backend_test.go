package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chute/ui"
	"chute/uploader/storetest"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// presignService is a backend of the kind "presign": one path, two methods.
func presignService(t *testing.T, store *storetest.Store, refuse func(*http.Request) int) *httptest.Server {
	t.Helper()
	signer := s3.NewPresignClient(store.Client(), s3.WithPresignExpires(10*time.Minute))
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status := refuse(r); status != 0 {
			w.WriteHeader(status)
			return
		}
		q := r.URL.Query()
		bucket, key := q.Get("bucket_name"), q.Get("object_name")
		var signed string
		switch r.Method {
		case http.MethodPost:
			p, err := signer.PresignPutObject(r.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key})
			if err != nil {
				t.Error(err)
				return
			}
			signed = p.URL
		case http.MethodGet:
			p, err := signer.PresignGetObject(r.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key})
			if err != nil {
				t.Error(err)
				return
			}
			signed = p.URL
		}
		json.NewEncoder(w).Encode(signed)
	}))
	t.Cleanup(service.Close)
	return service
}

// atHome gives a test a home with these destinations, and a file to send.
func atHome(t *testing.T, destinations string) (file string, content []byte) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("CHUTE_HOME", home)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(home, "no-bus"))
	content = bytes.Repeat([]byte("chute "), 1000)
	file = filepath.Join(home, "a b é.txt")
	for path, text := range map[string][]byte{filepath.Join(home, "destinations.toml"): []byte(destinations), file: content} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file, content
}

func run(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Run(t.Context(), &console{strings.NewReader(""), &o, &e}, args)
	return code, o.String(), e.String()
}

func TestSendToBackend(t *testing.T) {
	store := storetest.Start(t)
	service := presignService(t, store, func(r *http.Request) int {
		if r.Header.Get("X-Team") != "video" {
			return http.StatusForbidden
		}
		return 0
	})
	file, content := atHome(t, fmt.Sprintf(`
[[destination]]
name = "service"
type = "backend"
url = %q
dialect = "presign"
bucket = %q
headers = { X-Team = "video" }
`, service.URL, store.Bucket))

	code, out, errs := run(t, "send", file)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	resp, err := http.Get(strings.TrimSpace(out))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the link gives %s and %d bytes, %v", resp.Status, len(got), err)
	}
	if code, out, errs := run(t, "destination", "test", "service"); code != exitOK {
		t.Errorf("test: exit %d: %s%s", code, out, errs)
	}
	if code, out, _ := run(t, "links", "--json"); code != exitOK || !strings.Contains(out, `"destination":"service"`) || !strings.Contains(out, `"state":"works"`) {
		t.Errorf("links: %s", out)
	}
}

func TestBackendRefuses(t *testing.T) {
	store := storetest.Start(t)
	for status, want := range map[int]string{
		http.StatusUnauthorized:        "[denied]",
		http.StatusForbidden:           "[denied]",
		http.StatusUnprocessableEntity: "[backend]",
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			service := presignService(t, store, func(*http.Request) int { return status })
			file, _ := atHome(t, fmt.Sprintf("[[destination]]\nname = \"service\"\ntype = \"backend\"\nurl = %q\ndialect = \"presign\"\nbucket = \"b\"\n", service.URL))
			code, out, errs := run(t, "send", file)
			if code != exitFailed || out != "" || !strings.Contains(errs, want) {
				t.Errorf("exit %d, printed %q, %s", code, out, errs)
			}
		})
	}
	store.Holds()
}

// A dialect of the user's own, without a line of Go; and one with a mistake.
func TestOwnDialect(t *testing.T) {
	store := storetest.Start(t)
	service := presignService(t, store, func(*http.Request) int { return 0 })
	file, content := atHome(t, fmt.Sprintf("[[destination]]\nname = \"mine\"\ntype = \"backend\"\nurl = %q\ndialect = \"mine\"\nbucket = %q\npublic_url = \"https://cdn.example.org\"\nkey = \"k.txt\"\n", service.URL, store.Bucket))
	dir := filepath.Join(filepath.Dir(file), "dialects")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("mine.toml", `
name  = "mine"
title = "My own"

[single]
method = "POST"
path   = "/anything{?bucket_name,object_name}"
answer = { url = "@this" }

[vars]
`)
	code, out, errs := run(t, "send", file)
	if code == exitOK {
		t.Fatalf("variables that the dialect does not name are taken: %s", out)
	}
	if !strings.Contains(errs, "mine.toml:") {
		t.Errorf("the mistake's place is not told: %s", errs)
	}
	write("mine.toml", `
name  = "mine"
title = "My own"

[single]
method = "POST"
path   = "/anything?bucket_name={bucket}&object_name={key}"
answer = { url = "@this" }
`)
	code, out, errs = run(t, "send", file)
	if code != exitOK || strings.TrimSpace(out) != "https://cdn.example.org/k.txt" {
		t.Fatalf("exit %d, printed %q, %s", code, out, errs)
	}
	if !bytes.Equal(store.Get("k.txt"), content) {
		t.Error("the bytes differ")
	}
}

// The window finds out what a service is.
func TestDetect(t *testing.T) {
	store := storetest.Start(t)
	service := presignService(t, store, func(r *http.Request) int {
		if r.URL.Path != "/api/v1/files/presign" {
			return http.StatusNotFound
		}
		return 0
	})
	atHome(t, "")
	a, err := Open(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	h := &host{app: a, groups: newGroups()}
	found, err := h.Detect(t.Context(), ui.Destination{URL: service.URL})
	if err != nil || len(found) == 0 || found[0].Dialect != "presign" || found[0].URL != service.URL {
		t.Errorf("found %+v, %v", found, err)
	}
	nothing := httptest.NewServer(http.NotFoundHandler())
	defer nothing.Close()
	if found, err := h.Detect(t.Context(), ui.Destination{URL: nothing.URL}); err != nil || len(found) != 0 {
		t.Errorf("where nothing is: %+v, %v", found, err)
	}
	if kinds := h.Dialects(); len(kinds) < 14 {
		t.Errorf("%d kinds of services", len(kinds))
	}
	store.Holds()
}
