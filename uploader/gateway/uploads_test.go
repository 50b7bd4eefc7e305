package gateway

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
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
		u := serialised(s)
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
		if len(u.inUse) != 0 {
			t.Errorf("it remembers %d uploads for ever", len(u.inUse))
		}
	})
}
