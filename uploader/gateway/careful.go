package gateway

import (
	"context"
	"io"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3api/middlewares"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// careful is a backend that does not mind who leaves in the middle: a part that
// a second sending overtook is cut off.
//
//   - It keeps no half bodies. versitygw takes the end of a connection for the
//     end of a body, and would put half a part in the place of the whole one.
//   - It completes no upload while a part of it is still being written.
//     Completing moves the upload's folder: Windows refuses that while a file in
//     it is open, and where metadata is in files, that of a late part would bring
//     the folder back and be in the way of the next attempt.
type careful struct {
	backend.Backend

	mu      sync.Mutex
	changed *sync.Cond         // what uploads says
	uploads map[string]*upload // that are being worked on, by their IDs
}

type upload struct {
	writing    int // parts
	completing bool
}

func carefully(b backend.Backend) *careful {
	c := &careful{Backend: b, uploads: make(map[string]*upload)}
	c.changed = sync.NewCond(&c.mu)
	return c
}

// PutObject implements [backend.Backend].
func (c *careful) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	// The length of a form is more than that of the file in it, and its end is
	// looked for.
	if form, ok := ctx.(interface{ IsPost() bool }); !ok || !form.IsPost() {
		in.Body = wholly(in.Body, in.ContentLength)
	}
	return c.Backend.PutObject(ctx, in)
}

// UploadPart implements [backend.Backend].
func (c *careful) UploadPart(ctx context.Context, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	in.Body = wholly(in.Body, in.ContentLength)
	id := aws.ToString(in.UploadId)
	c.enter(id, func(u *upload) bool { return !u.completing }, func(u *upload) { u.writing++ })
	defer c.leave(id, func(u *upload) { u.writing-- })
	return c.Backend.UploadPart(ctx, in)
}

// CompleteMultipartUpload implements [backend.Backend].
func (c *careful) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	id := aws.ToString(in.UploadId)
	c.enter(id, func(u *upload) bool { return *u == upload{} }, func(u *upload) { u.completing = true })
	defer c.leave(id, func(u *upload) { u.completing = false })
	return c.Backend.CompleteMultipartUpload(ctx, in)
}

// enter waits until work on an upload may begin, and notes it.
func (c *careful) enter(id string, may func(*upload) bool, begin func(*upload)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.uploads[id] != nil && !may(c.uploads[id]) {
		c.changed.Wait()
	}
	if c.uploads[id] == nil {
		c.uploads[id] = new(upload)
	}
	begin(c.uploads[id])
}

func (c *careful) leave(id string, end func(*upload)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	end(c.uploads[id])
	if *c.uploads[id] == (upload{}) {
		delete(c.uploads, id)
	}
	c.changed.Broadcast()
}

// wholly makes it an error that a body ends before its length, in bytes.
func wholly(body io.Reader, length *int64) io.Reader {
	if _, trailed := body.(middlewares.ChecksumReader); trailed || body == nil || length == nil {
		return body // one with a checksum behind it knows its end
	}
	return &wholeReader{body, *length}
}

type wholeReader struct {
	body io.Reader
	left int64
}

func (w *wholeReader) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	w.left -= int64(n)
	if err == io.EOF && w.left > 0 {
		err = s3err.GetAPIError(s3err.ErrIncompleteBody) // versitygw takes io.ErrUnexpectedEOF for an end
	}
	return n, err
}
