package backend

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
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

// betterUpload cuts what is larger than a part.
func betterUpload(h *house, partSize, maxSize int64) http.Handler {
	mux := http.NewServeMux()
	fail := func(w http.ResponseWriter, kind string) {
		reply(w, 400, object{"error": object{"type": kind, "message": "refused: " + kind}})
	}
	mux.HandleFunc("POST /api/upload", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Route string
			Files []struct {
				Name, Type string
				Size       int64
			}
		}
		h.read(r, &in)
		if in.Route != "files" || len(in.Files) != 1 {
			fail(w, "invalid_request")
			return
		}
		f := in.Files[0]
		switch {
		case f.Size > maxSize:
			fail(w, "file_too_large")
			return
		case strings.HasPrefix(f.Type, "video/"):
			fail(w, "invalid_file_type")
			return
		}
		key := strings.ToLower(rand.Text())
		info := object{"key": key, "metadata": object{"owner": "seven"}, "cacheControl": "max-age=60"}
		file := object{"name": f.Name, "size": f.Size, "type": f.Type, "objectInfo": info}
		if f.Size <= partSize {
			cache := "max-age=60"
			put, err := h.presign.PresignPutObject(r.Context(), &s3.PutObjectInput{
				Bucket: &h.Bucket, Key: &key, ContentType: &f.Type, ContentLength: &f.Size, CacheControl: &cache,
				Metadata: map[string]string{"owner": "seven"}, StorageClass: "STANDARD",
			}, life(2*time.Minute))
			h.must(err)
			reply(w, 200, object{"files": []any{object{
				"signedUrl": put.URL, "file": file, "headers": object{"x-amz-storage-class": "STANDARD"},
			}}, "metadata": object{}})
			return
		}
		id := h.create(key, f.Type)
		parts := []any{}
		for n, left := int32(1), f.Size; left > 0; n, left = n+1, left-partSize {
			size := min(left, partSize)
			p, err := h.presign.PresignUploadPart(r.Context(), &s3.UploadPartInput{
				Bucket: &h.Bucket, Key: &key, UploadId: &id, PartNumber: &n, ContentLength: &size,
			}, life(1500*time.Second))
			h.must(err)
			parts = append(parts, object{"signedUrl": p.URL, "partNumber": n, "size": size})
		}
		complete, err := h.signControl(r.Context(), "POST", key, id, 30*time.Minute)
		h.must(err)
		abort, err := h.signControl(r.Context(), "DELETE", key, id, 30*time.Minute)
		h.must(err)
		reply(w, 200, object{"multipart": object{"files": []any{object{
			"file": file, "parts": parts, "uploadId": id, "completeSignedUrl": complete, "abortSignedUrl": abort,
		}}, "partSize": partSize}, "metadata": object{}})
	})
	return mux
}

func mpuSample(h *house, d time.Duration) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /initialize", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Name string }
		h.read(r, &in)
		reply(w, 200, object{"fileId": h.create(in.Name, ""), "fileKey": in.Name})
	})
	mux.HandleFunc("POST /getPreSignedUrls", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			FileID, FileKey string
			Parts           int32
		}
		h.read(r, &in)
		list := []any{}
		for n := range in.Parts {
			list = append(list, object{"signedUrl": h.part(in.FileKey, in.FileID, n+1, d), "PartNumber": n + 1})
		}
		reply(w, 200, object{"parts": list})
	})
	mux.HandleFunc("POST /finalize", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			FileID, FileKey string
			Parts           []part
		}
		h.read(r, &in)
		_, err := h.complete(in.FileKey, in.FileID, in.Parts)
		h.must(err) // the answer is empty
	})
	return mux
}

func nextS3(h *house) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/s3-upload", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Filename, Filetype string
			NextS3             struct{ Strategy string } `json:"_nextS3"`
		}
		h.read(r, &in)
		if in.NextS3.Strategy != "presigned" {
			reply(w, 500, object{"error": "Internal Server Error"})
			return
		}
		key, cache := "next-s3-uploads/"+rand.Text()+"/"+in.Filename, "max-age=630720000"
		put, err := h.presign.PresignPutObject(r.Context(), &s3.PutObjectInput{Bucket: &h.Bucket, Key: &key, ContentType: &in.Filetype, CacheControl: &cache}, life(time.Hour))
		h.must(err)
		reply(w, 200, object{"key": key, "bucket": h.Bucket, "region": "eu-test-1", "url": put.URL})
	})
	return mux
}

// activeStorage wants the token of its page, with the page's cookie.
func activeStorage(h *house) http.Handler {
	mux := http.NewServeMux()
	token, session := rand.Text(), rand.Text()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "_app_session", Value: session, Path: "/", HttpOnly: true})
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><html><head><meta name="csrf-param" content="authenticity_token" /><meta name="csrf-token" content="%s" /></head></html>`, token)
	})
	keys := map[string]string{}
	mux.HandleFunc("POST /rails/active_storage/direct_uploads", func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("_app_session")
		if err != nil || c.Value != session || r.Header.Get("X-CSRF-Token") != token || r.Header.Get("X-Requested-With") != "XMLHttpRequest" {
			w.WriteHeader(422)
			io.WriteString(w, "<h1>The change you wanted was rejected.</h1>")
			return
		}
		var in struct {
			Blob *struct {
				Filename, Checksum string
				ContentType        string `json:"content_type"`
				ByteSize           int64  `json:"byte_size"`
				Metadata           object
			}
		}
		h.read(r, &in)
		if in.Blob == nil {
			reply(w, 400, object{"error": "param is missing"})
			return
		}
		b := in.Blob
		key, disposition := strings.ToLower(rand.Text()), `inline; filename="`+b.Filename+`"`
		put, err := h.presign.PresignPutObject(r.Context(), &s3.PutObjectInput{
			Bucket: &h.Bucket, Key: &key, ContentType: &b.ContentType, ContentLength: &b.ByteSize, ContentMD5: &b.Checksum, ContentDisposition: &disposition,
		}, life(5*time.Minute))
		h.must(err)
		id := "eyJ" + rand.Text() + "==--" + rand.Text()
		h.mu.Lock()
		keys[id] = key
		h.mu.Unlock()
		reply(w, 200, object{
			"id": 1, "key": key, "filename": b.Filename, "signed_id": id,
			"direct_upload": object{"url": put.URL, "headers": object{
				"Content-Type": b.ContentType, "Content-MD5": b.Checksum, "Content-Disposition": disposition,
			}},
		})
	})
	mux.HandleFunc("GET /rails/active_storage/blobs/redirect/{id}/{name}", func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		key := keys[r.PathValue("id")]
		h.mu.Unlock()
		http.Redirect(w, r, h.get(key, 5*time.Minute), http.StatusFound)
	})
	return mux
}

// vapor wants the token of Laravel's cookie, unescaped, in a header.
func vapor(h *house) http.Handler {
	mux := http.NewServeMux()
	token := rand.Text() + "=="
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Set-Cookie", "XSRF-TOKEN="+strings.ReplaceAll(token, "=", "%3D")+"; path=/")
		w.Header().Add("Set-Cookie", "laravel_session=abc; path=/; httponly")
	})
	mux.HandleFunc("POST /vapor/signed-storage-url", func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("laravel_session")
		if err != nil || c.Value != "abc" || r.Header.Get("X-XSRF-TOKEN") != token {
			reply(w, 419, object{"message": "CSRF token mismatch."})
			return
		}
		var in struct {
			Bucket, Expires, Visibility string
			ContentType                 string `json:"content_type"`
		}
		h.read(r, &in)
		uuid := strings.ToLower(rand.Text())
		key := "tmp/" + uuid
		put, err := h.presign.PresignPutObject(r.Context(), &s3.PutObjectInput{Bucket: &h.Bucket, Key: &key, ContentType: &in.ContentType, ACL: "private"}, life(5*time.Minute))
		h.must(err)
		reply(w, 201, object{"uuid": uuid, "bucket": h.Bucket, "key": key, "url": put.URL, "headers": object{
			"Host": []string{"example.org"}, "x-amz-acl": []string{"private"}, "Content-Type": in.ContentType,
		}})
	})
	return mux
}

// sts lends the gateway's only keys, which end as the test says.
func sts(h *house, ends func() time.Time) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /s3/sts", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, 200, object{
			"credentials": object{"AccessKeyId": accessKey, "SecretAccessKey": secretKey, "Expiration": ends().Format(time.RFC3339)},
			"bucket":      h.Bucket, "region": h.client.Options().Region, "endpoint": h.Endpoint,
		})
	})
	return mux
}

