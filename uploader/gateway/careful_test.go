package gateway

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3response"
)

// slowStore writes a part for as long as it is told to.
type slowStore struct {
	backend.Backend
	writing, written chan struct{}
	did              []string // in order; read when nobody writes
}

func (s *slowStore) UploadPart(context.Context, *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	s.writing <- struct{}{}
	<-s.written
	s.did = append(s.did, "part")
	return nil, nil
}

func (s *slowStore) CompleteMultipartUpload(_ context.Context, in *s3.CompleteMultipartUploadInput) (r s3response.CompleteMultipartUploadResult, version string, err error) {
	s.did = append(s.did, "complete "+*in.UploadId)
	return
}

// An upload is completed when the parts under way are written, whatever becomes
// of them; another upload does not wait for it.
func TestCompletesAfterParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slowStore{writing: make(chan struct{}), written: make(chan struct{})}
		u := carefully(s)
		go u.UploadPart(t.Context(), &s3.UploadPartInput{UploadId: aws.String("1")})
		<-s.writing
		go u.UploadPart(t.Context(), &s3.UploadPartInput{UploadId: aws.String("1")}) // parts do not wait for each other
		<-s.writing
		go u.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{UploadId: aws.String("1")})
		synctest.Wait()
		u.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{UploadId: aws.String("2")})
		s.written <- struct{}{}
		synctest.Wait()
		if len(s.did) != 2 || s.did[0] != "complete 2" {
			t.Errorf("with one part still being written it did %q", s.did)
		}
		s.written <- struct{}{}
		synctest.Wait()
		if len(s.did) != 4 || s.did[3] != "complete 1" {
			t.Errorf("in the end it did %q", s.did)
		}
		if len(u.uploads) != 0 {
			t.Errorf("it remembers %d uploads for ever", len(u.uploads))
		}
	})
}

// A body that ends before its time is not kept: whoever sent it has left.
func TestCutBody(t *testing.T) {
	before, _ := os.Getwd()
	t.Cleanup(func() { os.Chdir(before) })
	g, err := Start(t.Context(), Config{Dir: t.TempDir(), AccessKey: "key", SecretKey: "secret-key", Region: "us-east-1", Buckets: []string{"chute"}})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	c := s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(g.URL()), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret-key", ""),
	})
	bucket, key := aws.String("chute"), aws.String("k")
	up, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	sign := s3.NewPresignClient(c)
	part, err := sign.PresignUploadPart(t.Context(), &s3.UploadPartInput{Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: aws.Int32(1)})
	if err != nil {
		t.Fatal(err)
	}
	object, err := sign.PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	for name, address := range map[string]string{"part": part.URL, "object": object.URL} {
		t.Run(name, func(t *testing.T) {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			conn, err := net.Dial("tcp", u.Host)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n%s", u.RequestURI(), u.Host, strings.Repeat("x", 50_000))
			if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			answer, _ := io.ReadAll(conn)
			if strings.HasPrefix(string(answer), "HTTP/1.1 2") {
				t.Errorf("half a body is taken for a whole one: %s", answer)
			}
		})
	}
	parts, err := c.ListParts(t.Context(), &s3.ListPartsInput{Bucket: bucket, Key: key, UploadId: up.UploadId})
	if err != nil || len(parts.Parts) != 0 {
		t.Errorf("%d parts are kept, %v", len(parts.Parts), err)
	}
	if _, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: key}); err == nil {
		t.Error("half an object is kept")
	}
}
