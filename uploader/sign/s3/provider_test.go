package s3

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"chute/uploader/fault"
)

func TestPresetsAreComplete(t *testing.T) {
	list, err := parsePresets(providersTOML)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{
		"aws", "r2", "b2", "wasabi", "gcs", "do", "minio", "ceph", "seaweedfs", "garage", "scaleway", "storj", providerOther,
	} {
		if n := len(slices.DeleteFunc(slices.Clone(list), func(p preset) bool { return p.ID != id })); n != 1 {
			t.Errorf("%s is there %d times", id, n)
		}
	}
	for _, p := range list {
		if p.Title == "" {
			t.Errorf("%s has no title", p.ID)
		}
		if p.NeedsEndpoint != (p.Endpoint == "" && p.ID != providerAWS) {
			t.Errorf("%s: endpoint %q, needs one: %t", p.ID, p.Endpoint, p.NeedsEndpoint)
		}
		if p.Region != "" && len(p.Regions) > 0 && !slices.Contains(p.Regions, p.Region) {
			t.Errorf("%s: region %q is not a known one", p.ID, p.Region)
		}
		for _, region := range p.Regions {
			address := strings.TrimPrefix(strings.ReplaceAll(p.Endpoint, "{region}", region), "https://")
			if address == "" {
				continue
			}
			if found, got := recognise(address); found.ID != p.ID || got != region {
				t.Errorf("%s is recognised as %s in %q", address, found.ID, got)
			}
		}
	}
	if list[0].ID != providerAWS {
		t.Errorf("the first is %s", list[0].ID)
	}
	first := slices.IndexFunc(list, func(p preset) bool { return p.NeedsEndpoint })
	if list[first].ID != providerOther {
		t.Errorf("the first that takes any address is %s", list[first].ID)
	}
}

func TestPresetsAreReadStrictly(t *testing.T) {
	for text, word := range map[string]string{
		"[[provider]]\nid = \"x\"\npath_stile = true": "path_stile",
		"[[provider]]\nid = 5":                        "id",
		"[[provider]":                                 "line 1",
	} {
		if _, err := parsePresets(text); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestProviders(t *testing.T) {
	list := Providers()
	if len(list) != len(presets()) {
		t.Fatalf("%d of %d", len(list), len(presets()))
	}
	list[0].Regions[0] = "changed"
	if again := Providers()[0]; again.ID != "aws" || again.Title != "Amazon S3" || again.Regions[0] != "us-east-1" {
		t.Errorf("got %+v", again)
	}
}

func TestLocate(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		shared string
		want   place // preset: ID alone
	}{
		{"nothing said", Config{}, "", place{preset{ID: "aws"}, "", "us-east-1", false}},
		{"region", Config{Region: "eu-west-1"}, "us-west-2", place{preset{ID: "aws"}, "", "eu-west-1", false}},
		{"shared region", Config{}, "us-west-2", place{preset{ID: "aws"}, "", "us-west-2", false}},
		{"path style", Config{PathStyle: true}, "", place{preset{ID: "aws"}, "", "us-east-1", true}},
		{"aws by endpoint", Config{Endpoint: "https://s3.eu-west-1.amazonaws.com/"}, "", place{preset{ID: "aws"}, "https://s3.eu-west-1.amazonaws.com", "eu-west-1", false}},
		{"r2", Config{Endpoint: "https://abc.eu.r2.cloudflarestorage.com"}, "us-west-2", place{preset{ID: "r2"}, "https://abc.eu.r2.cloudflarestorage.com", "auto", true}},
		{"b2 region from the endpoint", Config{Endpoint: "https://s3.us-west-004.backblazeb2.com"}, "", place{preset{ID: "b2"}, "https://s3.us-west-004.backblazeb2.com", "us-west-004", false}},
		{"b2 endpoint from the region", Config{Provider: "b2", Region: "eu-central-003"}, "", place{preset{ID: "b2"}, "https://s3.eu-central-003.backblazeb2.com", "eu-central-003", false}},
		{"wasabi", Config{Provider: "wasabi"}, "", place{preset{ID: "wasabi"}, "https://s3.us-east-1.wasabisys.com", "us-east-1", false}},
		{"wasabi's old address", Config{Endpoint: "https://s3.wasabisys.com"}, "", place{preset{ID: "wasabi"}, "https://s3.wasabisys.com", "us-east-1", false}},
		{"gcs", Config{Provider: "gcs"}, "", place{preset{ID: "gcs"}, "https://storage.googleapis.com", "auto", false}},
		{"do", Config{Endpoint: "https://nyc3.digitaloceanspaces.com"}, "", place{preset{ID: "do"}, "https://nyc3.digitaloceanspaces.com", "nyc3", false}},
		{"storj", Config{Provider: "storj"}, "", place{preset{ID: "storj"}, "https://gateway.storjshare.io", "us-east-1", false}},
		{"garage by name", Config{Endpoint: "https://garage.example.com"}, "", place{preset{ID: "garage"}, "https://garage.example.com", "garage", true}},
		{"garage by choice", Config{Endpoint: "http://10.0.0.1:3900", Provider: "garage"}, "", place{preset{ID: "garage"}, "http://10.0.0.1:3900", "garage", true}},
		{"minio", Config{Endpoint: "https://play.min.io"}, "", place{preset{ID: "minio"}, "https://play.min.io", "us-east-1", true}},
		{"other", Config{Endpoint: "https://S3.Example.com/base"}, "", place{preset{ID: "other"}, "https://S3.Example.com/base", "us-east-1", false}},
		{"other, shared region", Config{Endpoint: "https://s3.example.com"}, "eu-1", place{preset{ID: "other"}, "https://s3.example.com", "eu-1", false}},
		{"an address", Config{Endpoint: "http://127.0.0.1:9000"}, "", place{preset{ID: "other"}, "http://127.0.0.1:9000", "us-east-1", true}},
		{"an IPv6 address", Config{Endpoint: "http://[::1]:9000"}, "", place{preset{ID: "other"}, "http://[::1]:9000", "us-east-1", true}},
		{"a plain name", Config{Endpoint: "http://localhost:9000"}, "", place{preset{ID: "other"}, "http://localhost:9000", "us-east-1", true}},
		{"no preset for a look-alike", Config{Endpoint: "https://r2.cloudflarestorage.com.example.org"}, "", place{preset{ID: "other"}, "https://r2.cloudflarestorage.com.example.org", "us-east-1", false}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := locate(c.config, c.shared)
			if err != nil {
				t.Fatal(err)
			}
			if got.preset.ID != c.want.preset.ID || got.endpoint != c.want.endpoint || got.region != c.want.region || got.pathStyle != c.want.pathStyle {
				t.Errorf("got %s %q %q %t", got.preset.ID, got.endpoint, got.region, got.pathStyle)
			}
		})
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		words  []string
	}{
		{"no bucket", Config{}, []string{"bucket"}},
		{"bad bucket", Config{Bucket: "a b/c"}, []string{"bucket", "a b/c"}},
		{"bad region", Config{Bucket: "b", Region: "eu west"}, []string{"region", "eu west"}},
		{"provider", Config{Bucket: "b", Provider: "amazon"}, append([]string{`"amazon"`}, providerIDs()...)},
		{"no address", Config{Bucket: "b", Provider: "minio"}, []string{"endpoint", "minio"}},
		{"no account", Config{Bucket: "b", Provider: "r2"}, []string{"endpoint", "{account}.r2.cloudflarestorage.com"}},
		{"no region", Config{Bucket: "b", Provider: "b2"}, []string{"region", "eu-central-003"}},
		{"endpoint", Config{Bucket: "b", Endpoint: "s3.example.com"}, []string{"endpoint", "http(s)://"}},
		{"endpoint with a query", Config{Bucket: "b", Endpoint: "https://s3.example.com?x=1"}, []string{"endpoint"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.config.Credentials = static("")
			_, err := New(t.Context(), c.config)
			if fault.CodeOf(err) != fault.Config {
				t.Fatalf("got %v", err)
			}
			for _, word := range c.words {
				if !strings.Contains(fault.As(err).Message(), word) {
					t.Errorf("%q does not say %q", fault.As(err).Message(), word)
				}
			}
		})
	}
	_, err := New(t.Context(), Config{Bucket: "b", Endpoint: "https://me:pass-word@s3.example.com", Credentials: static("")})
	if fault.CodeOf(err) != fault.Config || strings.Contains(err.Error(), "pass-word") {
		t.Errorf("a password in the endpoint: %v", err)
	}
	if _, err = New(t.Context(), Config{Bucket: "b"}); fault.As(err).Variant != fault.NoKey {
		t.Errorf("no credentials: %v", err)
	}
}

func TestPolicy(t *testing.T) {
	var p struct {
		Version   string
		Statement []struct {
			Effect, Resource string
			Action           []string
		}
	}
	if err := json.Unmarshal([]byte(Policy("media")), &p); err != nil {
		t.Fatal(err)
	}
	st := p.Statement[0]
	if p.Version != "2012-10-17" || st.Effect != "Allow" || st.Resource != "arn:aws:s3:::media/*" ||
		!slices.Equal(st.Action, []string{"s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:GetObject"}) {
		t.Errorf("got %+v", p)
	}
	if got := Policy("media", ActionDelete); !strings.Contains(got, `"s3:DeleteObject"`) || strings.Contains(got, "PutObject") {
		t.Errorf("got %s", got)
	}
}
