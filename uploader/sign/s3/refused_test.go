package s3

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"
	"chute/uploader/storetest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

func TestRefusedByTheStore(t *testing.T) {
	store := storetest.Start(t)
	for _, c := range []struct {
		name    string
		change  func(*Config)
		code    fault.Code
		variant fault.Variant
		class   fault.Class
		fact    string
	}{
		{"wrong key", func(c *Config) {
			c.Credentials = credentials.NewStaticCredentialsProvider("AKIAWRONG1234WXYZ", storetest.SecretKey, "")
		}, fault.Signature, fault.SignatureKey, fault.Permanent, "WXYZ"},
		{"wrong secret", func(c *Config) {
			c.Credentials = credentials.NewStaticCredentialsProvider(storetest.AccessKey, "wrong-secret-word", "")
		}, fault.Signature, fault.SignatureSecret, fault.Permanent, storetest.AccessKey[len(storetest.AccessKey)-4:]},
		{"wrong region", func(c *Config) { c.Region = "us-west-9" }, fault.WrongRegion, "", fault.Permanent, ""},
		{"missing bucket", func(c *Config) { c.Bucket = "not-there" }, fault.NoBucket, "", fault.Permanent, "not-there"},
		{"clock behind", func(c *Config) { c.Now = func() time.Time { return time.Now().Add(-20 * time.Minute) } }, fault.ClockSkew, "", fault.Stale, "20 minutes"},
		{"clock ahead", func(c *Config) { c.Now = func() time.Time { return time.Now().Add(20 * time.Minute) } }, fault.ClockSkew, "", fault.Stale, "20 minutes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := storeConfig(store)
			c.change(&config)
			_, err := newSigner(t, config).Begin(t.Context(), sign.Object{Key: "k", ContentType: "a/b", Parts: 2})
			if err == nil {
				t.Fatal("it worked")
			}
			f := fault.As(err)
			if f.Code != c.code || f.Variant != c.variant || f.Class != c.class {
				t.Fatalf("got %v, variant %q, class %d", err, f.Variant, f.Class)
			}
			if !strings.Contains(f.Message(), c.fact) {
				t.Errorf("%q does not say %q", f.Message(), c.fact)
			}
			checkNoSecret(t, err)
		})
	}
	store.Holds()
}

func checkNoSecret(t *testing.T, err error) {
	t.Helper()
	for _, text := range []string{err.Error(), fault.As(err).Message(), fault.As(err).Hint(), fmt.Sprintf("%+v", err)} {
		for _, secret := range []string{storetest.SecretKey, "wrong-secret-word", testSecret, testToken, "Signature=", "X-Amz-Credential", storetest.AccessKey, testID} {
			if strings.Contains(text, secret) {
				t.Errorf("%q says %q", text, secret)
			}
		}
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	l.Close()
	for _, c := range []struct {
		name, endpoint string
		variant        fault.Variant
	}{
		{"nobody listens", "http://" + nobody, fault.NotAnswering},
		{"no such host", "http://store.invalid", fault.NoSuchHost},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSigner(t, Config{Endpoint: c.endpoint, PathStyle: true, Transport: uploader.NewTransport(nil, nil)})
			_, err := s.Begin(t.Context(), sign.Object{Key: "k", Parts: 2})
			f := fault.As(err)
			if f == nil || f.Code != fault.Offline || f.Variant != c.variant || f.Class != fault.Unreachable || f.Facts["Host"] == "" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCertificates(t *testing.T) {
	store := storetest.StartTLS(t)
	c := storeConfig(store)
	c.Transport = uploader.NewTransport(nil, nil)
	_, err := newSigner(t, c).Begin(t.Context(), sign.Object{Key: "k", ContentType: "a/b", Parts: 2})
	if f := fault.As(err); f == nil || f.Code != fault.TLS || f.Variant != fault.SelfSigned || f.Class != fault.Permanent {
		t.Errorf("without the authority: %v", err)
	}
	pem, err := os.ReadFile(store.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	c.Transport = uploader.NewTransport(roots, nil)
	u := begin(t, newSigner(t, c), sign.Object{Key: "k", ContentType: "a/b", Parts: 2})
	if err := u.Abort(t.Context()); err != nil {
		t.Error(err)
	}
	c.Endpoint = strings.Replace(c.Endpoint, "https:", "http:", 1)
	if _, err = newSigner(t, c).Begin(t.Context(), sign.Object{Key: "k", ContentType: "a/b", Parts: 2}); err == nil {
		t.Error("http to a TLS port works")
	}
	store.Holds()
}

// An upload that is cut in its credentials' life goes on with new ones.
func TestCredentialsAreRenewed(t *testing.T) {
	store := storetest.Start(t)
	c := storeConfig(store)
	asked := 0
	c.Credentials = aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		asked++
		keys, err := credentials.NewStaticCredentialsProvider(storetest.AccessKey, storetest.SecretKey, "").Retrieve(ctx)
		keys.CanExpire, keys.Expires = true, time.Now().Add(time.Hour)
		return keys, err
	})
	store.Fault(storetest.On(storetest.List).Times(1), storetest.Answer(400, "ExpiredToken", "The provided token has expired."))
	u := begin(t, newSigner(t, c), sign.Object{Key: "k", ContentType: "a/b", Parts: 2})
	if _, err := u.Uploaded(t.Context()); variantOf(err) != fault.KeysOver || fault.As(err).Class != fault.Stale {
		t.Errorf("got %v", err)
	}
	if _, err := u.Uploaded(t.Context()); err != nil {
		t.Error(err)
	}
	if asked != 2 {
		t.Errorf("credentials were asked for %d times", asked)
	}
	if err := u.Abort(t.Context()); err != nil {
		t.Error(err)
	}
}
