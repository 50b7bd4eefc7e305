package backend

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
	"chute/uploader/sign/s3"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/tidwall/gjson"
)

const (
	// renewBefore is how long before their end credentials are renewed, so that
	// no request begins with dead ones; a quarter of their life where that is less.
	renewBefore = 2 * time.Minute
	// leastLife is how long credentials are used that do not say when they
	// end: the shortest that AWS issues.
	leastLife = 15 * time.Minute
)

// lender signs with credentials that the backend lends for a while.
type lender struct {
	s     *Signer
	cache *aws.CredentialsCache

	mu    sync.Mutex
	at    site // that the first credentials were for
	local *s3.Signer
}

// site is where credentials are good.
type site struct{ endpoint, region, bucket string }

func newLender(s *Signer) *lender {
	l := &lender{s: s}
	l.cache = aws.NewCredentialsCache(aws.CredentialsProviderFunc(l.borrow))
	return l
}

// limits are S3's own: the store is not known before the first answer.
func (l *lender) limits() sign.Limits {
	return sign.Limits{
		MaxObject: l.s.dialect.maxSize, PartSize: l.s.config.PartSize, EqualParts: true,
		CanList: true, CanAbort: true, CanDelete: true, CanStat: true, CanLink: true,
	}
}

// borrow asks the backend for credentials. They are said to end a little
// before they do.
func (l *lender) borrow(ctx context.Context) (aws.Credentials, error) {
	sec := l.s.dialect.credentials
	a, err := l.s.ask(ctx, sec, l.s.vars())
	if err != nil {
		return aws.Credentials{}, err
	}
	c, err := readCredentials(sec, a)
	if err != nil {
		return aws.Credentials{}, l.s.misunderstood(sec, err)
	}
	at := site{a.str(sec.answer["endpoint"]), a.str(sec.answer["region"]), a.str(sec.answer["bucket"])}
	if at.bucket == "" {
		at.bucket = l.s.config.Bucket
	}
	if at.endpoint != "" {
		if at.endpoint, err = l.s.address(sec, at.endpoint); err != nil {
			return aws.Credentials{}, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at != (site{}) && l.at != at {
		return aws.Credentials{}, l.s.misunderstood(sec, errors.New("the credentials are for another bucket than before"))
	}
	l.at = at
	c.Expires = c.Expires.Add(-min(renewBefore, c.Expires.Sub(a.received)/4))
	return c, nil
}

// readCredentials reads an object of credentials, whichever way its names are
// written: AccessKeyId, accessKeyId, access_key_id.
func readCredentials(sec *section, a answer) (aws.Credentials, error) {
	object, ok := a.findIf(sec.answer["credentials"], func(r gjson.Result) bool { return r.IsObject() })
	if !ok {
		return aws.Credentials{}, fmt.Errorf("no credentials at %s", strings.Join(sec.answer["credentials"], ", "))
	}
	found := make(map[string]string)
	object.ForEach(func(name, value gjson.Result) bool {
		if value.Type == gjson.String || value.Type == gjson.Number {
			found[strings.ToLower(strings.ReplaceAll(name.String(), "_", ""))] = value.String()
		}
		return true
	})
	c := aws.Credentials{
		AccessKeyID: found["accesskeyid"], SecretAccessKey: found["secretaccesskey"], SessionToken: found["sessiontoken"],
		Source: "backend", CanExpire: true, Expires: parseTime(found["expiration"]),
	}
	if at := a.expires(sec); !at.IsZero() {
		c.Expires = earlier(c.Expires, at)
	}
	if c.Expires.IsZero() {
		c.Expires = a.received.Add(leastLife)
	}
	if c.AccessKeyID == "" || c.SecretAccessKey == "" {
		return aws.Credentials{}, errors.New("credentials without a key")
	}
	return c, nil
}

// signer is made with the first credentials, which name the store.
func (l *lender) signer(ctx context.Context) (*s3.Signer, error) {
	if _, err := l.cache.Retrieve(ctx); err != nil {
		return nil, unwrapFault(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.local != nil {
		return l.local, nil
	}
	if l.at.bucket == "" {
		return nil, wrong("bucket", fault.BucketNotSaid)
	}
	local, err := s3.New(ctx, s3.Config{
		Endpoint: l.at.endpoint, Region: l.at.region, Bucket: l.at.bucket,
		PublicURL: l.s.config.PublicURL, PartSize: l.s.config.PartSize,
		Credentials: l.cache, Transport: l.s.config.Store, Now: l.s.config.Now,
	})
	if err != nil {
		return nil, err
	}
	l.local = local
	return local, nil
}

// unwrapFault takes the SDK's wrapping off a failure to get credentials.
func unwrapFault(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	return fault.FromTransport(err, "")
}

func (l *lender) begin(ctx context.Context, o sign.Object) (sign.Upload, error) {
	local, err := l.signer(ctx)
	if err != nil {
		return nil, err
	}
	return local.Begin(ctx, o)
}

func (l *lender) resume(ctx context.Context, r sign.Ref) (sign.Upload, error) {
	local, err := l.signer(ctx)
	if err != nil {
		return nil, err
	}
	return local.Resume(ctx, r)
}
