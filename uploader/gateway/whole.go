package gateway

import (
	"context"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3api/middlewares"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// whole is versitygw's store, without half things: it keeps nothing of a body
// that broke off. To versitygw a connection that is closed in good order in the
// middle of a body ends it, and the object would be what came until then: also
// in the place of the whole one, where that was sent again meanwhile.
type whole struct{ *posix.Posix }

// PutObject implements backend.Backend.
func (w whole) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	in.Body = exactly(in.Body, in.ContentLength)
	return w.Posix.PutObject(ctx, in)
}

// UploadPart implements backend.Backend.
func (w whole) UploadPart(ctx context.Context, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	part := *in
	part.Body = exactly(in.Body, in.ContentLength)
	return w.Posix.UploadPart(ctx, &part)
}

// exactly makes r fail where it ends before n bytes. One that comes in chunks
// says by itself where it ends.
func exactly(r io.Reader, n *int64) io.Reader {
	if _, chunks := r.(middlewares.ChecksumReader); chunks || r == nil || n == nil {
		return r
	}
	return &exact{r, *n}
}

type exact struct {
	r    io.Reader
	left int64
}

func (e *exact) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if e.left > 0 && (err == io.EOF || err == io.ErrUnexpectedEOF) {
		// An error of S3's: versitygw takes io.ErrUnexpectedEOF for the end, too.
		err = s3err.GetAPIError(s3err.ErrIncompleteBody)
	}
	return n, err
}
