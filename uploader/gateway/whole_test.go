package gateway

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// What broke off, by a connection closed in good order, is no object, and does
// not stand in the place of a whole one.
func TestBrokenOff(t *testing.T) {
	_, c := start(t, testConfig(t, false))
	bucket, ctx := aws.String("chute"), t.Context()
	content := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("old"), Body: bytes.NewReader(content)}); err != nil {
		t.Fatal(err)
	}
	created, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: aws.String("parts")})
	if err != nil {
		t.Fatal(err)
	}
	presign := s3.NewPresignClient(c)
	for _, key := range []string{"old", "new"} {
		r, err := presign.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: &key})
		if err != nil {
			t.Fatal(err)
		}
		breakOff(t, r.URL, content)
	}
	r, err := presign.PresignUploadPart(ctx, &s3.UploadPartInput{
		Bucket: bucket, Key: aws.String("parts"), UploadId: created.UploadId, PartNumber: aws.Int32(1),
	})
	if err != nil {
		t.Fatal(err)
	}
	breakOff(t, r.URL, content)

	list, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket})
	if err != nil || len(list.Contents) != 1 || aws.ToInt64(list.Contents[0].Size) != int64(len(content)) {
		t.Errorf("the bucket holds %+v, %v", list.Contents, err)
	}
	old, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("old")})
	if err != nil {
		t.Fatal(err)
	}
	defer old.Body.Close()
	if got, err := io.ReadAll(old.Body); err != nil || !slices.Equal(got, content) {
		t.Errorf("%d bytes are left of the object, %v", len(got), err)
	}
	parts, err := c.ListParts(ctx, &s3.ListPartsInput{Bucket: bucket, Key: aws.String("parts"), UploadId: created.UploadId})
	if err != nil || len(parts.Parts) != 0 {
		t.Errorf("the upload has %+v, %v", parts.Parts, err)
	}
}

// breakOff puts half of the content, ends its side of the connection, and waits
// for what the gateway makes of it.
func breakOff(t *testing.T, url string, content []byte) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPut, url, bytes.NewReader(content[:len(content)/2]))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", req.URL.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var head bytes.Buffer
	req.ContentLength = int64(len(content))
	req.Write(&head) // complains of what is missing
	if _, err := conn.Write(head.Bytes()); err != nil {
		t.Fatal(err)
	}
	conn.(*net.TCPConn).CloseWrite()
	io.Copy(io.Discard, conn)
}
