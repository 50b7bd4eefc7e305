package backend

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"chute/uploader/storetest"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/encoding/httpbinding"
)

// house is what the handlers of a test sign with: the real SDK, for the store.
type house struct {
	*storetest.Store
	t       testing.TB
	client  *s3.Client
	presign *s3.PresignClient

	quiet bool // failures of the store are expected

	mu    sync.Mutex
	asked []string // method and path of each request
}

func newHouse(t testing.TB) *house {
	store := storetest.Start(t)
	client := s3.New(s3.Options{
		Region: storetest.Region, BaseEndpoint: &store.Endpoint, UsePathStyle: true,
		Credentials:                credentials.NewStaticCredentialsProvider(storetest.AccessKey, storetest.SecretKey, ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
	})
	return &house{Store: store, t: t, client: client, presign: s3.NewPresignClient(client)}
}

func life(d time.Duration) func(*s3.PresignOptions) {
	return func(o *s3.PresignOptions) { o.Expires = d }
}

func (h *house) put(key, contentType string, d time.Duration) string {
	in := &s3.PutObjectInput{Bucket: &h.Bucket, Key: &key}
	if contentType != "" {
		in.ContentType = &contentType
	}
	r, err := h.presign.PresignPutObject(h.t.Context(), in, life(d))
	h.must(err)
	return r.URL
}

func (h *house) get(key string, d time.Duration) string {
	r, err := h.presign.PresignGetObject(h.t.Context(), &s3.GetObjectInput{Bucket: &h.Bucket, Key: &key}, life(d))
	h.must(err)
	return r.URL
}

func (h *house) part(key, id string, number int32, d time.Duration) string {
	r, err := h.presign.PresignUploadPart(h.t.Context(), &s3.UploadPartInput{Bucket: &h.Bucket, Key: &key, UploadId: &id, PartNumber: &number}, life(d))
	h.must(err)
	return r.URL
}

func (h *house) form(key string, d time.Duration, conditions ...any) *s3.PresignedPostRequest {
	r, err := h.presign.PresignPostObject(h.t.Context(), &s3.PutObjectInput{Bucket: &h.Bucket, Key: &key}, func(o *s3.PresignPostOptions) {
		o.Expires, o.Conditions = d, conditions
	})
	h.must(err)
	return r
}

func (h *house) create(key, contentType string) string {
	out, err := h.client.CreateMultipartUpload(h.t.Context(), &s3.CreateMultipartUploadInput{Bucket: &h.Bucket, Key: &key, ContentType: &contentType})
	h.must(err)
	return *out.UploadId
}

type part struct {
	PartNumber int32
	ETag       string
}

func (h *house) complete(key, id string, parts []part) (location string, err error) {
	in := &s3.CompleteMultipartUploadInput{Bucket: &h.Bucket, Key: &key, UploadId: &id, MultipartUpload: &s3types.CompletedMultipartUpload{}}
	for _, p := range parts {
		in.MultipartUpload.Parts = append(in.MultipartUpload.Parts, s3types.CompletedPart{PartNumber: &p.PartNumber, ETag: &p.ETag})
	}
	_, err = h.client.CompleteMultipartUpload(h.t.Context(), in)
	return h.URL(escapeKey(key)), err
}

func (h *house) abort(key, id string) error {
	_, err := h.client.AbortMultipartUpload(h.t.Context(), &s3.AbortMultipartUploadInput{Bucket: &h.Bucket, Key: &key, UploadId: &id})
	return err
}

// list gives all parts, as the field names of S3 have them.
func (h *house) list(key, id string) ([]map[string]any, error) {
	all := []map[string]any{}
	pages := s3.NewListPartsPaginator(h.client, &s3.ListPartsInput{Bucket: &h.Bucket, Key: &key, UploadId: &id})
	for pages.HasMorePages() {
		page, err := pages.NextPage(h.t.Context())
		if err != nil {
			return nil, err
		}
		for _, p := range page.Parts {
			all = append(all, map[string]any{"PartNumber": *p.PartNumber, "ETag": *p.ETag, "Size": *p.Size, "LastModified": p.LastModified})
		}
	}
	return all, nil
}

func (h *house) must(err error) {
	if err != nil && !h.quiet {
		h.t.Error(err)
	}
}

// read decodes a JSON request strictly: a field that the contract does not
// have is a mistake.
func (h *house) read(r *http.Request, v any) {
	if got := r.Header.Get("Content-Type"); got != "application/json" {
		h.t.Errorf("%s: Content-Type %q", r.URL.Path, got)
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		h.t.Errorf("%s: %v", r.URL.Path, err)
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

type object = map[string]any

// serve runs a backend and notes what it was asked.
func (h *house) serve(handler http.Handler) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.asked = append(h.asked, r.Method+" "+r.URL.Path)
		h.mu.Unlock()
		handler.ServeHTTP(w, r)
	}))
	h.t.Cleanup(server.Close)
	return server.URL
}

func (h *house) count(request string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, a := range h.asked {
		if a == request {
			n++
		}
	}
	return n
}

const (
	accessKey = storetest.AccessKey
	secretKey = storetest.SecretKey
)

// signControl signs one of S3's own control requests, as a backend does that
// leaves sending it to the client.
func (h *house) signControl(ctx context.Context, method, key, id string, d time.Duration) (string, error) {
	q := url.Values{}
	if id == "" {
		q.Set("uploads", "")
	} else {
		q.Set("uploadId", id)
	}
	return h.signAt(ctx, method, key, q, time.Now(), d)
}

// signAt signs a request as if at another time.
func (h *house) signAt(ctx context.Context, method, key string, q url.Values, at time.Time, d time.Duration) (string, error) {
	u, err := url.Parse(h.Endpoint)
	if err != nil {
		return "", err
	}
	q.Set("X-Amz-Expires", strconv.Itoa(int(d.Seconds())))
	u.Path = "/" + h.Bucket + "/" + key
	u.RawPath = httpbinding.EscapePath(u.Path, false)
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		return "", err
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	signed, _, err := signer.PresignHTTP(ctx, aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey},
		req, "UNSIGNED-PAYLOAD", "s3", storetest.Region, at)
	return signed, err
}

// prefixForm is a form whose policy fixes the beginning of the key, and which
// leaves the key to the client.
func (h *house) prefixForm(prefix string, d time.Duration, conditions ...any) *s3.PresignedPostRequest {
	h.t.Helper()
	r := h.form("unused", d, conditions...)
	raw, err := base64.StdEncoding.DecodeString(r.Values["policy"])
	h.must(err)
	var policy map[string]any
	h.must(json.Unmarshal(raw, &policy))
	list := policy["conditions"].([]any)
	for i, c := range list {
		if m, ok := c.(map[string]any); ok && m["key"] != nil {
			list[i] = []any{"starts-with", "$key", prefix}
		}
	}
	raw, err = json.Marshal(policy)
	h.must(err)
	encoded := base64.StdEncoding.EncodeToString(raw)
	scope := strings.Split(r.Values["X-Amz-Credential"], "/")
	mac := []byte("AWS4" + secretKey)
	for _, s := range append(scope[1:], encoded) {
		m := hmac.New(sha256.New, mac)
		m.Write([]byte(s))
		mac = m.Sum(nil)
	}
	r.Values["policy"], r.Values["X-Amz-Signature"] = encoded, hex.EncodeToString(mac)
	delete(r.Values, "key")
	return r
}
