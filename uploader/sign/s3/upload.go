package s3

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// upload is one object. It implements [sign.Upload].
type upload struct {
	s   *Signer
	ref sign.Ref
}

// Ref implements [sign.Upload].
func (u *upload) Ref() sign.Ref { return u.ref }

// create opens a multipart upload. It asks for no checksum: S3 makes the
// CRC64NVME of the object by itself, and where one was asked for, every part
// would have to bring its own.
func (u *upload) create(ctx context.Context) error {
	out, err := u.s.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: &u.ref.Bucket, Key: &u.ref.Key, ContentType: &u.ref.ContentType,
	})
	if err != nil {
		return u.s.fail(opCreate, err)
	}
	if u.ref.UploadID = aws.ToString(out.UploadId); u.ref.UploadID == "" {
		return u.s.incomplete(opCreate, "upload id")
	}
	return nil
}

// Single implements [sign.Upload] by a presigned PUT for the content type.
func (u *upload) Single(ctx context.Context) (sign.Request, error) {
	header := http.Header{"Content-Type": {u.ref.ContentType}}
	return u.request(ctx, http.MethodPut, nil, header, requestLife)
}

// Part implements [sign.Upload].
func (u *upload) Part(ctx context.Context, number int, _ sign.PartInfo) (sign.Request, error) {
	query := url.Values{"partNumber": {strconv.Itoa(number)}, "uploadId": {u.ref.UploadID}}
	return u.request(ctx, http.MethodPut, query, nil, requestLife)
}

// Uploaded implements [sign.Upload].
func (u *upload) Uploaded(ctx context.Context) ([]sign.Part, error) {
	pages := s3.NewListPartsPaginator(u.s.client, &s3.ListPartsInput{
		Bucket: &u.ref.Bucket, Key: &u.ref.Key, UploadId: &u.ref.UploadID,
	}, func(o *s3.ListPartsPaginatorOptions) { o.StopOnDuplicateToken = true })
	var parts []sign.Part
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, u.s.fail(opList, err)
		}
		for _, p := range page.Parts {
			parts = append(parts, sign.Part{
				Number: int(aws.ToInt32(p.PartNumber)), Size: aws.ToInt64(p.Size),
				ETag: aws.ToString(p.ETag), CRC64NVME: aws.ToString(p.ChecksumCRC64NVME),
			})
		}
	}
	return parts, nil
}

// Complete implements [sign.Upload]. A single request leaves nothing to do.
func (u *upload) Complete(ctx context.Context, parts []sign.Part) (sign.Result, error) {
	if u.ref.UploadID == "" {
		if len(parts) != 1 {
			return sign.Result{}, u.s.fail(opComplete, errors.New("a single request has one part"))
		}
		return sign.Result{Size: -1, ETag: parts[0].ETag, CRC64NVME: parts[0].CRC64NVME}, nil
	}
	completed := make([]types.CompletedPart, len(parts))
	for i, p := range parts {
		completed[i] = types.CompletedPart{PartNumber: aws.Int32(int32(p.Number)), ETag: &p.ETag}
	}
	out, err := u.s.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &u.ref.Bucket, Key: &u.ref.Key, UploadId: &u.ref.UploadID,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: completed},
	})
	if err != nil {
		return sign.Result{}, u.s.fail(opComplete, err)
	}
	if aws.ToString(out.ETag) == "" {
		return sign.Result{}, u.s.incomplete(opComplete, "ETag")
	}
	return sign.Result{Size: -1, ETag: *out.ETag, CRC64NVME: aws.ToString(out.ChecksumCRC64NVME)}, nil
}

// Stat implements [sign.Upload].
func (u *upload) Stat(ctx context.Context) (sign.Result, error) {
	out, err := u.s.client.HeadObject(ctx, &s3.HeadObjectInput{
		Bucket: &u.ref.Bucket, Key: &u.ref.Key, ChecksumMode: types.ChecksumModeEnabled,
	})
	if err != nil {
		return sign.Result{}, u.s.fail(opHead, err)
	}
	if aws.ToString(out.ETag) == "" {
		return sign.Result{}, u.s.incomplete(opHead, "ETag")
	}
	size := int64(-1)
	if out.ContentLength != nil {
		size = *out.ContentLength
	}
	return sign.Result{Size: size, ETag: aws.ToString(out.ETag), CRC64NVME: aws.ToString(out.ChecksumCRC64NVME)}, nil
}

// Abort implements [sign.Upload].
func (u *upload) Abort(ctx context.Context) error {
	if u.ref.UploadID == "" {
		return nil
	}
	_, err := u.s.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
		Bucket: &u.ref.Bucket, Key: &u.ref.Key, UploadId: &u.ref.UploadID,
	})
	return unlessGone(u.s.fail(opAbort, err))
}

// Delete implements [sign.Upload].
func (u *upload) Delete(ctx context.Context) error {
	_, err := u.s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &u.ref.Bucket, Key: &u.ref.Key})
	return unlessGone(u.s.fail(opDelete, err))
}

func unlessGone(err error) error {
	if f := fault.As(err); f != nil && (f.Variant == fault.NotFound || f.Variant == fault.StoreForgot) {
		return nil
	}
	return err
}

// Link implements [sign.Upload]. A life of 0 means DefaultLinkLife; a signed
// link ends after MaxLinkLife at the latest, and with the credentials. Its
// download is named Ref.Name; see disposition.
func (u *upload) Link(ctx context.Context, ttl time.Duration) (sign.Link, error) {
	if u.s.publicURL != "" {
		return sign.Link{URL: u.s.publicURL + "/" + escapeKey(u.ref.Key)}, nil
	}
	if ttl == 0 {
		ttl = DefaultLinkLife
	}
	ttl = max(min(ttl, MaxLinkLife), time.Second)
	query := url.Values{"response-content-disposition": {disposition(downloadName(u.ref), u.ref.ContentType, u.ref.Inline)}}
	r, err := u.request(ctx, http.MethodGet, query, nil, ttl)
	if err != nil {
		return sign.Link{}, err
	}
	return sign.Link{URL: r.URL, Expires: r.Expires}, nil
}
