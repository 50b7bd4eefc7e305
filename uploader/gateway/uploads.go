package gateway

import (
	"context"
	"math"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3response"
	"golang.org/x/sync/semaphore"
)

// uploads completes and aborts no upload while a part of it is still being
// written, as happens to one that a second sending overtook. Completing moves the upload's
// folder: Windows refuses that while a file in it is open, and where metadata
// is in files, that of a late part would bring the folder back and be in the
// way of the next attempt.
type uploads struct {
	backend.Backend

	mu    sync.Mutex
	inUse map[string]*upload // by their IDs
}

// upload is taken in part to write a part, and as a whole to end it.
type upload struct {
	*semaphore.Weighted
	users int // of it, waiting or not; under uploads.mu
}

const (
	inPart  = 1
	asWhole = math.MaxInt64
)

func serialised(b backend.Backend) *uploads {
	return &uploads{Backend: b, inUse: make(map[string]*upload)}
}

// UploadPart implements [backend.Backend].
func (u *uploads) UploadPart(ctx context.Context, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	leave, err := u.enter(ctx, in.UploadId, inPart)
	if err != nil {
		return nil, err
	}
	defer leave()
	return u.Backend.UploadPart(ctx, in)
}

// CompleteMultipartUpload implements [backend.Backend].
func (u *uploads) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	leave, err := u.enter(ctx, in.UploadId, asWhole)
	if err != nil {
		return s3response.CompleteMultipartUploadResult{}, "", err
	}
	defer leave()
	return u.Backend.CompleteMultipartUpload(ctx, in)
}

// AbortMultipartUpload implements [backend.Backend].
func (u *uploads) AbortMultipartUpload(ctx context.Context, in *s3.AbortMultipartUploadInput) error {
	leave, err := u.enter(ctx, in.UploadId, asWhole)
	if err != nil {
		return err
	}
	defer leave()
	return u.Backend.AbortMultipartUpload(ctx, in)
}

// enter waits for as much of an upload.
func (u *uploads) enter(ctx context.Context, id *string, much int64) (leave func(), err error) {
	var key string
	if id != nil {
		key = *id
	}
	u.mu.Lock()
	one := u.inUse[key]
	if one == nil {
		one = &upload{Weighted: semaphore.NewWeighted(asWhole)}
		u.inUse[key] = one
	}
	one.users++
	u.mu.Unlock()
	err = one.Acquire(ctx, much)
	leave = func() {
		if err == nil {
			one.Release(much)
		}
		u.mu.Lock()
		defer u.mu.Unlock()
		if one.users--; one.users == 0 {
			delete(u.inUse, key)
		}
	}
	if err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}
