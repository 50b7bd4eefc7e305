package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// multipart is an upload of the object big.bin by two parts.
type multipart struct {
	c    *s3.Client
	id   *string
	body [][]byte
	done []types.CompletedPart
}

func newMultipart(t *testing.T, c *s3.Client) *multipart {
	t.Helper()
	created, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: aws.String("chute"), Key: aws.String("big.bin")})
	if err != nil {
		t.Fatal(err)
	}
	m := &multipart{c: c, id: created.UploadId, body: [][]byte{bytes.Repeat([]byte("first"), 1<<20), []byte("second")}}
	m.done = make([]types.CompletedPart, len(m.body))
	for n := range m.body {
		m.put(t, n)
	}
	return m
}

func (m *multipart) put(t *testing.T, n int) {
	t.Helper()
	number := aws.Int32(int32(n + 1))
	part, err := m.c.UploadPart(t.Context(), &s3.UploadPartInput{
		Bucket: aws.String("chute"), Key: aws.String("big.bin"), UploadId: m.id, PartNumber: number, Body: bytes.NewReader(m.body[n]),
	})
	if err != nil {
		t.Fatal(err)
	}
	m.done[n] = types.CompletedPart{PartNumber: number, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32}
}

func (m *multipart) complete(ctx context.Context) error {
	_, err := m.c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: aws.String("chute"), Key: aws.String("big.bin"), UploadId: m.id, MultipartUpload: &types.CompletedMultipartUpload{Parts: m.done},
	}, func(o *s3.Options) { o.RetryMaxAttempts = 1 })
	return err
}

// dir is the folder of the upload's parts, or of their metadata.
func (m *multipart) dir(t *testing.T, below string) string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(below, "chute", ".sgwtmp", "multipart", "*", *m.id))
	if err != nil || len(dirs) != 1 {
		t.Fatalf("folders of the upload in %s: %q, %v", below, dirs, err)
	}
	return dirs[0]
}

// check reads the object, and that nothing else is left.
func (m *multipart) check(t *testing.T, dir string) {
	t.Helper()
	got, err := m.c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("chute"), Key: aws.String("big.bin")})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if content, err := io.ReadAll(got.Body); err != nil || !bytes.Equal(content, bytes.Join(m.body, nil)) {
		t.Errorf("the object has %d bytes, %v", len(content), err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "objects", "chute", ".sgwtmp", "multipart", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}

// A completion that fails in the middle makes no object, and can be repeated
// with the parts that it lost.
func TestCompleteFails(t *testing.T) {
	config := testConfig(t, true)
	_, c := start(t, config)
	m := newMultipart(t, c)
	second := filepath.Join(m.dir(t, filepath.Join(config.Dir, "objects")), "2")
	if err := errors.Join(os.Remove(second), os.Mkdir(second, 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := m.complete(t.Context()); err == nil {
		t.Fatal("a part that cannot be read makes an object")
	}
	if _, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("chute"), Key: aws.String("big.bin")}); err == nil {
		t.Error("there is an object")
	}
	if err := os.Remove(second); err != nil {
		t.Fatal(err)
	}
	var refused smithy.APIError
	if err := m.complete(t.Context()); !errors.As(err, &refused) || refused.ErrorCode() != "InvalidPart" {
		t.Errorf("without parts: %v", err)
	}
	for n := range m.body {
		m.put(t, n)
	}
	if err := m.complete(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.check(t, config.Dir)
}

// What a process that was killed while it completed an upload leaves behind is
// an upload that the next one completes.
func TestTakeUp(t *testing.T) {
	for _, sidecar := range []bool{false, true} {
		t.Run(fmt.Sprintf("sidecar=%v", sidecar), func(t *testing.T) {
			config := testConfig(t, sidecar)
			g, c := start(t, config)
			m := newMultipart(t, c)
			g.Close()
			objects := filepath.Join(config.Dir, "objects")
			dirs := []string{m.dir(t, objects)}
			if sidecar {
				dirs = append(dirs, m.dir(t, filepath.Join(config.Dir, "metadata")))
			}
			for _, d := range dirs {
				if err := os.Rename(d, d+".0123456789abcdef-2.inprogress"); err != nil {
					t.Fatal(err)
				}
			}
			half := filepath.Join(objects, "chute", ".sgwtmp", "half.1")
			if err := os.WriteFile(half, []byte("hal"), 0o600); err != nil {
				t.Fatal(err)
			}

			_, m.c = start(t, config)
			if err := m.complete(t.Context()); err != nil {
				t.Fatal(err)
			}
			m.check(t, config.Dir)
			if _, err := os.Stat(half); err == nil {
				t.Error("the half of a file is kept")
			}
		})
	}
}
