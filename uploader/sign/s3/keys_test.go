package s3

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// sharedFiles points the SDK at files of this test alone.
func sharedFiles(t *testing.T, config, keys string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"AWS_CONFIG_FILE": config, "AWS_SHARED_CREDENTIALS_FILE": keys} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv(name, path)
	}
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
		"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_WEB_IDENTITY_TOKEN_FILE",
	} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	unset(t, "AWS_CA_BUNDLE")
}

func unset(t *testing.T, name string) {
	t.Helper()
	t.Setenv(name, "") // restores it
	os.Unsetenv(name)
}

// linkQuery is the query of a signed link, which says whose it is.
func linkQuery(t *testing.T, c Config) (url.Values, string) {
	t.Helper()
	c.SharedConfig = true
	link, err := finished(t, newSigner(t, c), sign.Ref{Key: "k"}).Link(t.Context(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query(), u.Host
}

func TestSharedConfig(t *testing.T) {
	process := `echo '{"Version": 1, "AccessKeyId": "AKIDPROCESS01", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2126-03-04T12:00:00Z"}'`
	if runtime.GOOS == "windows" {
		process = strings.ReplaceAll(process, "'", "") // cmd.exe would print them
	}
	config := "[default]\nregion = eu-north-1\n[profile work]\nregion = eu-west-2\n[profile process]\ncredential_process = " + process + "\n"
	const keys = "[default]\naws_access_key_id = AKIDDEFAULT01\naws_secret_access_key = s\n" +
		"[work]\naws_access_key_id = AKIDWORK00001\naws_secret_access_key = s\naws_session_token = tok\n"
	sharedFiles(t, config, keys)
	for _, c := range []struct {
		config                  Config
		id, region, token, host string
	}{
		{Config{}, "AKIDDEFAULT01", "eu-north-1", "", "media.s3.eu-north-1.amazonaws.com"},
		{Config{Profile: "work"}, "AKIDWORK00001", "eu-west-2", "tok", "media.s3.eu-west-2.amazonaws.com"},
		{Config{Profile: "work", Region: "sa-east-1"}, "AKIDWORK00001", "sa-east-1", "tok", "media.s3.sa-east-1.amazonaws.com"},
		{Config{Profile: "process"}, "AKIDPROCESS01", "us-east-1", "t", "media.s3.us-east-1.amazonaws.com"},
		{Config{Endpoint: "https://a.r2.cloudflarestorage.com"}, "AKIDDEFAULT01", "auto", "", "a.r2.cloudflarestorage.com"},
	} {
		query, host := linkQuery(t, c.config)
		if got := query.Get("X-Amz-Credential"); got != c.id+"/20260304/"+c.region+"/s3/aws4_request" || query.Get("X-Amz-Security-Token") != c.token || host != c.host {
			t.Errorf("%+v: %s %s at %s", c.config, got, query.Get("X-Amz-Security-Token"), host)
		}
	}

	_, err := New(t.Context(), Config{Bucket: "b", SharedConfig: true, Profile: "play"})
	if fault.CodeOf(err) != fault.Config || !strings.Contains(fault.As(err).Message(), `"play"`) {
		t.Errorf("no such profile: %v", err)
	}

	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDFROMENV01")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	t.Setenv("AWS_REGION", "ap-south-1")
	if query, host := linkQuery(t, Config{}); !strings.HasPrefix(query.Get("X-Amz-Credential"), "AKIDFROMENV01/") || host != "media.s3.ap-south-1.amazonaws.com" {
		t.Errorf("environment: %s at %s", query.Get("X-Amz-Credential"), host)
	}
}

func TestSharedConfigWithoutKeys(t *testing.T) {
	sharedFiles(t, "[default]\nregion = eu-north-1\n", "")
	s := newSigner(t, Config{SharedConfig: true})
	u := finished(t, s, sign.Ref{Key: "k", UploadID: "u"})
	if _, err := u.Link(t.Context(), time.Hour); variantOf(err) != fault.NoKey || fault.As(err).Class != fault.Permanent {
		t.Errorf("link: %v", err)
	}
	if _, err := u.Uploaded(t.Context()); variantOf(err) != fault.NoKey {
		t.Errorf("list: %v", err)
	}

	sharedFiles(t, "this is no configuration [", "")
	if _, err := New(t.Context(), Config{Bucket: "b", SharedConfig: true}); err != nil && fault.CodeOf(err) != fault.Config {
		t.Errorf("a broken file: %v", err)
	}
}

// The SSO session of a profile is kept in a file; one that has ended says so.
func TestSSOSessionOver(t *testing.T) {
	sharedFiles(t, "[default]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n"+
		"sso_account_id = 123456789012\nsso_role_name = up\nregion = eu-west-1\n", "")
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	u := finished(t, newSigner(t, Config{SharedConfig: true}), sign.Ref{Key: "k"})
	_, err := u.Link(t.Context(), time.Hour)
	if variantOf(err) != fault.KeysOver {
		t.Errorf("got %v, variant %q", err, variantOf(err))
	}
}

func TestKeysThatEnded(t *testing.T) {
	for _, left := range []time.Duration{-time.Hour, 0, 200 * time.Millisecond} {
		c := Config{Credentials: expiring(left), Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("nothing should be sent")
		})}
		u := finished(t, newSigner(t, c), sign.Ref{Key: "k", ContentType: "a/b"})
		_, err := u.Single(t.Context())
		if fault.CodeOf(err) != fault.Expired || variantOf(err) != fault.KeysOver || fault.As(err).Class != fault.Permanent {
			t.Errorf("%s left: %v", left, err)
		}
		if _, err := u.Link(t.Context(), time.Hour); variantOf(err) != fault.KeysOver {
			t.Errorf("link with %s left: %v", left, err)
		}
	}
	u := finished(t, newSigner(t, Config{Credentials: expiring(-time.Second)}), sign.Ref{Key: "k"})
	if _, err := u.Stat(t.Context()); variantOf(err) != fault.KeysOver {
		t.Errorf("stat: %v", err)
	}
}

func TestWhyThereAreNoKeys(t *testing.T) {
	service := func(name string, err error) error {
		return &smithy.OperationError{ServiceID: name, OperationName: "Op", Err: err}
	}
	answer := func(status int, code string) error {
		return &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status, Header: http.Header{}}},
			Err:      &smithy.GenericAPIError{Code: code, Message: "m"},
		}
	}
	ours := fault.New(fault.Keyring, fault.KeyringLocked, nil, nil)
	for _, c := range []struct {
		name    string
		err     error
		code    fault.Code
		variant fault.Variant
		class   fault.Class
	}{
		{"none", errors.New("no providers in the chain"), fault.Signature, fault.NoKey, fault.Permanent},
		{"empty", &credentials.StaticCredentialsEmptyError{}, fault.Signature, fault.NoKey, fault.Permanent},
		{"no metadata service", service("ec2imds", &smithyhttp.RequestSendError{Err: errors.New("no route")}), fault.Signature, fault.NoKey, fault.Permanent},
		{"SSO token over", &ssocreds.InvalidTokenError{}, fault.Expired, fault.KeysOver, fault.Permanent},
		{"SSO signed out", service("SSO", answer(401, "UnauthorizedException")), fault.Expired, fault.KeysOver, fault.Permanent},
		{"STS token over", service("STS", answer(403, "ExpiredTokenException")), fault.Expired, fault.KeysOver, fault.Stale},
		{"role denied", service("STS", answer(403, "AccessDenied")), fault.Denied, "", fault.Permanent},
		{"STS busy", service("STS", answer(503, "ServiceUnavailable")), fault.Throttled, "", fault.Slow},
		{"STS away", service("STS", &smithyhttp.RequestSendError{Err: errors.New("reset")}), fault.Offline, fault.NotAnswering, fault.Transient},
		{"given up", context.Canceled, fault.Cancelled, "", fault.Permanent},
		{"our own", ours, fault.Keyring, fault.KeyringLocked, fault.Permanent},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, c.err })
			s := newSigner(t, Config{Credentials: source})
			_, presigning := finished(t, s, sign.Ref{Key: "k"}).Link(t.Context(), 0)
			_, asking := s.Begin(t.Context(), sign.Object{Key: "k", Parts: 2})
			for _, err := range []error{presigning, asking} {
				if err == nil {
					t.Fatal("it worked")
				}
				if f := fault.As(err); f.Code != c.code || f.Variant != c.variant || f.Class != c.class {
					t.Errorf("got %v, variant %q, class %d", err, f.Variant, f.Class)
				}
			}
		})
	}
	if len(ours.Facts) != 0 || ours.Err != nil {
		t.Error("somebody else's value was changed")
	}
}

// An authority of the user's own is trusted where credentials come from, and
// AWS_CA_BUNDLE is no hindrance.
func TestIssuersAreReachedAlike(t *testing.T) {
	roots := x509.NewCertPool()
	proxy := &url.URL{Scheme: "http", Host: "proxy.example.com:3128"}
	road := uploader.NewTransport(roots, http.ProxyURL(proxy))
	got := issuerClient(road).GetTransport()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://sts.amazonaws.com", nil)
	if through, err := got.Proxy(req); err != nil || through.String() != proxy.String() {
		t.Errorf("proxy %v, %v", through, err)
	}
	if got.TLSClientConfig.RootCAs == roots || !got.TLSClientConfig.RootCAs.Equal(roots) || got.TLSClientConfig.MinVersion < tls.VersionTLS12 {
		t.Error("the authorities are not a copy")
	}
	if issuerClient(&stub{}).GetTransport().Proxy == nil {
		t.Error("no proxy from the environment")
	}

	sharedFiles(t, "", "[default]\naws_access_key_id = AKIDDEFAULT01\naws_secret_access_key = s\n")
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	bundle := filepath.Join(t.TempDir(), "bundle.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(bundle, block, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	newSigner(t, Config{SharedConfig: true, Transport: road})
	if !roots.Equal(x509.NewCertPool()) {
		t.Error("the bundle got into the store's authorities")
	}
}

// Of a short access key id, nothing is shown.
func TestLastFour(t *testing.T) {
	for id, want := range map[string]string{"AKIDEXAMPLE1234": "1234", "12345678": "5678", "1234567": ""} {
		k := newKeys(credentials.NewStaticCredentialsProvider(id, "s", ""), time.Now)
		if _, err := k.Retrieve(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := k.lastFour(); got != want {
			t.Errorf("%s: %q", id, got)
		}
	}
}
