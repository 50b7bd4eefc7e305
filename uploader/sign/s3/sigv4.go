package s3

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"chute/uploader/sign"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// sigV4 signs as the SDK does, by a clock of its own, and leaves out what only
// AWS takes: Google Cloud Storage refuses the query parameter x-id and changes
// Accept-Encoding on the way (https://github.com/rclone/rclone/issues/6670).
type sigV4 struct {
	signer *v4.Signer
	now    func() time.Time
}

func newSigV4(now func() time.Time) *sigV4 {
	return &sigV4{now: now, signer: v4.NewSigner(func(o *v4.SignerOptions) {
		o.DisableURIPathEscaping = true // S3 signs the path as it is sent
	})}
}

// SignHTTP signs a control request by its header.
func (s *sigV4) SignHTTP(ctx context.Context, c aws.Credentials, r *http.Request, payloadHash, service, region string, _ time.Time, options ...func(*v4.SignerOptions)) error {
	r.Header.Del("Accept-Encoding")
	query := r.URL.Query()
	query.Del("x-id")
	r.URL.RawQuery = query.Encode()
	return s.signer.SignHTTP(ctx, c, r, payloadHash, service, region, s.now(), options...)
}

// PresignHTTP signs a request by its query. It shortens the life of the
// request to that of the credentials: with them, its signature ends.
func (s *sigV4) PresignHTTP(ctx context.Context, c aws.Credentials, r *http.Request, payloadHash, service, region string, _ time.Time, options ...func(*v4.SignerOptions)) (string, http.Header, error) {
	now := s.now().Truncate(time.Second) // as the signature has it
	r = r.Clone(ctx)
	query := r.URL.Query()
	query.Del("x-id")
	if c.CanExpire {
		wanted, err := strconv.ParseInt(query.Get(queryExpires), 10, 64)
		if err != nil {
			return "", nil, err
		}
		left := int64(c.Expires.Sub(now) / time.Second)
		if left < 1 {
			return "", nil, keysOver(errors.New("s3: the credentials expire this second"))
		}
		query.Set(queryExpires, strconv.FormatInt(min(wanted, left), 10))
	}
	r.URL.RawQuery = query.Encode()
	return s.signer.PresignHTTP(ctx, c, r, payloadHash, service, region, now, options...)
}

const (
	queryExpires = "X-Amz-Expires" // seconds
	queryDate    = "X-Amz-Date"
	dateLayout   = "20060102T150405Z"
)

// expiry reads from a presigned URL when it ends.
func expiry(signed string) (time.Time, error) {
	u, err := url.Parse(signed)
	if err != nil {
		return time.Time{}, errors.New("s3: the presigned URL is malformed")
	}
	query := u.Query()
	begin, err := time.Parse(dateLayout, query.Get(queryDate))
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(query.Get(queryExpires), 10, 64)
	if err != nil {
		return time.Time{}, err
	}
	return begin.Add(time.Duration(seconds) * time.Second), nil
}

// request makes what the SDK presigned into what is sent.
func (s *Signer) request(p *v4.PresignedHTTPRequest, err error) (sign.Request, error) {
	if err != nil {
		return sign.Request{}, s.fail(opPresign, err)
	}
	expires, err := expiry(p.URL)
	if err != nil {
		return sign.Request{}, s.fail(opPresign, err)
	}
	header := p.SignedHeader.Clone()
	header.Del("Host") // HTTP sets it from the URL
	return sign.Request{
		Method: p.Method, URL: p.URL, Header: header, Expires: expires, Facts: s.facts(ActionPut),
	}, nil
}
