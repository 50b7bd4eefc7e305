package fault

import (
	"bytes"
	"encoding/xml"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// MaxAnswer bounds what is read of an answer that is not the object itself:
// S3's error documents are under 2 KiB.
const MaxAnswer = 64 << 10

// StoreAnswer is what an S3 store says of a failed request.
type StoreAnswer struct {
	Status    int
	Header    http.Header
	Code      string // of the XML error; empty where there was none
	Message   string
	Region    string // the region that the store names as right
	Bucket    string
	RequestID string
	// Host is whom the request went to.
	Host string
	// Broken says that the answer ended before it was complete.
	Broken bool
}

// ReadStoreAnswer reads the answer to a failed request and closes its body.
func ReadStoreAnswer(resp *http.Response) StoreAnswer {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswer))
	a := ParseStoreError(body)
	a.Broken = a.Code == "" && (err != nil || bytes.Contains(body, []byte("<Error>")))
	a.Status, a.Header = resp.StatusCode, resp.Header
	if resp.Request != nil {
		a.Host = resp.Request.URL.Host
	}
	if a.Region == "" {
		a.Region = resp.Header.Get("X-Amz-Bucket-Region")
	}
	if a.RequestID == "" {
		a.RequestID = resp.Header.Get("X-Amz-Request-Id")
	}
	return a
}

// ParseStoreError reads an S3 error document. What is not one gives an empty answer.
func ParseStoreError(body []byte) StoreAnswer {
	var doc struct {
		XMLName    xml.Name `xml:"Error"`
		Code       string
		Message    string
		Region     string
		BucketName string
		RequestId  string
	}
	if xml.Unmarshal(body, &doc) != nil {
		return StoreAnswer{}
	}
	return StoreAnswer{Code: doc.Code, Message: doc.Message, Region: doc.Region, Bucket: doc.BucketName, RequestID: doc.RequestId}
}

// SkewTolerated is how far clocks may differ before it is called the cause of
// a refused signature: S3 itself allows 15 minutes.
const SkewTolerated = 14 * time.Minute

// FromStore turns the answer of a store into a failure. The lists are those of
// the AWS SDKs, minio-go and rclone taken together.
func FromStore(a StoreAnswer, now time.Time) *Error {
	if a.Region == "" {
		a.Region = expectedRegion(a.Message)
	}
	e := &Error{
		Status: a.Status, Server: a.Code, RequestID: a.RequestID,
		RetryAfter: retryAfter(a.Header, now),
		Facts:      Facts{"Bucket": a.Bucket, "Region": a.Region, "Host": a.Host},
	}
	e.Code, e.Variant, e.Class = judge(a)
	if e.Code == Signature || e.Code == Denied || e.Code == Expired {
		if skew := serverSkew(a.Header, now); skew.Abs() > SkewTolerated {
			e.Code, e.Variant, e.Class = ClockSkew, "", Stale
		}
	}
	if e.Code == ClockSkew {
		e.Facts["Skew"] = roundSkew(serverSkew(a.Header, now))
	}
	return e
}

// wanted finds the right region in messages like "the region 'us-east-1' is
// wrong; expecting 'eu-west-1'": stores other than AWS often name it only there.
var wanted = regexp.MustCompile(`expecting '([a-z0-9][a-z0-9-]{0,62})'`)

func expectedRegion(message string) string {
	if m := wanted.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return ""
}

func judge(a StoreAnswer) (Code, Variant, Class) {
	switch a.Code {
	case "RequestTimeTooSkewed":
		return ClockSkew, "", Stale
	case "ExpiredToken", "TokenRefreshRequired", "ExpiredTokenException":
		return Expired, KeysOver, Stale
	case "AccessDenied", "AllAccessDisabled", "AccountProblem", "Forbidden":
		if strings.Contains(a.Message, "expired") {
			return Expired, "", Stale
		}
		return Denied, "", Permanent
	case "InvalidAccessKeyId", "XAdminUserNotFound": // the second is versitygw's
		return Signature, SignatureKey, Permanent
	case "SignatureDoesNotMatch":
		return Signature, SignatureSecret, Permanent
	case "InvalidToken":
		return Signature, SignatureToken, Permanent
	case "AuthorizationHeaderMalformed", "AuthorizationQueryParametersError":
		if a.Region != "" {
			return WrongRegion, "", Permanent
		}
		if strings.Contains(a.Message, "region") {
			return WrongRegion, "", Permanent
		}
		return Signature, "", Permanent
	case "PermanentRedirect", "TemporaryRedirect", "Redirect", "IllegalLocationConstraintException":
		return WrongRegion, "", Permanent
	case "NoSuchBucket", "InvalidBucketName":
		return NoBucket, "", Permanent
	case "NoSuchKey", "NotFound":
		return Changed, NotFound, Permanent
	case "NoSuchUpload", "InvalidPart", "InvalidPartOrder":
		return Changed, StoreForgot, Permanent
	case "EntityTooLarge", "MaxMessageLengthExceeded":
		return TooLarge, "", Permanent
	case "KeyTooLongError", "KeyTooLong":
		return Unsupported, KeyTooLong, Permanent
	case "NotImplemented", "MethodNotAllowed":
		return Unsupported, NoOperation, Permanent
	case "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch":
		return Checksum, "", Transient
	case "XMinioStorageFull", "QuotaExceeded", "NoSpaceLeftOnDevice":
		return Internal, StoreFull, Permanent
	case "SlowDown", "SlowDownWrite", "SlowDownRead", "Throttling", "ThrottlingException", "ThrottledException",
		"RequestThrottled", "RequestThrottledException", "TooManyRequests", "TooManyRequestsException",
		"RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "PriorRequestNotComplete",
		"TransactionInProgressException", "ProvisionedThroughputExceededException", "EC2ThrottledException":
		return Throttled, "", Slow
	case "RequestTimeout", "RequestTimeoutException", "RequestError", "IncompleteBody", "OperationAborted":
		return Internal, StoreError, Transient
	case "InternalError", "ServiceUnavailable":
		if a.Status == http.StatusServiceUnavailable {
			return Throttled, "", Slow
		}
		return Internal, StoreError, Transient
	}
	switch s := a.Status; {
	case a.Broken:
		return Offline, NotAnswering, Transient
	case s == http.StatusFound, s == http.StatusSeeOther:
		return Offline, SignIn, Unreachable // the way of a public network to its sign-in page
	case s == http.StatusUnauthorized, s == http.StatusForbidden:
		return Denied, "", Permanent
	case s == http.StatusMovedPermanently, s == http.StatusTemporaryRedirect, s == http.StatusPermanentRedirect:
		return WrongRegion, "", Permanent
	case s == http.StatusNotFound:
		return Changed, NotFound, Permanent
	case s == http.StatusRequestEntityTooLarge:
		return TooLarge, "", Permanent
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable:
		return Throttled, "", Slow
	case s == http.StatusInsufficientStorage:
		return Internal, StoreFull, Permanent
	case s == http.StatusNotImplemented, s == http.StatusMethodNotAllowed:
		return Unsupported, NoOperation, Permanent
	case s == http.StatusRequestTimeout, s == http.StatusConflict, s == 499, s >= 500, s >= 200 && s < 300:
		// 499 and 520 come from proxies; a 200 here held an error document.
		return Internal, StoreError, Transient
	default:
		return Internal, StoreError, Permanent
	}
}

// WebPage is the failure for an answer that is a page for people: that of a
// public network that wants its user to sign in, or of another server than the
// one that is meant.
func WebPage(h http.Header, host string) (*Error, bool) {
	if kind, _, err := mime.ParseMediaType(h.Get("Content-Type")); err != nil || kind != "text/html" {
		return nil, false
	}
	return &Error{Code: Offline, Variant: SignIn, Class: Unreachable, Facts: Facts{"Host": host}}, true
}

// longestWish is the longest wait that is believed; larger numbers would not
// fit a duration.
const longestWish = 24 * time.Hour

// retryAfter reads the wait that a server asked for: AWS's own header in
// milliseconds, or HTTP's in seconds or as a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, err := strconv.ParseInt(h.Get("X-Amz-Retry-After"), 10, 64); err == nil && ms > 0 {
		return time.Duration(min(ms, longestWish.Milliseconds())) * time.Millisecond
	}
	v := h.Get("Retry-After")
	if s, err := strconv.ParseInt(v, 10, 64); err == nil && s > 0 {
		return time.Duration(min(s, int64(longestWish.Seconds()))) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}

// serverSkew is the server's clock minus ours, by the Date of its answer.
func serverSkew(h http.Header, now time.Time) time.Duration {
	t, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return t.Sub(now)
}

// ClockOff says that this computer's clock differs from that of host, which is
// ahead by skew: what the user should know, though nothing failed.
func ClockOff(skew time.Duration, host string) *Error {
	variant := ClockSlow
	if skew < 0 {
		variant = ClockFast
	}
	return New(ClockSkew, variant, Facts{"Skew": roundSkew(skew), "Host": host}, nil)
}

func roundSkew(d time.Duration) string {
	d = d.Abs()
	if d < time.Minute {
		return ""
	}
	if d < 90*time.Second {
		return "a minute"
	}
	if d < 2*time.Hour {
		return strconv.Itoa(int(d.Round(time.Minute)/time.Minute)) + " minutes"
	}
	if d < 48*time.Hour {
		return strconv.Itoa(int(d.Round(time.Hour)/time.Hour)) + " hours"
	}
	return strconv.Itoa(int(d.Hours()/24)) + " days"
}
