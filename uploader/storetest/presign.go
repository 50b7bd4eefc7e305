package storetest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Backend is a presign backend for a store. It speaks three dialects at once:
// three-endpoint, post-form and uppy-companion. Its own calls go to the gateway
// directly; what it signs is for the store's proxy. Faults of its Proxy meet
// the requests that it is asked.
type Backend struct {
	*Proxy
	URL string

	store   *Store
	presign *s3.PresignClient
	door    *door
}

// signedLife is that of everything the backend signs.
const signedLife = 15 * time.Minute

// StartBackend gives a test a backend for the store.
func (s *Store) StartBackend(t testing.TB) *Backend {
	t.Helper()
	b := &Backend{store: s, presign: s3.NewPresignClient(client(s.Endpoint), s3.WithPresignExpires(signedLife))}
	real := httptest.NewServer(b.routes())
	t.Cleanup(real.Close)
	b.Proxy = newProxy(real.URL, backendKind)
	server, d := front(t, b.Proxy, (*httptest.Server).Start)
	b.URL, b.door = server.URL, d
	return b
}

// Leave makes the backend unreachable, as Store.Leave does the store.
func (b *Backend) Leave() { b.door.shut() }

// Return makes a backend that left reachable again.
func (b *Backend) Return() {
	b.store.t.Helper()
	if err := b.door.open(); err != nil {
		b.store.t.Error(err)
	}
}

func backendKind(r *http.Request) Kind {
	switch p := r.URL.Path; {
	case p == "/initiate-multipart-upload/", p == "/s3/multipart":
		return Create
	case p == "/complete-multipart-upload/", strings.HasSuffix(p, "/complete"):
		return Complete
	case p == "/get-download-url":
		return Link
	case r.Method == http.MethodDelete:
		return Abort
	case strings.Count(p, "/") == 3 && strings.HasPrefix(p, "/s3/multipart/"):
		return List
	}
	return Sign
}

type object = map[string]any

// reply answers with v, or with the error of what was tried for it.
func reply(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		v = object{"message": err.Error()}
	}
	json.NewEncoder(w).Encode(v)
}

// question is what any of the dialects asks in JSON.
type question struct {
	FileName   string `json:"file_name"`
	FileType   string `json:"file_type"`
	UploadID   string `json:"upload_id"`
	PartNumber int32  `json:"part_number"`
	Filename   string `json:"filename"`
	Type       string `json:"type"`
	Parts      []struct {
		PartNumber int32
		ETag       string
	} `json:"parts"`
}

func (b *Backend) routes() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, answer func(r *http.Request, q question) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			var q question
			if r.ContentLength != 0 {
				if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
					reply(w, nil, err)
					return
				}
			}
			v, err := answer(r, q)
			reply(w, v, err)
		})
	}
	b.threeEndpoint(handle)
	b.postForm(handle)
	b.companion(handle)
	return mux
}

type handling = func(pattern string, answer func(*http.Request, question) (any, error))

func (b *Backend) threeEndpoint(handle handling) {
	handle("POST /get-s3-presigned-url/", func(r *http.Request, q question) (any, error) {
		if q.UploadID != "" {
			signed, err := b.part(r, q.FileName, q.UploadID, q.PartNumber)
			return object{"presigned_url": signed, "resource_url": b.address(q.FileName)}, err
		}
		signed, err := b.presign.PresignPutObject(r.Context(), &s3.PutObjectInput{
			Bucket: &b.store.Bucket, Key: &q.FileName, ContentType: &q.FileType,
		})
		if err != nil {
			return nil, err
		}
		return object{"presigned_url": signed.URL, "resource_url": b.address(q.FileName)}, nil
	})
	handle("POST /initiate-multipart-upload/", func(r *http.Request, q question) (any, error) {
		id, err := b.create(r, q.FileName, "")
		return object{"upload_id": id}, err
	})
	handle("POST /complete-multipart-upload/", func(r *http.Request, q question) (any, error) {
		return true, b.complete(r, q.FileName, q.UploadID, q)
	})
}

func (b *Backend) postForm(handle handling) {
	handle("POST /get-upload-url", func(r *http.Request, q question) (any, error) {
		form, err := b.presign.PresignPostObject(r.Context(), &s3.PutObjectInput{Bucket: &b.store.Bucket, Key: &q.Filename},
			func(o *s3.PresignPostOptions) { o.Expires = signedLife })
		if err != nil {
			return nil, err
		}
		return object{"url": form.URL, "fields": form.Values}, nil
	})
	handle("POST /get-download-url", func(r *http.Request, q question) (any, error) {
		signed, err := b.presign.PresignGetObject(r.Context(), &s3.GetObjectInput{Bucket: &b.store.Bucket, Key: &q.Filename})
		if err != nil {
			return nil, err
		}
		return object{"url": signed.URL}, nil
	})
}

func (b *Backend) companion(handle handling) {
	key := func(r *http.Request) string { return r.URL.Query().Get("key") }
	handle("POST /s3/multipart", func(r *http.Request, q question) (any, error) {
		id, err := b.create(r, q.Filename, q.Type)
		return object{"key": q.Filename, "uploadId": id}, err
	})
	handle("GET /s3/multipart/{id}/{number}", func(r *http.Request, _ question) (any, error) {
		n, err := strconv.Atoi(r.PathValue("number"))
		if err != nil {
			return nil, err
		}
		signed, err := b.part(r, key(r), r.PathValue("id"), int32(n))
		return object{"url": signed, "expires": signedLife.Seconds()}, err
	})
	handle("GET /s3/multipart/{id}/batch", func(r *http.Request, _ question) (any, error) {
		urls := object{}
		for number := range strings.SplitSeq(r.URL.Query().Get("partNumbers"), ",") {
			n, err := strconv.Atoi(number)
			if err != nil {
				return nil, err
			}
			if urls[number], err = b.part(r, key(r), r.PathValue("id"), int32(n)); err != nil {
				return nil, err
			}
		}
		return object{"presignedUrls": urls}, nil
	})
	handle("GET /s3/multipart/{id}", func(r *http.Request, _ question) (any, error) {
		list := []object{}
		id, k := r.PathValue("id"), key(r)
		pages := s3.NewListPartsPaginator(b.store.direct, &s3.ListPartsInput{Bucket: &b.store.Bucket, Key: &k, UploadId: &id})
		for pages.HasMorePages() {
			page, err := pages.NextPage(r.Context())
			if err != nil {
				return nil, err
			}
			for _, p := range page.Parts {
				list = append(list, object{"PartNumber": *p.PartNumber, "ETag": *p.ETag, "Size": *p.Size})
			}
		}
		return list, nil
	})
	handle("POST /s3/multipart/{id}/complete", func(r *http.Request, q question) (any, error) {
		return object{"location": b.address(key(r))}, b.complete(r, key(r), r.PathValue("id"), q)
	})
	handle("DELETE /s3/multipart/{id}", func(r *http.Request, _ question) (any, error) {
		id, k := r.PathValue("id"), key(r)
		_, err := b.store.direct.AbortMultipartUpload(r.Context(), &s3.AbortMultipartUploadInput{Bucket: &b.store.Bucket, Key: &k, UploadId: &id})
		return object{}, err
	})
}

// address is where the object is, without a signature.
func (b *Backend) address(key string) string { return b.store.URL((&url.URL{Path: key}).EscapedPath()) }

func (b *Backend) create(r *http.Request, key, contentType string) (id string, err error) {
	in := &s3.CreateMultipartUploadInput{Bucket: &b.store.Bucket, Key: &key}
	if contentType != "" {
		in.ContentType = &contentType
	}
	out, err := b.store.direct.CreateMultipartUpload(r.Context(), in)
	if err != nil {
		return "", err
	}
	return aws.ToString(out.UploadId), nil
}

func (b *Backend) part(r *http.Request, key, id string, number int32) (string, error) {
	signed, err := b.presign.PresignUploadPart(r.Context(), &s3.UploadPartInput{
		Bucket: &b.store.Bucket, Key: &key, UploadId: &id, PartNumber: &number,
	})
	if err != nil {
		return "", err
	}
	return signed.URL, nil
}

func (b *Backend) complete(r *http.Request, key, id string, q question) error {
	var parts []types.CompletedPart
	for _, p := range q.Parts {
		parts = append(parts, types.CompletedPart{PartNumber: &p.PartNumber, ETag: &p.ETag})
	}
	_, err := b.store.direct.CompleteMultipartUpload(r.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: &b.store.Bucket, Key: &key, UploadId: &id, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
	return err
}
