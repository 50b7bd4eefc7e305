package backend

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Expiry reads from a signed URL when it ends: AWS Signature Version 4 and its
// relatives at Google and Alibaba, Version 2, CloudFront, and Azure's shared
// access signatures. ok is false for a URL that has no such end.
func Expiry(raw string) (at time.Time, ok bool) {
	u, err := url.Parse(raw)
	if err != nil {
		return time.Time{}, false
	}
	q := make(map[string]string)
	for name, v := range u.Query() {
		q[strings.ToLower(name)] = v[0]
	}
	for _, family := range []string{"x-amz-", "x-goog-", "x-oss-"} {
		signed, err := time.Parse("20060102T150405Z", q[family+"date"])
		life, lerr := strconv.ParseInt(q[family+"expires"], 10, 64)
		if err == nil && lerr == nil && life > 0 && life <= int64(maxLife.Seconds()) {
			return signed.Add(time.Duration(life) * time.Second), true
		}
	}
	if q["signature"] != "" {
		if n, err := strconv.ParseInt(q["expires"], 10, 64); err == nil && n > 0 && n <= 1e11 {
			return time.Unix(n, 0), true
		}
	}
	if q["sig"] != "" {
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z", "2006-01-02"} {
			if t, err := time.Parse(layout, q["se"]); err == nil {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// signed reports whether a URL carries a signature: then it is a secret, with
// or without an end.
func signed(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return true
	}
	for name := range u.Query() {
		switch name = strings.ToLower(name); {
		case strings.HasSuffix(name, "signature"), name == "sig", name == "token", strings.HasSuffix(name, "-token"):
			return true
		}
	}
	return false
}

// earlier returns the earlier of two times of which zero means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
