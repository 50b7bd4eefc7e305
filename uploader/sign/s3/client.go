package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"

	"chute/uploader/fault"

	"github.com/aws/smithy-go"
)

// maxPage bounds what is read of an answer: a page of 1,000 parts with their
// checksums is under 500 KiB.
const maxPage = 4 << 20

// client carries the SDK's requests and turns every failure into a
// *fault.Error before the SDK sees it, so that there is one reading of a
// store's answers, the same as for requests that carry bytes.
type client struct {
	transport http.RoundTripper
	keys      *keys
	now       func() time.Time
}

// Do implements the SDK's HTTPClient. It follows no redirect: in S3 they mean
// another region, which needs another signature.
func (c *client) Do(req *http.Request) (*http.Response, error) {
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, fault.FromTransport(err, req.URL.Host)
	}
	if resp.StatusCode < 200 || resp.StatusCode >= 300 {
		return nil, c.refusal(fault.ReadStoreAnswer(resp))
	}
	if f, ok := fault.WebPage(resp.Header, req.URL.Host); ok && (req.Method == http.MethodPost || req.Method == http.MethodDelete) {
		resp.Body.Close()
		return nil, f
	}
	body := io.Reader(io.LimitReader(resp.Body, maxPage))
	if req.Method == http.MethodPost {
		// A store that completes begins to answer before it is done, so a
		// failure has to come in an answer that says 200.
		answer, err := io.ReadAll(body)
		if err != nil {
			resp.Body.Close()
			return nil, fault.FromTransport(err, req.URL.Host)
		}
		if a := fault.ParseStoreError(answer); a.Code != "" {
			resp.Body.Close()
			a.Status, a.Header, a.Host = resp.StatusCode, resp.Header, req.URL.Host
			return nil, c.refusal(a)
		}
		body = bytes.NewReader(answer)
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{body, resp.Body}
	return resp, nil
}

func (c *client) refusal(a fault.StoreAnswer) error {
	f := fault.FromStore(a, c.now())
	if a.Message != "" {
		f.Err = errors.New(a.Message)
	}
	if f.Variant == fault.KeysOver {
		c.keys.refused()
	}
	return f
}

// operation is a request to the store, as messages and policies name it.
type operation struct {
	name   string
	action string // what a policy must allow
	upload bool   // being denied it means being denied to upload
}

var (
	opCreate      = operation{"CreateMultipartUpload", ActionPut, true}
	opComplete    = operation{"CompleteMultipartUpload", ActionPut, true}
	opPresign     = operation{name: "presign"}
	opAbort       = operation{"AbortMultipartUpload", ActionAbort, true}
	opList        = operation{"ListParts", ActionList, true}
	opHead        = operation{"HeadObject", ActionGet, false}
	opListUploads = operation{"ListMultipartUploads", ActionListUploads, false}
	opDelete      = operation{"DeleteObject", ActionDelete, false}
)

// fail makes the *fault.Error that a method returns for err, with the facts
// that its words need. nil stays nil.
func (s *Signer) fail(op operation, err error) error {
	if err == nil {
		return nil
	}
	f := fault.Error{Facts: fault.Facts{}}
	if found, ok := errors.AsType[*fault.Error](err); ok {
		f = *found
		f.Facts = maps.Clone(f.Facts)
	} else if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		f = *fault.FromTransport(err, s.host)
	} else if _, ok := errors.AsType[*smithy.DeserializationError](err); ok {
		// The answer broke off, or something that is no store gave it.
		f.Code, f.Variant, f.Class, f.Err = fault.Internal, fault.StoreError, fault.Transient, err
	} else {
		f.Code, f.Err = fault.Internal, err
	}
	if f.Facts == nil {
		f.Facts = fault.Facts{}
	}
	for name, value := range s.facts(op.action) {
		if f.Facts[name] == "" {
			f.Facts[name] = value
		}
	}
	// What issues credentials can deny them, too, and is another host.
	if f.Code == fault.Denied && f.Variant == "" && op.upload && f.Facts["Host"] == s.host {
		f.Variant = fault.DeniedUpload
	}
	if f.Err == nil {
		f.Err = errors.New(op.name)
	} else {
		f.Err = fmt.Errorf("%s: %w", op.name, f.Err)
	}
	return &f
}

// facts are what the words of a refusal need.
func (s *Signer) facts(action string) map[string]string {
	return map[string]string{"Bucket": s.bucket, "Host": s.host, "Key": s.keys.lastFour(), "Action": action}
}

// incomplete is a success that lacks what it is for: something other than a
// store answered, such as the login page of a public network.
func (s *Signer) incomplete(op operation, what string) error {
	return s.fail(op, &fault.Error{
		Code: fault.Internal, Variant: fault.StoreError, Class: fault.Transient,
		Err: fmt.Errorf("the answer has no %s", what),
	})
}
