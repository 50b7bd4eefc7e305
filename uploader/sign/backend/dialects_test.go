package backend

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// flow is how one dialect is exercised from end to end.
type flow struct {
	dialect string
	variant string
	serve   func(*house) http.Handler
	config  func(*house, *Config)
	multi   bool   // 40 MiB go in parts
	link    string // "public", "signed", "permanent" or ""
	ownKey  bool   // the backend chooses the key
}

var flows = []flow{
	{dialect: "three-endpoint", serve: threeEndpoint, multi: true, link: "public"},
	{dialect: "presign", serve: presignServer, config: func(h *house, c *Config) { c.Bucket = h.Bucket }, link: "signed"},
	{dialect: "post-form", serve: postForm, link: "signed"},
	{dialect: "post-policy", serve: func(h *house) http.Handler { return postPolicy(h, 64<<20) }, config: secret, ownKey: true},
	{dialect: "upload-url", serve: uploadURL, ownKey: true},
	{dialect: "uppy-companion", serve: func(h *house) http.Handler { return companion(h, "") }, multi: true, link: "public", ownKey: true},
	{
		dialect: "uppy-companion", variant: "put", serve: func(h *house) http.Handler { return companion(h, "put") },
		config: func(h *house, c *Config) { c.Bucket = h.Bucket }, multi: true, link: "public", ownKey: true,
	},
	{dialect: "uppy-sign", serve: uppySign, multi: true},
	{
		dialect: "shrine", serve: func(h *house) http.Handler { return companion(h, "shrine") },
		config: func(h *house, c *Config) { c.Bucket = h.Bucket }, multi: true, link: "signed if multipart", ownKey: true,
	},
	{
		dialect: "better-upload", serve: func(h *house) http.Handler { return betterUpload(h, 6<<20, 1<<30) },
		config: func(_ *house, c *Config) { c.Vars = map[string]string{"route": "files"} }, multi: true, ownKey: true,
	},
	{dialect: "aws-mpu-sample", serve: func(h *house) http.Handler { return mpuSample(h, 5*time.Minute) }, multi: true},
	{dialect: "next-s3-upload", serve: nextS3, ownKey: true},
	{dialect: "active-storage", serve: activeStorage, link: "permanent", ownKey: true},
	{dialect: "laravel-vapor", serve: vapor, ownKey: true},
	{
		dialect: "sts", serve: func(h *house) http.Handler { return sts(h, func() time.Time { return time.Now().Add(time.Hour) }) },
		multi: true, link: "signed",
	},
}

func secret(_ *house, c *Config) { c.Auth, c.Secret = AuthBearer, fixed("s3cret") }

// Every built-in dialect takes bytes to the store, as its capabilities say,
// and gives the link that its backend can give.
func TestEveryDialect(t *testing.T) {
	for _, f := range flows {
		t.Run(strings.TrimSuffix(f.dialect+" "+f.variant, " "), func(t *testing.T) {
			h := newHouse(t)
			s := signer(t, f.dialect, h.serve(f.serve(h)), func(c *Config) {
				if f.config != nil {
					f.config(h, c)
				}
			})
			sizes := []int{0, 11, 3 << 20}
			if f.multi {
				sizes = append(sizes, 40<<20)
			}
			if can := f.can(); can.Multipart != f.multi {
				t.Errorf("capabilities: %+v", can)
			}
			for _, size := range sizes {
				f.upload(t, h, s, size)
			}
		})
	}
}

func (f flow) can() Capabilities { return Find(Builtin(), f.dialect).Capabilities() }

func (f flow) upload(t *testing.T, h *house, s *Signer, size int) {
	t.Helper()
	want := content(size)
	if size == 11 {
		want = []byte("hello chute")
	}
	const name = "a b+ü&é%.txt"
	asked := "dir/" + name
	snap := send(t, s, name, asked, want)
	if snap.Err != nil {
		t.Fatalf("%d bytes: %v", size, snap.Err)
	}
	if f.ownKey == (snap.Key == asked) {
		t.Errorf("%d bytes: the key is %q", size, snap.Key)
	}
	equal(t, snap.Key, h.Get(snap.Key), want)
	if left := h.Uploads(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if parts := f.can().Multipart && (size > 16<<20 || !f.can().Single); parts && snap.Ref.UploadID == "" {
		t.Errorf("%d bytes went in one request", size)
	}
	f.checkLink(t, h, snap.Link.URL, snap.Link.Expires, snap.Key, want, size > 16<<20)
}

func (f flow) checkLink(t *testing.T, h *house, link string, expires time.Time, key string, want []byte, multi bool) {
	t.Helper()
	kind := f.link
	if rest, ok := strings.CutSuffix(kind, " if multipart"); ok {
		if kind = ""; multi {
			kind = rest
		}
	}
	switch kind {
	case "":
		if link != "" {
			t.Errorf("an unexpected link %q", link)
		}
		return
	case "public":
		if got, err := url.PathUnescape(link); err != nil || got != h.URL(key) || !expires.IsZero() {
			t.Errorf("the link is %q until %v, want that of %q", link, expires, h.URL(key))
		}
		return
	case "permanent":
		if !expires.IsZero() {
			t.Errorf("the link ends at %v", expires)
		}
	case "signed":
		if left := time.Until(expires); left < 30*time.Second || left > 3*time.Hour {
			t.Errorf("the link ends at %v", expires)
		}
	}
	status, got := fetch(t, link)
	if status != 200 {
		t.Errorf("the link answers %d", status)
	}
	equal(t, "by the link", got, want)
}

// The list of flows and the list of the documentation are those of the program.
func TestDialectsAreTestedAndDocumented(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(here, "../../../docs/backends.md"))
	if err != nil {
		t.Fatal(err)
	}
	tested := map[string]bool{}
	for _, f := range flows {
		tested[f.dialect] = true
	}
	for _, d := range Builtin() {
		if !tested[d.Name] {
			t.Errorf("%s has no flow", d.Name)
		}
		if !strings.Contains(string(doc), "| `"+d.Name+"` |") {
			t.Errorf("%s is not in the table of docs/backends.md", d.Name)
		}
		if !regexp.MustCompile(`(?m)^dialect *= "` + d.Name + `"$`).Match(doc) {
			t.Errorf("%s has no example in docs/backends.md", d.Name)
		}
	}
	for _, name := range strings.Fields("three-endpoint presign post-form post-policy upload-url uppy-companion uppy-sign shrine better-upload aws-mpu-sample next-s3-upload active-storage laravel-vapor sts") {
		if Find(Builtin(), name) == nil {
			t.Errorf("there is no dialect %s", name)
		}
	}
}

// The dialect that the documentation develops is a real one.
func TestTutorial(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(here, "../../../docs/backends.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(doc), "<!-- dialect: vault -->\n```toml\n")
	text, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("the documentation has no such dialect")
	}
	d, problems := Parse("vault.toml", []byte(text))
	for _, p := range problems {
		t.Fatal(p)
	}
	h := newHouse(t)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/files", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Title, Mime string
			Bytes       int64
		}
		h.read(r, &in)
		if in.Bytes > 1<<20 {
			reply(w, 400, object{"problem": object{"kind": "quota", "text": "Your space is full."}})
			return
		}
		reply(w, 200, object{"data": object{"id": "f_81", "path": "2026/a.txt", "put": object{
			"href": h.put("2026/a.txt", in.Mime, 10*time.Minute), "headers": object{"Content-Type": []string{in.Mime}},
		}}})
	})
	mux.HandleFunc("GET /v1/files/f_81/share", func(w http.ResponseWriter, r *http.Request) {
		seconds, err := time.ParseDuration(r.URL.Query().Get("seconds") + "s")
		h.must(err)
		reply(w, 200, object{"data": object{"href": h.get("2026/a.txt", seconds)}})
	})
	s := signerOf(t, d, h.serve(mux))
	snap := send(t, s, "a.txt", "k", []byte("abc"))
	if snap.Err != nil || snap.Key != "2026/a.txt" {
		t.Fatalf("%+v", snap)
	}
	if status, got := fetch(t, snap.Link.URL); status != 200 || string(got) != "abc" {
		t.Errorf("the link answers %d %q", status, got)
	}
	snap = send(t, s, "b.txt", "k", content(2<<20))
	if snap.Err == nil || snap.Err.Code != "too-large" || snap.Err.Facts["Reason"] != "Your space is full." {
		t.Errorf("%v", snap.Err)
	}
}
