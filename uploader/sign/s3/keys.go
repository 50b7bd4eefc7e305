package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"chute/uploader/fault"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// keys hands out credentials. They are cached until they expire; failures to
// get them are *fault.Error values.
type keys struct {
	cache *aws.CredentialsCache
	now   func() time.Time
	tail  atomic.Pointer[string]
}

func newKeys(source aws.CredentialsProvider, now func() time.Time) *keys {
	cache, ok := source.(*aws.CredentialsCache)
	if !ok {
		cache = aws.NewCredentialsCache(source)
	}
	return &keys{cache: cache, now: now}
}

// Retrieve implements [aws.CredentialsProvider].
func (k *keys) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := k.cache.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, keysFault(err, k.now())
	}
	if c.CanExpire && !c.Expires.After(k.now()) {
		return aws.Credentials{}, keysOver(fmt.Errorf("s3: the credentials expired at %s", c.Expires.Format(time.RFC3339)))
	}
	if n := len(c.AccessKeyID); n >= 8 { // of a shorter one, four characters are too much
		tail := c.AccessKeyID[n-4:]
		k.tail.Store(&tail)
	}
	return c, nil
}

// lastFour is the end of the access key id in use, to tell keys apart in
// messages; empty where it would give too much away.
func (k *keys) lastFour() string {
	if tail := k.tail.Load(); tail != nil {
		return *tail
	}
	return ""
}

// refused is told that the store no longer takes the credentials.
func (k *keys) refused() { k.cache.Invalidate() }

func keysOver(err error) *fault.Error {
	return fault.New(fault.Expired, fault.KeysOver, nil, err)
}

// keysFault tells apart why there are no credentials: none were ever set up,
// the session behind them is over, or the service that issues them failed.
func keysFault(err error, now time.Time) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fault.FromTransport(err, "")
	}
	if _, ok := errors.AsType[*ssocreds.InvalidTokenError](err); ok {
		return keysOver(err)
	}
	// The metadata service is asked last, and there is none outside of EC2.
	if op, ok := errors.AsType[*smithy.OperationError](err); ok && op.Service() != "ec2imds" {
		if send, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
			return fault.FromTransport(send.Err, "AWS "+op.Service())
		}
		if api, ok := errors.AsType[smithy.APIError](err); ok {
			if api.ErrorCode() == "UnauthorizedException" { // SSO: signed out elsewhere
				return keysOver(err)
			}
			a := fault.StoreAnswer{Code: api.ErrorCode(), Message: api.ErrorMessage(), Host: "AWS " + op.Service()}
			if resp, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
				a.Status, a.Header = resp.Response.StatusCode, resp.Response.Header
			}
			f := fault.FromStore(a, now)
			f.Err = err
			return f
		}
	}
	return fault.New(fault.Signature, fault.NoKey, nil, err)
}

// sharedConfig reads the shared AWS configuration: the credentials it leads
// to, which are only fetched when they are needed, and its region.
func sharedConfig(ctx context.Context, c Config) (aws.CredentialsProvider, string, error) {
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(issuerClient(c.Transport)),
		config.WithLogger(logging.Nop{}),
	}
	if c.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(c.Profile))
	}
	if c.Region != "" {
		options = append(options, config.WithRegion(c.Region)) // STS needs one, too
	} else {
		options = append(options, config.WithDefaultRegion(regionFallback))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if missing, ok := errors.AsType[config.SharedConfigProfileNotExistError](err); ok {
		return nil, "", wrong("aws_profile", fault.NoSuchProfile.With("Name", strconv.Quote(missing.Profile)))
	}
	if err != nil {
		return nil, "", fault.Wrong(err, fault.Mistake{What: fault.SharedConfigBad.With("Library", err.Error())})
	}
	return loaded.Credentials, loaded.Region, nil
}

// issuerClient asks the services that issue credentials by the same proxy and
// authorities as the store. It has to be the SDK's own kind of client: that
// one adds AWS_CA_BUNDLE, and refuses any other where it is set.
func issuerClient(road http.RoundTripper) *awshttp.BuildableClient {
	issuer := awshttp.NewBuildableClient()
	if w, ok := road.(interface{ Unwrap() http.RoundTripper }); ok {
		road = w.Unwrap()
	}
	like, ok := road.(*http.Transport)
	if !ok {
		return issuer
	}
	return issuer.WithTransportOptions(func(t *http.Transport) {
		t.Proxy = like.Proxy
		if like.TLSClientConfig != nil && like.TLSClientConfig.RootCAs != nil {
			t.TLSClientConfig.RootCAs = like.TLSClientConfig.RootCAs.Clone()
		}
	})
}
