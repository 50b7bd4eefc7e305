package gateway

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// CompleteMultipartUpload implements backend.Backend. A part goes as soon as
// the object has its bytes: completing takes the room of one part, and not that
// of the whole object once more. Where it fails, the parts that are gone are
// missing at the next attempt, and are asked for again.
func (w whole) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	// versitygw answers a failed move by copying what is left, and goes on
	// whatever becomes of that. A context that ended keeps it from publishing.
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	result, version, err := w.CompleteMultipartUploadWithCopy(ctx, in, func(part, object *os.File) (bool, error) {
		err := context.Cause(ctx)
		if err == nil {
			err = move(part, object)
		}
		if err != nil {
			stop(err)
		}
		return true, err
	})
	if cause := context.Cause(ctx); cause != nil && err != nil {
		err = cause
		if errors.Is(cause, syscall.ENOSPC) {
			err = s3err.GetAPIError(s3err.ErrNoSpaceLeftOnDevice)
		}
	}
	return result, version, err
}

// move puts a part at the end of the object, and closes and removes it.
func move(part, object *os.File) error {
	if _, err := io.Copy(object, part); err != nil {
		return err
	}
	part.Close() // Windows removes no open file
	// One that cannot be removed takes room until the upload has ended.
	os.Remove(part.Name())
	return nil
}

// The names of versitygw's own folders: a part is in
// BUCKET/.sgwtmp/multipart/HASH/ID/NUMBER, and while the upload is being
// completed in BUCKET/.sgwtmp/multipart/HASH/ID.ETAG.inprogress/NUMBER.
const (
	completing = "*/" + posix.MetaTmpMultipartDir + "/*/*.inprogress"
	unfinished = "*/" + posix.MetaTmpDir + "/*"
)

// takeUp makes good what a killed process left in the folders of objects and
// metadata: an upload that was being completed can be completed again, which
// versitygw would take for done, and files that became no object are removed.
// What resists stays as it is.
func takeUp(dirs ...string) {
	for _, dir := range dirs {
		root := os.DirFS(dir)
		uploads, _ := fs.Glob(root, completing)
		for _, u := range uploads {
			id, _, _ := strings.Cut(path.Base(u), ".")
			os.Rename(filepath.Join(dir, u), filepath.Join(dir, path.Dir(u), id))
		}
		files, _ := fs.Glob(root, unfinished)
		for _, f := range files {
			if info, err := fs.Stat(root, f); err == nil && info.Mode().IsRegular() {
				os.Remove(filepath.Join(dir, f))
			}
		}
	}
}
