package s3

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// sigV4 signs control requests as the SDK does, by a clock of its own, and leaves out what only
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
