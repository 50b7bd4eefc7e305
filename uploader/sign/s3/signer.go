// Package s3 signs uploads in this process, with keys of AWS or of any service
// that speaks S3. It implements package sign: bytes go by presigned requests,
// which somebody else sends; what controls an upload (create, complete, list,
// abort, look, delete) it sends itself.
//
// Requests hold what every S3 service understands and nothing else: no ACL, no
// checksum, no SDK-only query parameter.
package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"chute/uploader/fault"
	"chute/uploader/sign"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

const (
	// MaxLinkLife is the longest life of a signed link, a limit of Signature
	// Version 4: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
	MaxLinkLife = 7 * 24 * time.Hour
	// DefaultLinkLife is the life of a link where none is asked for.
	DefaultLinkLife = 24 * time.Hour
	// requestLife is that of a request that carries bytes. S3 looks at it when
	// the request begins, so it need not cover the sending.
	requestLife = time.Hour
	// maxKey is the longest key in bytes:
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
	maxKey = 1024
)

// Config says where a bucket is and who asks. The fields are those of a
// destination of type s3.
type Config struct {
	Endpoint string // http(s)://host[:port][/path]; empty: the provider's own, or AWS
	// Region may be empty: it is then taken from the endpoint, the preset or
	// the shared AWS configuration, and is us-east-1 where none has one.
	Region string
	Bucket string
	// PathStyle puts the bucket into the path. It is so anyway for presets that
	// want it and for hosts that are an IP address or a name without a dot.
	PathStyle bool
	Provider  string // ID of a preset; empty: recognised by the endpoint
	PublicURL string // where set, links are PublicURL/key and do not expire
	PartSize  int64  // bytes; 0: planned

	// Credentials sign, unless SharedConfig takes them from the shared AWS
	// configuration: environment, Profile, SSO and so on. They are asked again
	// when they expire.
	Credentials  aws.CredentialsProvider
	SharedConfig bool
	Profile      string // of the shared AWS configuration; empty: its default

	// Transport carries the control requests; nil: http.DefaultTransport.
	Transport http.RoundTripper
	// Now is the clock that signatures are made with; nil: time.Now.
	Now func() time.Time
}

// Signer signs for one bucket. It implements [sign.Signer].
type Signer struct {
	bucket, host, publicURL string
	at                      place

	limits  sign.Limits
	keys    *keys
	client  *s3.Client
	presign presigner
}

var (
	_ sign.Signer = (*Signer)(nil)
	_ sign.Finder = (*Signer)(nil)
)

// New makes a Signer. With SharedConfig it reads the AWS configuration files;
// it never asks the network. Mistakes in c have code fault.Config and name the
// field of the destination.
func New(ctx context.Context, c Config) (*Signer, error) {
	if c.Bucket == "" {
		return nil, wrong("bucket", fault.BucketMissing)
	}
	if strings.ContainsAny(c.Bucket, "/ ?#%") && !strings.HasPrefix(c.Bucket, "arn:") {
		return nil, wrong("bucket", fault.NotABucket.With("Value", strconv.Quote(c.Bucket)))
	}
	con, err := connect(ctx, c)
	if err != nil {
		return nil, err
	}
	at := con.place
	address, properties, err := at.resolve(ctx, c.Bucket)
	if err != nil {
		return nil, err
	}
	s := &Signer{
		at: at, bucket: c.Bucket, host: address.Host, publicURL: strings.TrimRight(c.PublicURL, "/"), keys: con.keys, client: con.client,
		presign: newPresigner(con.signer, con.keys, address, at.region, properties),
	}
	s.limits = sign.Limits{
		MinPart: at.preset.MinPart, MaxPart: at.preset.MaxPart, MaxSingle: at.preset.MaxPart,
		MaxParts: at.preset.MaxParts, MaxObject: at.preset.MaxObject,
		PartSize: c.PartSize, EqualParts: at.preset.EqualParts,
		CanList: true, CanAbort: true, CanDelete: true, CanStat: true, CanLink: true,
	}
	if at.preset.OpaqueParts {
		s.limits.ETags = sign.ETagOpaque
	}
	return s, nil
}

// connection is what it takes to ask a service.
type connection struct {
	place  place
	keys   *keys
	client *s3.Client
	signer *sigV4
}

// connect puts together how a service is asked. It asks nothing yet.
func connect(ctx context.Context, c Config) (connection, error) {
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	source, sharedRegion := c.Credentials, ""
	if c.SharedConfig {
		var err error
		if source, sharedRegion, err = sharedConfig(ctx, c); err != nil {
			return connection{}, err
		}
	}
	if source == nil {
		return connection{}, fault.New(fault.Signature, fault.NoKey, nil, errors.New("s3: no credentials given"))
	}
	at, err := locate(c, sharedRegion)
	if err != nil {
		return connection{}, err
	}
	con := connection{place: at, keys: newKeys(source, c.Now), signer: newSigV4(c.Now)}
	o := s3.Options{
		Region:       at.region,
		UsePathStyle: at.pathStyle,
		Credentials:  con.keys,
		HTTPClient:   &client{transport: c.Transport, keys: con.keys, now: c.Now},
		HTTPSignerV4: con.signer,
		// Whoever executes requests retries, by one policy for all of them.
		Retryer:                    aws.NopRetryer{},
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
		// The SDK would correct signatures of its own requests alone.
		DisableClockSkewCorrection: true,
	}
	if at.endpoint != "" {
		o.BaseEndpoint = &at.endpoint
	}
	con.client = s3.New(o)
	return con, nil
}

// resolve asks the SDK's endpoint rules where requests for the bucket go and
// how they are signed, and so finds out whether bucket and region can be part
// of an address at all.
func (at place) resolve(ctx context.Context, bucket string) (*url.URL, *smithy.Properties, error) {
	p := s3.EndpointParameters{Bucket: &bucket, Region: &at.region, ForcePathStyle: &at.pathStyle}
	if at.endpoint != "" {
		p.Endpoint = &at.endpoint
	}
	found, err := s3.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, p.WithDefaults())
	if err != nil {
		return nil, nil, fault.Wrong(err, fault.Mistake{What: fault.BucketRefused.With("Bucket", strconv.Quote(bucket), "Region", strconv.Quote(at.region), "Library", err.Error())})
	}
	return &found.URI, &found.Properties, nil
}

// Limits implements [sign.Signer].
func (s *Signer) Limits() sign.Limits { return s.limits }

// Begin implements [sign.Signer]. The key is the one that is wanted.
func (s *Signer) Begin(ctx context.Context, o sign.Object) (sign.Upload, error) {
	if err := checkKey(o.Key); err != nil {
		return nil, err
	}
	u := &upload{s: s, ref: sign.Ref{
		Name: o.Name, Bucket: s.bucket, Key: o.Key, ContentType: o.ContentType, Size: o.Size, Inline: o.Inline,
	}}
	if o.Parts != 0 {
		if err := u.create(ctx); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// Resume implements [sign.Signer].
func (s *Signer) Resume(_ context.Context, r sign.Ref) (sign.Upload, error) {
	if r.Key == "" {
		return nil, fault.New(fault.Internal, "", nil, errors.New("s3: an upload without a key cannot be resumed"))
	}
	if r.Bucket == "" {
		r.Bucket = s.bucket
	}
	return &upload{s: s, ref: r}, nil
}

// checkKey refuses what S3 does not take and what no link could lead to:
// browsers fold "." and ".." away, however they are escaped.
func checkKey(key string) error {
	if len(key) > maxKey {
		return fault.New(fault.Unsupported, fault.KeyTooLong, nil, fmt.Errorf("s3: a key of %d bytes", len(key)))
	}
	if key == "" || !utf8.ValidString(key) {
		return wrong("key", fault.KeyUnusable.With("Value", strconv.Quote(key)))
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "." || segment == ".." {
			return wrong("key", fault.KeySegment.With("Value", strconv.Quote(key), "Part", strconv.Quote(segment)))
		}
	}
	return nil
}
