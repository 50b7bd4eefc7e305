package s3

import (
	"context"
	"iter"
	"time"

	"chute/uploader/sign"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Leftover is a multipart upload that was begun and neither completed nor
// aborted. Its parts take room, and cost, without being seen anywhere.
type Leftover struct {
	Key, UploadID string
	Begun         time.Time // zero: the store does not say
	By            string    // who began it, as the store names him; often empty
	Size          int64     // bytes of its parts
	Parts         int
}

// Leftovers lists the unfinished uploads of the bucket, whichever program
// began them, in the store's order. It asks for the parts of each: stop early
// where there are thousands. After an error nothing more comes.
func (s *Signer) Leftovers(ctx context.Context) iter.Seq2[Leftover, error] {
	return func(yield func(Leftover, error) bool) {
		pages := s3.NewListMultipartUploadsPaginator(s.client, &s3.ListMultipartUploadsInput{Bucket: &s.bucket})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Leftover{}, s.fail(opListUploads, err))
				return
			}
			for _, u := range page.Uploads {
				l, err := s.measure(ctx, u)
				if !yield(l, err) || err != nil {
					return
				}
			}
		}
	}
}

// measure adds up the parts of an upload. One that ended meanwhile has none.
func (s *Signer) measure(ctx context.Context, u types.MultipartUpload) (Leftover, error) {
	l := Leftover{Key: aws.ToString(u.Key), UploadID: aws.ToString(u.UploadId), Begun: aws.ToTime(u.Initiated)}
	if u.Initiator != nil {
		l.By = aws.ToString(u.Initiator.DisplayName)
	}
	one := &upload{s: s}
	one.ref.Bucket, one.ref.Key, one.ref.UploadID = s.bucket, l.Key, l.UploadID
	parts, err := one.Uploaded(ctx)
	for _, p := range parts {
		l.Size += max(p.Size, 0)
	}
	l.Parts = len(parts)
	return l, unlessGone(err)
}

// Drop aborts a leftover and frees its parts. What is already gone is no error.
func (s *Signer) Drop(ctx context.Context, l Leftover) error {
	one := &upload{s: s}
	one.ref.Bucket, one.ref.Key, one.ref.UploadID = s.bucket, l.Key, l.UploadID
	return one.Abort(ctx)
}

// Price is what the provider's usual storage class costs, in US dollars for a
// GB (10⁹ bytes) and month; 0: it is not known. See providers.toml.
func (s *Signer) Price() float64 { return s.at.preset.Price }

// Unfinished implements [sign.Finder].
func (s *Signer) Unfinished(ctx context.Context, key string, since time.Time) ([]sign.Ref, error) {
	var found []sign.Ref
	pages := s3.NewListMultipartUploadsPaginator(s.client, &s3.ListMultipartUploadsInput{Bucket: &s.bucket, Prefix: &key},
		func(o *s3.ListMultipartUploadsPaginatorOptions) { o.StopOnDuplicateToken = true })
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, s.fail(opListUploads, err)
		}
		for _, u := range page.Uploads {
			if aws.ToString(u.Key) == key && !aws.ToTime(u.Initiated).Before(since) {
				found = append(found, sign.Ref{Bucket: s.bucket, Key: key, UploadID: aws.ToString(u.UploadId)})
			}
		}
	}
	return found, nil
}
