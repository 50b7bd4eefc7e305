package s3

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

const (
	testID     = "AKIDEXAMPLE1234"
	testSecret = "very/secret+text"
	testToken  = "session+token/=="
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 700_000_000, time.UTC)

func static(token string) aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(testID, testSecret, token)
}

// expiring are credentials that end d after noon.
func expiring(d time.Duration) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		c, err := static(testToken).Retrieve(ctx)
		c.CanExpire, c.Expires = true, noon.Add(d)
		return c, err
	})
}

func newSigner(t testing.TB, c Config) *Signer {
	t.Helper()
	if c.Credentials == nil && !c.SharedConfig {
		c.Credentials = static("")
	}
	if c.Bucket == "" {
		c.Bucket = "media"
	}
	if c.Now == nil {
		c.Now = func() time.Time { return noon }
	}
	s, err := New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// finished is an upload that needs no request to begin.
func finished(t testing.TB, s *Signer, r sign.Ref) sign.Upload {
	t.Helper()
	u, err := s.Resume(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Bytes travel by requests that hold nothing but what S3 itself defines, for
// every provider.
func TestPresignedShapes(t *testing.T) {
	const key = "a b/ü+&é.txt"
	const path = "/a%20b/%C3%BC%2B%26%C3%A9.txt"
	auth := []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Signature", "X-Amz-SignedHeaders"}
	for _, c := range []struct {
		name       string
		config     Config
		host, path string
		region     string
	}{
		{"aws", Config{Region: "eu-west-1"}, "media.s3.eu-west-1.amazonaws.com", path, "eu-west-1"},
		{"aws path style", Config{PathStyle: true}, "s3.us-east-1.amazonaws.com", "/media" + path, "us-east-1"},
		{"aws bucket with a dot", Config{Bucket: "my.media"}, "s3.us-east-1.amazonaws.com", "/my.media" + path, "us-east-1"},
		{"aws in China", Config{Region: "cn-north-1"}, "media.s3.cn-north-1.amazonaws.com.cn", path, "cn-north-1"},
		{"aws with a session", Config{Credentials: static(testToken)}, "media.s3.us-east-1.amazonaws.com", path, "us-east-1"},
		{"r2", Config{Endpoint: "https://acc.r2.cloudflarestorage.com"}, "acc.r2.cloudflarestorage.com", "/media" + path, "auto"},
		{"b2", Config{Endpoint: "https://s3.us-west-004.backblazeb2.com"}, "media.s3.us-west-004.backblazeb2.com", path, "us-west-004"},
		{"wasabi", Config{Provider: "wasabi", Region: "eu-west-1"}, "media.s3.eu-west-1.wasabisys.com", path, "eu-west-1"},
		{"gcs", Config{Provider: "gcs"}, "media.storage.googleapis.com", path, "auto"},
		{"do", Config{Provider: "do", Region: "nyc3"}, "media.nyc3.digitaloceanspaces.com", path, "nyc3"},
		{"minio", Config{Provider: "minio", Endpoint: "http://minio.lan:9000"}, "minio.lan:9000", "/media" + path, "us-east-1"},
		{"ceph", Config{Provider: "ceph", Endpoint: "https://store.example.com"}, "store.example.com", "/media" + path, "us-east-1"},
		{"seaweedfs", Config{Provider: "seaweedfs", Endpoint: "http://localhost:8333"}, "localhost:8333", "/media" + path, "us-east-1"},
		{"garage", Config{Provider: "garage", Endpoint: "http://127.0.0.1:3900"}, "127.0.0.1:3900", "/media" + path, "garage"},
		{"scaleway", Config{Provider: "scaleway", Region: "fr-par"}, "media.s3.fr-par.scw.cloud", path, "fr-par"},
		{"storj", Config{Provider: "storj"}, "media.gateway.storjshare.io", path, "us-east-1"},
		{"virtual host", Config{Endpoint: "http://store.localhost:7070"}, "media.store.localhost:7070", path, "us-east-1"},
		{"below a path", Config{Endpoint: "https://example.com/s3", PathStyle: true}, "example.com", "/s3/media" + path, "us-east-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSigner(t, c.config)
			u := finished(t, s, sign.Ref{Name: "é.txt", Key: key, ContentType: "application/octet-stream", UploadID: "id/+="})
			single, err := u.Single(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			part, err := u.Part(t.Context(), 7, sign.PartInfo{Size: 5})
			if err != nil {
				t.Fatal(err)
			}
			link, err := u.Link(t.Context(), time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			want := slices.Clone(auth)
			if c.config.Credentials != nil {
				want = append(want, "X-Amz-Security-Token")
			}
			for _, r := range []struct {
				sign.Request
				method, signed string
				extra          url.Values
				header         http.Header
			}{
				{single, "PUT", "content-type;host", nil, http.Header{"Content-Type": {"application/octet-stream"}}},
				{part, "PUT", "host", url.Values{"partNumber": {"7"}, "uploadId": {"id/+="}}, http.Header{}},
				{sign.Request{Method: "GET", URL: link.URL, Expires: link.Expires, Header: http.Header{}}, "GET", "host", url.Values{"response-content-disposition": {`attachment; filename="_.txt"; filename*=UTF-8''%C3%A9.txt`}}, http.Header{}},
			} {
				at, err := url.Parse(r.URL)
				if err != nil {
					t.Fatal(err)
				}
				if r.Method != r.method || at.Host != c.host || at.EscapedPath() != c.path {
					t.Errorf("%s %s%s, want %s%s", r.Method, at.Host, at.EscapedPath(), c.host, c.path)
				}
				query := at.Query()
				if got := query.Get("X-Amz-SignedHeaders"); got != r.signed {
					t.Errorf("signed headers %q", got)
				}
				if got := query.Get("X-Amz-Credential"); got != testID+"/20260304/"+c.region+"/s3/aws4_request" {
					t.Errorf("credential %q", got)
				}
				if query.Get("X-Amz-Date") != "20260304T120000Z" || query.Get("X-Amz-Expires") != "3600" {
					t.Errorf("from %s for %s", query.Get("X-Amz-Date"), query.Get("X-Amz-Expires"))
				}
				for name := range query {
					if !slices.Contains(want, name) && r.extra.Get(name) == "" {
						t.Errorf("%s has the query parameter %s", r.method, name)
					}
				}
				for name := range r.extra {
					if query.Get(name) != r.extra.Get(name) {
						t.Errorf("%s is %q", name, query.Get(name))
					}
				}
				if len(r.Header) != len(r.header) || r.Header.Get("Content-Type") != r.header.Get("Content-Type") {
					t.Errorf("header %v", r.Header)
				}
				if want := noon.Truncate(time.Second).Add(time.Hour); !r.Expires.Equal(want) {
					t.Errorf("ends at %s", r.Expires)
				}
			}
		})
	}
}

// expiry reads from a presigned URL when it ends.
func expiry(signed string) (time.Time, error) {
	u, err := url.Parse(signed)
	if err != nil {
		return time.Time{}, err
	}
	begin, err := time.Parse("20060102T150405Z", u.Query().Get("X-Amz-Date"))
	if err != nil {
		return time.Time{}, err
	}
	life, err := time.ParseDuration(u.Query().Get(queryExpires) + "s")
	return begin.Add(life), err
}

func TestLinkLife(t *testing.T) {
	at := noon.Truncate(time.Second)
	for _, c := range []struct {
		name string
		keys aws.CredentialsProvider
		ttl  time.Duration
		want time.Duration
	}{
		{"as asked", static(""), time.Hour, time.Hour},
		{"none asked", static(""), 0, 24 * time.Hour},
		{"a week", static(""), 7 * 24 * time.Hour, 7 * 24 * time.Hour},
		{"more than a week", static(""), 30 * 24 * time.Hour, 7 * 24 * time.Hour},
		{"hardly any", static(""), time.Millisecond, time.Second},
		{"negative", static(""), -time.Hour, time.Second},
		{"keys end later", expiring(2 * time.Hour), time.Hour, time.Hour},
		{"keys end earlier", expiring(20 * time.Minute), time.Hour, 20 * time.Minute},
		{"keys end earlier than the default", expiring(20 * time.Minute), 0, 20 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := finished(t, newSigner(t, Config{Credentials: c.keys}), sign.Ref{Key: "k"})
			link, err := u.Link(t.Context(), c.ttl)
			if err != nil {
				t.Fatal(err)
			}
			if !link.Expires.Equal(at.Add(c.want)) {
				t.Errorf("ends after %s, want %s", link.Expires.Sub(at), c.want)
			}
			if got, err := expiry(link.URL); err != nil || !got.Equal(link.Expires) {
				t.Errorf("the URL says %s, %v", got, err)
			}
		})
	}
}

// The requests that carry bytes end with the credentials, too.
func TestRequestLife(t *testing.T) {
	u := finished(t, newSigner(t, Config{Credentials: expiring(90 * time.Second)}), sign.Ref{Key: "k", UploadID: "u", ContentType: "text/plain"})
	single, err := u.Single(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	part, err := u.Part(t.Context(), 1, sign.PartInfo{})
	if err != nil {
		t.Fatal(err)
	}
	want := noon.Truncate(time.Second).Add(90 * time.Second)
	if !single.Expires.Equal(want) || !part.Expires.Equal(want) {
		t.Errorf("end at %s and %s", single.Expires, part.Expires)
	}
}

func TestPublicLink(t *testing.T) {
	for key, want := range map[string]string{
		"a.txt":              "a.txt",
		"a b/c+d%e#f&g?h":    "a%20b/c%2Bd%25e%23f%26g%3Fh",
		"e\u0301/\u00e9":     "e%CC%81/%C3%A9",
		"日本/😀":               "%E6%97%A5%E6%9C%AC/%F0%9F%98%80",
		`"it's".~-_/.hidden`: "%22it%27s%22.~-_/.hidden",
		"a//b":               "a//b",
	} {
		for _, base := range []string{"https://cdn.example.com/files", "https://cdn.example.com/files/"} {
			u := finished(t, newSigner(t, Config{PublicURL: base}), sign.Ref{Key: key})
			link, err := u.Link(t.Context(), time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if link.URL != "https://cdn.example.com/files/"+want || !link.Expires.IsZero() {
				t.Errorf("%q: %+v", key, link)
			}
			at, err := url.Parse(link.URL)
			if err != nil || at.Path != "/files/"+key {
				t.Errorf("%q is read as %q, %v", key, at.Path, err)
			}
		}
	}
}

func TestKeysThatCannotBe(t *testing.T) {
	s := newSigner(t, Config{})
	for key, code := range map[string]fault.Code{
		"":                             fault.Config,
		"a/../b":                       fault.Config,
		"./a":                          fault.Config,
		"..":                           fault.Config,
		"a\xff":                        fault.Config,
		strings.Repeat("é", 512) + "x": fault.Unsupported,
	} {
		if _, err := s.Begin(t.Context(), sign.Object{Key: key}); fault.CodeOf(err) != code {
			t.Errorf("%.20q: %v", key, err)
		}
	}
	for _, key := range []string{"...", "a/.hidden", "a..b/..c", strings.Repeat("é", 512)} {
		if _, err := s.Begin(t.Context(), sign.Object{Key: key}); err != nil {
			t.Errorf("%.20q: %v", key, err)
		}
	}
}

func TestLimits(t *testing.T) {
	s3Own := sign.Limits{PartSize: 16 << 20, CanList: true, CanAbort: true, CanDelete: true, CanStat: true, CanLink: true}
	if got := newSigner(t, Config{PartSize: 16 << 20}).Limits(); got != s3Own {
		t.Errorf("aws: %+v", got)
	}
	r2 := newSigner(t, Config{Endpoint: "https://a.r2.cloudflarestorage.com"}).Limits()
	if !r2.EqualParts || r2.ETags != sign.ETagOpaque || r2.MaxPart != 5<<30-5<<20 || r2.MaxSingle != r2.MaxPart || r2.MaxObject != 5<<40-5<<30 {
		t.Errorf("r2: %+v", r2)
	}
	if got := newSigner(t, Config{Provider: "scaleway", Region: "fr-par"}).Limits(); got.MaxParts != 1000 {
		t.Errorf("scaleway: %+v", got)
	}
	if got := newSigner(t, Config{Provider: "storj"}).Limits(); got.MinPart != 64<<20 {
		t.Errorf("storj: %+v", got)
	}
}

// Which bucket a finished object is in does not change with the configuration.
func TestRefKeepsItsBucket(t *testing.T) {
	u := finished(t, newSigner(t, Config{}), sign.Ref{Key: "k", Bucket: "former"})
	link, err := u.Link(t.Context(), 0)
	if err != nil || !strings.HasPrefix(link.URL, "https://former.s3.") {
		t.Errorf("%v", err)
	}
	if _, err := newSigner(t, Config{}).Resume(t.Context(), sign.Ref{}); fault.CodeOf(err) != fault.Internal {
		t.Errorf("no key: %v", err)
	}
}
