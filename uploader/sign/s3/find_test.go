package s3

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"chute/uploader/fault"
	"chute/uploader/storetest"

	"github.com/aws/aws-sdk-go-v2/credentials"
)

func findConfig(s *storetest.Store) Config {
	return Config{
		Endpoint: s.Endpoint, Bucket: s.Bucket,
		Credentials: credentials.NewStaticCredentialsProvider(storetest.AccessKey, storetest.SecretKey, ""),
	}
}

// Neither region nor bucket is known, as when somebody has entered keys alone.
func TestBucketsOfARealStore(t *testing.T) {
	s := storetest.Start(t)
	c := findConfig(s)
	c.Bucket = ""
	got, err := Buckets(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(got, Bucket{s.Bucket, storetest.Region}) {
		t.Errorf("%v lacks %s in %s", got, s.Bucket, storetest.Region)
	}
	region, err := Region(t.Context(), findConfig(s))
	if err != nil || region != storetest.Region {
		t.Errorf("region %q, %v", region, err)
	}
	c.Credentials = credentials.NewStaticCredentialsProvider("AKIAUNKNOWN12345", "x", "")
	if _, err := Buckets(t.Context(), c); fault.CodeOf(err) != fault.Signature {
		t.Errorf("unknown key: %v", err)
	}
	c = findConfig(s)
	c.Bucket = "no-such-bucket"
	if _, err := Region(t.Context(), c); fault.CodeOf(err) != fault.NoBucket && fault.As(err).Variant != fault.NotFound {
		t.Errorf("unknown bucket: %v", err)
	}
}

// service answers for a service whose regions have addresses of their own.
type service struct {
	mu    sync.Mutex
	asked []string
	hosts map[string]stub // any other host refuses the key
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Method+" "+r.URL.Host+r.URL.Path)
	answer, ok := s.hosts[r.URL.Host]
	s.mu.Unlock()
	if !ok {
		answer = stub{status: 403, body: errorDoc("InvalidAccessKeyId", "")}
	}
	return answer.RoundTrip(r)
}

func bucketList(names ...string) stub {
	var b strings.Builder
	for _, n := range names {
		name, region, _ := strings.Cut(n, "@")
		if region != "" {
			region = "<BucketRegion>" + region + "</BucketRegion>"
		}
		fmt.Fprintf(&b, "<Bucket><Name>%s</Name>%s</Bucket>", name, region)
	}
	return stub{status: 200, body: `<?xml version="1.0"?><ListAllMyBucketsResult><Buckets>` + b.String() + `</Buckets></ListAllMyBucketsResult>`}
}

func keysOf(provider string, s *service) Config {
	return Config{Provider: provider, Transport: s, Credentials: credentials.NewStaticCredentialsProvider("AKIATEST12341234", "secret", "")}
}

func TestRegionIsFoundByAsking(t *testing.T) {
	s := &service{hosts: map[string]stub{"s3.eu-central-003.backblazeb2.com": bucketList("b", "a")}}
	got, err := Buckets(t.Context(), keysOf("b2", s))
	if want := []Bucket{{"a", "eu-central-003"}, {"b", "eu-central-003"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	p, _ := presetByID("b2")
	if len(s.asked) != len(p.Regions) {
		t.Errorf("asked %d times for %d regions", len(s.asked), len(p.Regions))
	}
	c := keysOf("b2", s)
	c.Bucket = "media"
	s.hosts = map[string]stub{"media.s3.us-west-004.backblazeb2.com": {status: 403, body: errorDoc("AccessDenied", "")}}
	if region, err := Region(t.Context(), c); err != nil || region != "us-west-004" {
		t.Errorf("region %q, %v", region, err)
	}
	s.hosts = nil
	if _, err := Buckets(t.Context(), keysOf("b2", s)); fault.As(err).Variant != fault.SignatureKey {
		t.Errorf("a key that no region knows: %v", err)
	}
}

func TestRegionThatIsKnownIsTheOnlyOneAsked(t *testing.T) {
	s := &service{hosts: map[string]stub{"s3.ca-east-006.backblazeb2.com": bucketList("a")}}
	c := keysOf("b2", s)
	c.Region = "ca-east-006"
	got, err := Buckets(t.Context(), c)
	if err != nil || !slices.Equal(got, []Bucket{{"a", "ca-east-006"}}) || len(s.asked) != 1 {
		t.Errorf("%v, %v, asked %q", got, err, s.asked)
	}
}

func TestAWSTellsTheRegions(t *testing.T) {
	s := &service{hosts: map[string]stub{"s3.us-east-1.amazonaws.com": bucketList("a@eu-west-1", "b@us-east-1")}}
	got, err := Buckets(t.Context(), keysOf("aws", s))
	if want := []Bucket{{"a", "eu-west-1"}, {"b", "us-east-1"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	c := keysOf("aws", s)
	c.Bucket = "a"
	// Also to keys that may not look at the bucket, and without any signature.
	s.hosts["s3.us-east-1.amazonaws.com"] = stub{status: 403, header: map[string]string{"x-amz-bucket-region": "eu-west-1"}}
	if region, err := Region(t.Context(), c); err != nil || region != "eu-west-1" {
		t.Errorf("region %q, %v", region, err)
	}
	s.hosts["s3.us-east-1.amazonaws.com"] = stub{status: 404}
	if _, err := Region(t.Context(), c); fault.CodeOf(err) != fault.NoBucket {
		t.Errorf("no such bucket: %v", err)
	}
}

func TestListingMayBeForbidden(t *testing.T) {
	s := &service{hosts: map[string]stub{"acc.r2.cloudflarestorage.com": {status: 403, body: errorDoc("AccessDenied", "")}}}
	c := keysOf("r2", s)
	c.Endpoint = "https://acc.r2.cloudflarestorage.com"
	if _, err := Buckets(t.Context(), c); fault.CodeOf(err) != fault.Denied {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Buckets(ctx, c); err == nil {
		t.Error("nobody waits, and there is no error")
	}
}
