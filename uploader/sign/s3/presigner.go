package s3

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"chute/uploader/sign"

	"github.com/aws/smithy-go"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const (
	queryExpires = "X-Amz-Expires" // seconds
	// unsigned stands for the hash of a body that is not part of the signature.
	unsigned = "UNSIGNED-PAYLOAD"
)

// presigner signs requests for the objects of one bucket by their query, with
// the SDK's own signature. It does without the SDK's operations around it: with
// small files they cost more than all the rest of an upload.
type presigner struct {
	sigv4           *sigV4
	keys            *keys
	bucket          *url.URL // of which keys are the end
	service, region string
}

// newPresigner makes one for the bucket at that address. The properties say
// where its signing departs from the usual.
func newPresigner(s *sigV4, k *keys, bucket *url.URL, region string, properties *smithy.Properties) presigner {
	p := presigner{sigv4: s, keys: k, bucket: bucket, service: "s3", region: region}
	options, _ := smithyauth.GetAuthOptions(properties)
	for _, o := range options {
		if name, ok := smithyhttp.GetSigV4SigningName(&o.SignerProperties); ok {
			p.service = name
		}
		if region, ok := smithyhttp.GetSigV4SigningRegion(&o.SignerProperties); ok {
			p.region = region
		}
	}
	return p
}

// presign signs a request that is good for life, or for as long as the
// credentials where that is less: with them, its signature ends. query is the
// presigner's to change.
func (p presigner) presign(ctx context.Context, method, key string, query url.Values, header http.Header, life time.Duration) (sign.Request, error) {
	c, err := p.keys.Retrieve(ctx)
	if err != nil {
		return sign.Request{}, err
	}
	now := p.sigv4.now().Truncate(time.Second) // as the signature has it
	if c.CanExpire {
		life = min(life, c.Expires.Sub(now))
	}
	seconds := int64(life / time.Second)
	if seconds < 1 {
		return sign.Request{}, keysOver(errors.New("s3: the credentials expire this second"))
	}
	u := *p.bucket
	u.Path, u.RawPath = p.bucket.Path+"/"+key, p.bucket.EscapedPath()+"/"+escapeKey(key)
	if query == nil {
		query = make(url.Values)
	}
	query.Set(queryExpires, strconv.FormatInt(seconds, 10))
	u.RawQuery = query.Encode()
	if header == nil {
		header = make(http.Header)
	}
	r := &http.Request{Method: method, URL: &u, Host: u.Host, Header: header}
	signed, header, err := p.sigv4.signer.PresignHTTP(ctx, c, r, unsigned, p.service, p.region, now)
	if err != nil {
		return sign.Request{}, err
	}
	header.Del("Host") // HTTP sets it from the URL
	return sign.Request{Method: method, URL: signed, Header: header, Expires: now.Add(time.Duration(seconds) * time.Second)}, nil
}

// presigner is that of a bucket: what was sent before stays where it is when
// the destination gets another one.
func (s *Signer) presigner(ctx context.Context, bucket string) (presigner, error) {
	if bucket == s.bucket {
		return s.presign, nil
	}
	address, properties, err := s.at.resolve(ctx, bucket)
	if err != nil {
		return presigner{}, err
	}
	return newPresigner(s.presign.sigv4, s.keys, address, s.at.region, properties), nil
}

// request presigns, and adds what the words of a refusal need.
func (u *upload) request(ctx context.Context, method string, query url.Values, header http.Header, life time.Duration) (sign.Request, error) {
	p, err := u.s.presigner(ctx, u.ref.Bucket)
	if err != nil {
		return sign.Request{}, err
	}
	r, err := p.presign(ctx, method, u.ref.Key, query, header, life)
	if err != nil {
		return sign.Request{}, u.s.fail(opPresign, err)
	}
	r.Facts = u.s.facts(ActionPut)
	return r, nil
}
