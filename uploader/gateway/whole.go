package gateway

import (
	"context"
	"io"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3api/middlewares"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// whole keeps nothing of a body that broke off. To versitygw a connection that
// is closed in good order in the middle of a body ends it, and the object would
// be what came until then: also in the place of the whole one, where that was
// sent again meanwhile.
//
// It lets the parts that are on their way end, which is at once where their
// connections are gone, before it completes or aborts their upload: versitygw
// would leave an upload behind that nobody knows of.
type whole struct {
	*posix.Posix
	uploads uploads
}

// PutObject implements backend.Backend.
func (w *whole) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	in.Body = exactly(in.Body, in.ContentLength)
	return w.Posix.PutObject(ctx, in)
}

// UploadPart implements backend.Backend.
func (w *whole) UploadPart(ctx context.Context, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	defer w.uploads.share(aws.ToString(in.UploadId))()
	part := *in
	part.Body = exactly(in.Body, in.ContentLength)
	return w.Posix.UploadPart(ctx, &part)
}

// CompleteMultipartUpload implements backend.Backend.
func (w *whole) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	defer w.uploads.own(aws.ToString(in.UploadId))()
	return w.Posix.CompleteMultipartUpload(ctx, in)
}

// AbortMultipartUpload implements backend.Backend.
func (w *whole) AbortMultipartUpload(ctx context.Context, in *s3.AbortMultipartUploadInput) error {
	defer w.uploads.own(aws.ToString(in.UploadId))()
	return w.Posix.AbortMultipartUpload(ctx, in)
}

// uploads are those that something is done with now.
type uploads struct {
	mu  sync.Mutex
	now map[string]*upload
}

type upload struct {
	sync.RWMutex
	users int
}

// share waits for its turn to do something that others may do beside it.
func (u *uploads) share(id string) (done func()) {
	one := u.use(id)
	one.RLock()
	return func() { one.RUnlock(); u.leave(id, one) }
}

// own waits until nothing else is done with the upload.
func (u *uploads) own(id string) (done func()) {
	one := u.use(id)
	one.Lock()
	return func() { one.Unlock(); u.leave(id, one) }
}

func (u *uploads) use(id string) *upload {
	u.mu.Lock()
	defer u.mu.Unlock()
	one := u.now[id]
	if one == nil {
		one = new(upload)
		if u.now == nil {
			u.now = make(map[string]*upload)
		}
		u.now[id] = one
	}
	one.users++
	return one
}

func (u *uploads) leave(id string, one *upload) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if one.users--; one.users == 0 {
		delete(u.now, id)
	}
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
