package backend

import (
	"crypto/rand"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Handlers of the backends that the built-in dialects are for, written from
// their published contracts.

func threeEndpoint(h *house) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /get-s3-presigned-url/", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			FileName   string `json:"file_name"`
			FileType   string `json:"file_type"`
			UploadID   string `json:"upload_id"`
			PartNumber int32  `json:"part_number"`
		}
		h.read(r, &in)
		if in.FileName == "" {
			reply(w, 200, object{"presigned_url": nil, "resource_url": nil})
			return
		}
		url := ""
		if in.UploadID != "" {
			url = h.part(in.FileName, in.UploadID, in.PartNumber, 24*time.Hour)
		} else {
			url = h.put(in.FileName, in.FileType, time.Hour)
		}
		reply(w, 200, object{"presigned_url": url, "resource_url": h.URL(escapeKey(in.FileName))})
	})
	mux.HandleFunc("POST /initiate-multipart-upload/", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			FileName string `json:"file_name"`
		}
		h.read(r, &in)
		reply(w, 200, object{"upload_id": h.create(in.FileName, "")})
	})
	mux.HandleFunc("POST /complete-multipart-upload/", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			FileName string `json:"file_name"`
			UploadID string `json:"upload_id"`
			Parts    []part `json:"parts"`
		}
		h.read(r, &in)
		if _, err := h.complete(in.FileName, in.UploadID, in.Parts); err != nil {
			h.must(err)
			reply(w, 200, nil)
			return
		}
		reply(w, 200, true)
	})
	return mux
}

func presignServer(h *house) http.Handler {
	mux := http.NewServeMux()
	sign := func(do func(key string, d time.Duration) string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			seconds, err := strconv.Atoi(q.Get("expiration"))
			if err != nil || q.Get("bucket_name") != h.Bucket {
				h.t.Errorf("query %v", q)
			}
			reply(w, 200, do(q.Get("object_name"), time.Duration(seconds)*time.Second))
		}
	}
	mux.HandleFunc("POST /api/v1/files/presign", sign(func(key string, d time.Duration) string { return h.put(key, "", d) }))
	mux.HandleFunc("GET /api/v1/files/presign", sign(h.get))
	return mux
}

func postForm(h *house) http.Handler {
	mux := http.NewServeMux()
	type in struct {
		Filename string `json:"filename"`
	}
	mux.HandleFunc("POST /get-upload-url", func(w http.ResponseWriter, r *http.Request) {
		var v in
		h.read(r, &v)
		f := h.form(v.Filename, time.Minute)
		reply(w, 200, object{"url": f.URL, "fields": f.Values})
	})
	mux.HandleFunc("POST /get-download-url", func(w http.ResponseWriter, r *http.Request) {
		var v in
		h.read(r, &v)
		io.WriteString(w, h.get(v.Filename, time.Minute)) // not JSON
	})
	return mux
}

// postPolicy allows up to max bytes of text below the user's prefix.
func postPolicy(h *house, max int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer s3cret" {
			reply(w, 401, object{"error": "unauthorized"})
			return
		}
		var in struct {
			Filename, Key string
			ContentType   string `json:"content_type"`
			Size          int64
		}
		h.read(r, &in)
		key := "users/7/" + in.Filename
		f := h.form(key, 5*time.Minute,
			[]any{"content-length-range", 0, max}, []any{"starts-with", "$Content-Type", "text/"}, []any{"starts-with", "$key", "users/7/"})
		reply(w, 200, object{"url": f.URL, "fields": f.Values})
	})
}

func uploadURL(h *house) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/upload-url", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			ContentType string `json:"content_type"`
		}
		h.read(r, &in)
		key := "uploads/" + strings.ToLower(rand.Text())
		reply(w, 200, object{"upload_url": h.put(key, in.ContentType, 5*time.Minute), "key": key})
	})
	return mux
}

// companion has the routes of Companion, for what the real one cannot do here.
// kind "put" answers params as Uppy's own example does, "shrine" as Shrine.
func companion(h *house, kind string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /s3/params", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		name, typ := q.Get("filename"), q.Get("type")
		if name == "" || typ == "" {
			reply(w, 400, object{"error": "s3: the \"filename\" query parameter is required"})
			return
		}
		key := strings.ToLower(rand.Text()) + "-" + name
		switch kind {
		case "put":
			reply(w, 200, object{"url": h.put(key, typ, 15*time.Minute), "method": "PUT"})
		case "shrine":
			reply(w, 200, object{"method": "put", "url": h.put(key, typ, 15*time.Minute), "fields": object{}, "headers": object{"Content-Type": typ}})
		default:
			f := h.form(key, 800*time.Second)
			reply(w, 200, object{"method": "post", "url": f.URL, "fields": f.Values, "expires": 800})
		}
	})
	key := func(r *http.Request) string { return r.URL.Query().Get("key") }
	answer := func(w http.ResponseWriter, v any, err error) {
		if err != nil {
			reply(w, 500, object{"message": err.Error(), "requestId": "r-1"})
			return
		}
		reply(w, 200, v)
	}
	mux.HandleFunc("POST /s3/multipart", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Filename, Type string
			Metadata       map[string]string
		}
		h.read(r, &in)
		k := strings.ToLower(rand.Text()) + "/" + in.Filename
		reply(w, 200, object{"key": k, "uploadId": h.create(k, in.Type)})
	})
	mux.HandleFunc("GET /s3/multipart/{id}/{number}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("number"))
		answer(w, object{"url": h.part(key(r), r.PathValue("id"), int32(n), 15*time.Minute)}, err)
	})
	mux.HandleFunc("GET /s3/multipart/{id}/batch", func(w http.ResponseWriter, r *http.Request) {
		urls := object{}
		for _, n := range strings.Split(r.URL.Query().Get("partNumbers"), ",") {
			i, err := strconv.Atoi(n)
			h.must(err)
			urls[n] = h.part(key(r), r.PathValue("id"), int32(i), 15*time.Minute)
		}
		reply(w, 200, object{"presignedUrls": urls})
	})
	mux.HandleFunc("GET /s3/multipart/{id}", func(w http.ResponseWriter, r *http.Request) {
		list, err := h.list(key(r), r.PathValue("id"))
		answer(w, list, err)
	})
	mux.HandleFunc("POST /s3/multipart/{id}/complete", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Parts []part }
		h.read(r, &in)
		at, err := h.complete(key(r), r.PathValue("id"), in.Parts)
		if kind == "shrine" {
			at = h.get(key(r), 2*time.Hour)
		}
		answer(w, object{"location": at}, err)
	})
	mux.HandleFunc("DELETE /s3/multipart/{id}", func(w http.ResponseWriter, r *http.Request) {
		if err := h.abort(key(r), r.PathValue("id")); err != nil && kind == "shrine" {
			reply(w, 404, object{"error": "Upload doesn't exist"})
			return
		}
		reply(w, 200, object{})
	})
	return mux
}

func uppySign(h *house) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /s3/presign", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Method, Key, UploadID, ContentType string
			PartNumber                         int32
			ExpiresIn                          int
		}
		h.read(r, &in)
		ctx, url := r.Context(), ""
		put := func(u string, err error) { h.must(err); url = u }
		switch kind := in.Method; {
		case kind == "PUT" && in.UploadID == "":
			url = h.put(in.Key, in.ContentType, time.Duration(in.ExpiresIn)*time.Second)
		case kind == "PUT":
			url = h.part(in.Key, in.UploadID, in.PartNumber, time.Hour)
		default:
			put(h.signControl(ctx, in.Method, in.Key, in.UploadID, time.Hour))
		}
		reply(w, 200, object{"url": url})
	})
	return mux
}
