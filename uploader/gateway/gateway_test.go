package gateway

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestGateway(t *testing.T) {
	for _, sidecar := range []bool{false, true} {
		t.Run(fmt.Sprintf("sidecar=%v", sidecar), func(t *testing.T) {
			config := testConfig(t, sidecar)
			g, err := Start(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			use(t, g)
			if !Answers(t.Context(), g.URL()) {
				t.Error("does not answer")
			}
			checkModes(t, config.Dir)

			g.Close()
			if Answers(t.Context(), g.URL()) {
				t.Error("answers after Close")
			}
			config.Port = g.Port()
			again, err := Start(t.Context(), config)
			if err != nil {
				t.Fatalf("once more on the same port: %v", err)
			}
			use(t, again)
			again.Close()
		})
	}
}

// testConfig has a folder of its own and the bucket chute.
func testConfig(t *testing.T, sidecar bool) Config {
	t.Helper()
	dir := t.TempDir() // removed after the process has left it
	before, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chdir(before) })
	return Config{
		Dir: dir, AccessKey: "key", SecretKey: "secret-key", Region: "us-east-1",
		Buckets: []string{"chute"}, Sidecar: sidecar,
	}
}

// start runs a gateway until the end of the test.
func start(t *testing.T, c Config) (*Gateway, *s3.Client) {
	t.Helper()
	g, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g, client(g)
}

func client(g *Gateway) *s3.Client {
	return s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(g.URL()), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret-key", ""),
	})
}

// use puts an object by one request and by parts, and reads both.
func use(t *testing.T, g *Gateway) {
	t.Helper()
	c := client(g)
	bucket, one, many := aws.String("chute"), aws.String("one é.txt"), aws.String("2026/many.txt")
	ctx := t.Context()
	if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: one, Body: strings.NewReader("one"), ContentType: aws.String("text/x-one")}); err != nil {
		t.Fatal(err)
	}
	head, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: one})
	if err != nil || aws.ToString(head.ContentType) != "text/x-one" || aws.ToInt64(head.ContentLength) != 3 {
		t.Errorf("head: %+v, %v", head, err)
	}
	created, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: many})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: bucket, Key: many, UploadId: created.UploadId}); err != nil {
		t.Error(err)
	}
}

// checkModes makes sure that nobody else on the computer reads the store.
func checkModes(t *testing.T, dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return // a profile's folders are private, whatever a file's mode says
	}
	err := filepath.WalkDir(filepath.Join(dir, "objects"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestStartRefuses(t *testing.T) {
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, err = Start(t.Context(), Config{Dir: t.TempDir(), Port: taken.Addr().(*net.TCPAddr).Port, AccessKey: "k", SecretKey: "s"})
	if !errors.Is(err, ErrPortTaken) {
		t.Errorf("a taken port: %v", err)
	}
	if _, err = Start(t.Context(), Config{Dir: "relative", AccessKey: "k", SecretKey: "s"}); err == nil {
		t.Error("a relative folder is accepted")
	}
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	if _, err = Start(t.Context(), Config{Dir: file, AccessKey: "k", SecretKey: "s"}); err == nil {
		t.Error("a file as the folder is accepted")
	}
}
