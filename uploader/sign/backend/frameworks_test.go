package backend

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Handlers of the frameworks that the built-in dialects are for.

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
