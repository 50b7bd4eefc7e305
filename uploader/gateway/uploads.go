package gateway

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3response"
)

// uploads completes no upload while a part of it is still being written, as
// happens to one that a second sending overtook. Completing moves the upload's
// folder: Windows refuses that while a file in it is open, and where metadata
// is in files, that of a late part would bring the folder back and be in the
// way of the next attempt.
type uploads struct {
	backend.Backend

	mu    sync.Mutex
	inUse map[string]*upload // by their IDs
}

// upload is locked to complete it, and for reading to write a part.
type upload struct {
	sync.RWMutex
	users int // of the lock, waiting or not; under uploads.mu
}

func serialised(b backend.Backend) *uploads {
	return &uploads{Backend: b, inUse: make(map[string]*upload)}
}

// UploadPart implements [backend.Backend].
func (u *uploads) UploadPart(ctx context.Context, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	one, leave := u.enter(in.UploadId)
	defer leave()
	one.RLock()
	defer one.RUnlock()
	return u.Backend.UploadPart(ctx, in)
}

// CompleteMultipartUpload implements [backend.Backend].
func (u *uploads) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	one, leave := u.enter(in.UploadId)
	defer leave()
	one.Lock()
	defer one.Unlock()
	return u.Backend.CompleteMultipartUpload(ctx, in)
}

func (u *uploads) enter(id *string) (one *upload, leave func()) {
	var key string
	if id != nil {
		key = *id
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if one = u.inUse[key]; one == nil {
		one = new(upload)
		u.inUse[key] = one
	}
	one.users++
	return one, func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if one.users--; one.users == 0 {
			delete(u.inUse, key)
		}
	}
}
