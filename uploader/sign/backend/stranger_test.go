package backend

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// A backend that no preset covers: file ids in paths, everything nested,
// headers as lists, a form where JSON was expected, addresses relative to the
// backend (which passes the bytes on), errors in a 200, link and expiry its own.
const strangersFile = `
name  = "stranger"
title = "A stranger's backend"

[vars]
project = ""

[session]
headers = { X-Client = "chute/{project}" }

[limits]
max_size = "64MiB"

[errors]
code      = "fault.kind"
message   = "fault.text"
too-large = ["quota", "too_big"]

[create]
method = "PUT"
path   = "/v2/{project}/files{?size,content_type}"
form   = { title = "{name}", path = "/{key}", type = "{content_type}" }
answer = { upload_id = "data.upload.session", key = ["data.object.path", "data.object.name"], part_size = "data.upload.chunk", error = "fault.text" }
keep   = { file_id = "data.id" }

[part]
method  = "PATCH"
path    = "/v2/{project}/files/{file_id}/chunks/{part_number}"
json    = { upload = { session = "{upload_id}", number = "{part_number}", last = false, tags = ["a", "{name}", 7] } }
answer  = { url = "data.to.0.href", headers = "data.to.0.headers", expires_at = "data.valid_until" }
headers = { X-Chunk = "{part_number}/{part_count}" }

[complete]
method = "POST"
path   = "/v2/{project}/files/{file_id}"
json   = { chunks = "{parts}", bytes = "{size}" }
parts  = { number = "n", etag = "tag", size = "len" }
answer = { etag = "data.etag" }

[abort]
method = "DELETE"
path   = "/v2/{project}/files/{file_id}"

[link]
path   = "/v2/{project}/files/{file_id}/share?ttl={expires}"
answer = { url = "data.href", expires_in = "data.ttl" }
`

func stranger(t *testing.T, h *house) http.Handler {
	mux := http.NewServeMux()
	type file struct{ key, upload string }
	files := map[string]file{}
	mux.HandleFunc("PUT /v2/p1/files", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Client") != "chute/p1" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			t.Errorf("headers %v", r.Header)
		}
		if r.URL.Query().Get("content_type") != "application/octet-stream" {
			t.Errorf("query %v", r.URL.Query())
		}
		r.ParseForm()
		if r.PostForm.Get("title") == "full.bin" {
			reply(w, 200, object{"fault": object{"kind": "quota", "text": "no room left"}, "data": nil})
			return
		}
		key := strings.TrimPrefix(r.PostForm.Get("path"), "/") + ".stored"
		id := rand.Text()
		files[id] = file{key, h.create(key, r.PostForm.Get("type"))}
		reply(w, 201, object{"data": object{
			"id": id, "upload": object{"session": files[id].upload, "chunk": strconv.Itoa(6 << 20)}, "object": object{"path": nil, "name": key},
		}})
	})
	mux.HandleFunc("PATCH /v2/p1/files/{id}/chunks/{n}", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Upload struct {
				Session string
				Number  int
				Last    bool
				Tags    []any
			}
		}
		h.read(r, &in)
		f := files[r.PathValue("id")]
		if in.Upload.Session != f.upload || strconv.Itoa(in.Upload.Number) != r.PathValue("n") || len(in.Upload.Tags) != 3 || in.Upload.Tags[2] != 7.0 {
			t.Errorf("%+v", in)
		}
		reply(w, 200, object{"data": object{
			"valid_until": time.Now().Add(time.Hour).UnixMilli(),
			"to":          []any{object{"href": "/bytes/" + r.PathValue("id") + "/" + r.PathValue("n"), "headers": object{"X-Pass": []string{"let", "me in"}, "Host": "elsewhere"}}},
		}})
	})
	mux.HandleFunc("PUT /bytes/{id}/{n}", func(w http.ResponseWriter, r *http.Request) {
		f := files[r.PathValue("id")]
		if got := r.Header.Values("X-Pass"); len(got) != 2 || got[1] != "me in" || !strings.HasSuffix(r.Header.Get("X-Chunk"), "/4") || r.Header.Get("Authorization") != "" {
			t.Errorf("headers %v", r.Header)
		}
		n, _ := strconv.Atoi(r.PathValue("n"))
		req, err := http.NewRequestWithContext(r.Context(), http.MethodPut, h.part(f.key, f.upload, int32(n), time.Minute), r.Body)
		h.must(err)
		req.ContentLength = r.ContentLength
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		resp.Body.Close()
		w.Header().Set("ETag", resp.Header.Get("ETag"))
		w.WriteHeader(resp.StatusCode)
	})
	mux.HandleFunc("POST /v2/p1/files/{id}", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Chunks []struct {
				N   int32
				Tag string
				Len int64
			}
			Bytes int64
		}
		h.read(r, &in)
		var parts []part
		var total int64
		for _, c := range in.Chunks {
			parts, total = append(parts, part{c.N, c.Tag}), total+c.Len
		}
		if total != in.Bytes {
			t.Errorf("chunks of %d bytes, said %d", total, in.Bytes)
		}
		f := files[r.PathValue("id")]
		_, err := h.complete(f.key, f.upload, parts)
		h.must(err)
		reply(w, 200, object{"data": object{"etag": "done"}})
	})
	mux.HandleFunc("GET /v2/p1/files/{id}/share", func(w http.ResponseWriter, r *http.Request) {
		ttl, err := strconv.Atoi(r.URL.Query().Get("ttl"))
		h.must(err)
		reply(w, 200, object{"data": object{"href": h.get(files[r.PathValue("id")].key, 2*time.Hour), "ttl": ttl}})
	})
	return mux
}

func TestStrangersBackend(t *testing.T) {
	h := newHouse(t)
	all, err := Load(fstest.MapFS{"stranger.toml": {Data: []byte(strangersFile)}})
	if err != nil {
		t.Fatal(err)
	}
	s := signerOf(t, Find(all, "stranger"), h.serve(stranger(t, h)), func(c *Config) {
		c.Vars, c.Auth, c.Secret = map[string]string{"project": "p1"}, AuthBearer, fixed("s3cret")
	})
	want := content(20 << 20)
	snap := send(t, s, "a.bin", "dir/a.bin", want)
	if snap.Err != nil {
		t.Fatal(snap.Err)
	}
	if snap.Key != "dir/a.bin.stored" || snap.Parts != 4 || snap.ETag != "done" || snap.Ref.PartSize != 6<<20 {
		t.Errorf("%+v", snap)
	}
	equal(t, "the object", h.Get(snap.Key), want)
	if status, got := fetch(t, snap.Link.URL); status != 200 || len(got) != len(want) {
		t.Errorf("the link answers %d with %d bytes", status, len(got))
	}
	if left := time.Until(snap.Link.Expires); left > time.Hour || left < 59*time.Minute { // its own word, less than the address's
		t.Errorf("the link ends in %v", left)
	}
	for name, size := range map[string]int{"full.bin": 3, "large.bin": 65 << 20} {
		if snap := send(t, s, name, name, make([]byte, size)); snap.Err == nil || snap.Err.Code != "too-large" {
			t.Errorf("%s: %v", name, snap.Err)
		}
	}
	o := object1(1)
	o.ContentType = "application/octet-stream"
	u, err := s.Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	link, err := restart(t, s, u).Link(t.Context(), time.Minute)
	if err != nil || link.URL == "" {
		t.Errorf("after a restart: %v, %v", link, err)
	}
}
