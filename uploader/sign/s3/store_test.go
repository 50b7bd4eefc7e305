package s3

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
	"chute/uploader/storetest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/minio/crc64nvme"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// storeConfig reaches a test store.
func storeConfig(store *storetest.Store) Config {
	return Config{
		Endpoint: store.Endpoint, Region: storetest.Region, Bucket: store.Bucket, PathStyle: true, Now: time.Now,
		Credentials: credentials.NewStaticCredentialsProvider(storetest.AccessKey, storetest.SecretKey, ""),
	}
}

// send executes a request as a part worker does, and returns the ETag.
func send(t testing.TB, r sign.Request, content []byte) string {
	t.Helper()
	resp, err := try(t, r, content)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		answer, _ := io.ReadAll(resp.Body)
		t.Fatalf("%s: %s %s", r.Method, resp.Status, answer)
	}
	return resp.Header.Get("ETag")
}

func try(t testing.TB, r sign.Request, content []byte) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.Method, r.URL, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = r.Header.Clone()
	return http.DefaultTransport.RoundTrip(req)
}

func get(t testing.TB, link sign.Link) (http.Header, []byte) {
	t.Helper()
	resp, err := http.Get(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the link: %s %s", resp.Status, content)
	}
	return resp.Header, content
}

func begin(t testing.TB, s *Signer, o sign.Object) sign.Upload {
	t.Helper()
	u, err := s.Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// put uploads content in one request.
func put(t testing.TB, s *Signer, o sign.Object, content []byte) sign.Upload {
	t.Helper()
	u := begin(t, s, o)
	r, err := u.Single(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	etag := send(t, r, content)
	if _, err := u.Complete(t.Context(), []sign.Part{{Number: 1, ETag: etag, Size: o.Size}}); err != nil {
		t.Fatal(err)
	}
	return u
}

func TestSingle(t *testing.T) {
	store := storetest.Start(t)
	s := newSigner(t, storeConfig(store))
	for _, content := range []string{"", "hello"} {
		key := fmt.Sprintf("d/%d.txt", len(content))
		u := put(t, s, sign.Object{Name: "hello.txt", Key: key, Size: int64(len(content)), ContentType: "text/x-chute"}, []byte(content))
		if u.Ref().UploadID != "" || u.Ref().Key != key || u.Ref().Bucket != store.Bucket {
			t.Errorf("ref %+v", u.Ref())
		}
		found, err := u.Stat(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sum := md5.Sum([]byte(content))
		if found.Size != int64(len(content)) || found.ETag != `"`+hex.EncodeToString(sum[:])+`"` {
			t.Errorf("found %+v", found)
		}
		link, err := u.Link(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		header, got := get(t, link)
		if string(got) != content || header.Get("Content-Type") != "text/x-chute" {
			t.Errorf("got %q of type %s", got, header.Get("Content-Type"))
		}
		if err := u.Delete(t.Context()); err != nil {
			t.Error(err)
		}
		if err := u.Delete(t.Context()); err != nil {
			t.Errorf("again: %v", err)
		}
		if _, err := u.Stat(t.Context()); variantOf(err) != fault.NotFound {
			t.Errorf("after it is gone: %v", err)
		}
	}
	store.Holds()
}

// Whatever a key or a name consists of, the object arrives under that key and
// its link gives it back under that name.
func TestHardKeysAndNames(t *testing.T) {
	store := storetest.Start(t)
	s := newSigner(t, storeConfig(store))
	var keys []string
	for i, name := range []string{
		"plain.txt", "with space", "a+b%20c#d&e?f;g,h=i@j:k$l!m*n", `quo"te'(s)\back`, "caf\u00e9", "cafe\u0301", "日本語",
		"😀👩‍👩‍👧", ".hidden", "~t`i^l|d<e>{}[]", "100%41", "a..b", "...", strings.Repeat("界", 85),
	} {
		if runtime.GOOS == "windows" && (strings.ContainsAny(name, `<>:"|?*`) || strings.HasSuffix(name, ".")) {
			continue // Windows has no such files, and the store's objects are files
		}
		key := fmt.Sprintf("%02d/%s", i, name)
		content := []byte(key)
		u := put(t, s, sign.Object{Name: name, Key: key, Size: int64(len(content)), ContentType: "application/zip"}, content)
		if got := store.Get(key); !bytes.Equal(got, content) {
			t.Errorf("%q holds %q", key, got)
		}
		keys = append(keys, key)
		link, err := u.Link(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		header, got := get(t, link)
		if !bytes.Equal(got, content) {
			t.Errorf("the link of %q gives %q", key, got)
		}
		kind, params, err := mime.ParseMediaType(header.Get("Content-Disposition"))
		if err != nil || kind != "attachment" || params["filename"] != name {
			t.Errorf("%q downloads as %q %q, %v", name, kind, params["filename"], err)
		}

		m := begin(t, s, sign.Object{Name: name, Key: key, Size: -1, ContentType: "application/zip", Parts: -1})
		if parts, err := m.Uploaded(t.Context()); err != nil || len(parts) != 0 {
			t.Errorf("parts of %q: %v, %v", key, parts, err)
		}
		if err := m.Abort(t.Context()); err != nil {
			t.Errorf("abort of %q: %v", key, err)
		}
	}
	store.Holds(keys...)
}

func TestMultipart(t *testing.T) {
	store := storetest.Start(t)
	s := newSigner(t, storeConfig(store))
	content := make([]byte, 5<<20+3)
	rand.Read(content)
	o := sign.Object{Name: "big.bin", Key: "big.bin", Size: int64(len(content)), ContentType: "application/x-big", Parts: 2, PartSize: 5 << 20}
	ref := begin(t, s, o).Ref()
	if ref.UploadID == "" || ref.Size != o.Size || ref.ContentType != o.ContentType || ref.Name != o.Name {
		t.Fatalf("ref %+v", ref)
	}
	// Another process goes on.
	u := finished(t, newSigner(t, storeConfig(store)), ref)
	for i, chunk := range [][]byte{content[:5<<20], content[5<<20:]} {
		r, err := u.Part(t.Context(), i+1, sign.PartInfo{Size: int64(len(chunk))})
		if err != nil {
			t.Fatal(err)
		}
		send(t, r, chunk)
	}
	parts, err := u.Uploaded(t.Context())
	if err != nil || len(parts) != 2 || parts[0].Number != 1 || parts[0].Size != 5<<20 || parts[1].Size != 3 {
		t.Fatalf("parts %+v, %v", parts, err)
	}
	sum := md5.Sum(content[5<<20:])
	if parts[1].ETag != `"`+hex.EncodeToString(sum[:])+`"` {
		t.Errorf("ETag %s", parts[1].ETag)
	}
	result, err := u.Complete(t.Context(), parts)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(result.ETag, `-2"`) || result.Size != -1 {
		t.Errorf("result %+v", result)
	}
	found, err := u.Stat(t.Context())
	if err != nil || found.Size != o.Size || found.ETag != result.ETag || found.CRC64NVME != result.CRC64NVME {
		t.Errorf("found %+v, %v; want what complete said: %+v", found, err, result)
	}
	if !bytes.Equal(store.Get("big.bin"), content) {
		t.Error("other bytes arrived")
	}
	// Stores differ in whether they remember that they completed it.
	if again, err := u.Complete(t.Context(), parts); variantOf(err) != fault.StoreForgot && (err != nil || again.ETag != result.ETag) {
		t.Errorf("complete again: %+v, %v", again, err)
	}
	if err := u.Abort(t.Context()); err != nil {
		t.Errorf("abort after complete: %v", err)
	}
	if _, err := u.Uploaded(t.Context()); variantOf(err) != fault.StoreForgot {
		t.Errorf("list after complete: %v", err)
	}
	store.Holds("big.bin")
}

func TestAbort(t *testing.T) {
	store := storetest.Start(t)
	u := begin(t, newSigner(t, storeConfig(store)), sign.Object{Key: "k", Size: -1, ContentType: "a/b", Parts: -1})
	r, err := u.Part(t.Context(), 1, sign.PartInfo{Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	etag := send(t, r, []byte("x"))
	for range 2 {
		if err := u.Abort(t.Context()); err != nil {
			t.Error(err)
		}
	}
	store.Holds()
	if _, err := u.Complete(t.Context(), []sign.Part{{Number: 1, ETag: etag}}); variantOf(err) != fault.StoreForgot {
		t.Errorf("complete after abort: %v", err)
	}
	if err := finished(t, newSigner(t, storeConfig(store)), sign.Ref{Key: "k"}).Abort(t.Context()); err != nil {
		t.Errorf("abort of a single request: %v", err)
	}
}

// variantOf is the variant of a failure; empty for nil.
func variantOf(err error) fault.Variant {
	if err == nil {
		return ""
	}
	return fault.As(err).Variant
}

func TestListHasAllPages(t *testing.T) {
	store := storetest.Start(t)
	s := newSigner(t, storeConfig(store))
	u := begin(t, s, sign.Object{Key: "many", Size: -1, ContentType: "a/b", Parts: -1})
	const count = 1003 // a page has 1,000
	for number := 1; number <= count; number++ {
		r, err := u.Part(t.Context(), number, sign.PartInfo{Size: 1})
		if err != nil {
			t.Fatal(err)
		}
		send(t, r, []byte{byte(number)})
	}
	parts, err := u.Uploaded(t.Context())
	if err != nil || len(parts) != count {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	if !slices.IsSortedFunc(parts, func(a, b sign.Part) int { return a.Number - b.Number }) || parts[count-1].Number != count {
		t.Error("not in order")
	}
	if n := store.Count(storetest.List); n != 2 {
		t.Errorf("%d pages", n)
	}
	if err := u.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	store.Holds()
}

func TestLinkEnds(t *testing.T) {
	store := storetest.Start(t)
	c := storeConfig(store)
	put(t, newSigner(t, c), sign.Object{Key: "k", Size: 1, ContentType: "a/b"}, []byte("x"))
	c.Now = func() time.Time { return time.Now().Add(-time.Hour) }
	link, err := finished(t, newSigner(t, c), sign.Ref{Key: "k"}).Link(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	if f := fault.FromStore(fault.ReadStoreAnswer(resp), time.Now()); f.Code != fault.Expired || f.Class != fault.Stale {
		t.Errorf("an old link: %v", f)
	}
}

// The content type is signed: the store takes no other.
func TestContentTypeIsSigned(t *testing.T) {
	store := storetest.Start(t)
	u := begin(t, newSigner(t, storeConfig(store)), sign.Object{Key: "k", Size: 1, ContentType: "text/plain"})
	r, err := u.Single(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "text/html")
	resp, err := try(t, r, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("another type: %s", resp.Status)
	}
	store.Holds()
}

// Control requests hold nothing of the SDK's that only AWS takes.
func TestControlRequestsArePlain(t *testing.T) {
	store := storetest.Start(t)
	kinds := make(map[storetest.Kind]bool)
	requests := make(chan *http.Request, 20)
	store.Seen(func(k storetest.Kind, r *http.Request) {
		kinds[k] = true // one request at a time
		requests <- r.Clone(context.Background())
	})
	u := begin(t, newSigner(t, storeConfig(store)), sign.Object{Key: "k", Size: -1, ContentType: "a/b", Parts: -1})
	r, err := u.Part(t.Context(), 1, sign.PartInfo{Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	send(t, r, []byte("x"))
	parts, err := u.Uploaded(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Complete(t.Context(), parts); err != nil {
		t.Fatal(err)
	}
	u.Stat(t.Context())
	u.Abort(t.Context())
	u.Delete(t.Context())
	close(requests)
	for r := range requests {
		if r.URL.Query().Has("x-id") {
			t.Errorf("%s has x-id", r.Method)
		}
		if signed := r.Header.Get("Authorization"); strings.Contains(signed, "accept-encoding") {
			t.Errorf("%s signs %s", r.Method, signed)
		}
		for name := range r.Header {
			if n := strings.ToLower(name); strings.HasPrefix(n, "x-amz-checksum-") && n != "x-amz-checksum-mode" ||
				strings.HasPrefix(n, "x-amz-sdk") || n == "x-amz-trailer" || n == "x-amz-acl" {
				t.Errorf("%s has %s", r.Method, name)
			}
		}
	}
	for _, k := range []storetest.Kind{storetest.Create, storetest.List, storetest.Complete, storetest.Head, storetest.Abort, storetest.Delete} {
		if !kinds[k] {
			t.Errorf("no %s was seen", k)
		}
	}
}

// Where the store has a checksum of the whole object, Stat brings it.
func TestStatBringsTheChecksum(t *testing.T) {
	store := storetest.Start(t)
	content := []byte("checked")
	if _, err := store.Client().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: &store.Bucket, Key: aws.String("k"), Body: bytes.NewReader(content), ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme,
	}); err != nil {
		t.Fatal(err)
	}
	found, err := finished(t, newSigner(t, storeConfig(store)), sign.Ref{Key: "k"}).Stat(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := crc64nvme.New()
	sum.Write(content)
	if want := base64.StdEncoding.EncodeToString(sum.Sum(nil)); found.CRC64NVME != want {
		t.Errorf("checksum %q, want %q", found.CRC64NVME, want)
	}
}
