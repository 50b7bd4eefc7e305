package backend

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// maxAnswer bounds a backend's answer. The largest honest ones list the signed
// URLs of 10,000 parts, with session tokens some 16 MiB.
const maxAnswer = 32 << 20

// places are GJSON paths of which the first that is present counts.
type places []string

// answer is what a backend said.
type answer struct {
	body     []byte
	isJSON   bool
	received time.Time
}

func newAnswer(body []byte, received time.Time) answer {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	// encoding/json bounds the depth of nesting, which gjson does not.
	return answer{body: body, isJSON: json.Valid(body), received: received}
}

// refused reports an answer that says no in place of a value.
func (a answer) refused() bool {
	s := string(a.body[:min(len(a.body), 8)])
	return s == "null" || s == "false"
}

// find returns the first value that is present: not missing, null or an empty
// text. An answer that is not JSON is one text, at "@this".
func (a answer) find(p places) (gjson.Result, bool) {
	return a.findIf(p, func(gjson.Result) bool { return true })
}

func (a answer) findIf(p places, wanted func(gjson.Result) bool) (gjson.Result, bool) {
	for _, path := range p {
		var r gjson.Result
		switch {
		case a.isJSON:
			r = gjson.GetBytes(a.body, path)
		case path == "@this":
			r = gjson.Result{Type: gjson.String, Str: string(a.body)}
		}
		if r.Exists() && r.Type != gjson.Null && !(r.Type == gjson.String && r.Str == "") && wanted(r) {
			return r, true
		}
	}
	return gjson.Result{}, false
}

// str finds a text; a number counts as its digits.
func (a answer) str(p places) string {
	r, _ := a.findIf(p, func(r gjson.Result) bool { return r.Type == gjson.String || r.Type == gjson.Number })
	return strings.TrimSpace(r.String())
}

func (a answer) int(p places) int64 {
	r, ok := a.findIf(p, func(r gjson.Result) bool { return r.Type == gjson.String || r.Type == gjson.Number })
	if !ok {
		return 0
	}
	n, _ := strconv.ParseInt(r.String(), 10, 64)
	return n
}

// expires reads when something ends: expires_at, or expires_in seconds after
// the answer came. The zero time: the answer does not say.
func (a answer) expires(s *section) time.Time {
	if at := parseTime(a.str(s.answer["expires_at"])); !at.IsZero() {
		return at
	}
	r, ok := a.findIf(s.answer["expires_in"], func(r gjson.Result) bool { return r.Type == gjson.String || r.Type == gjson.Number })
	if !ok {
		return time.Time{}
	}
	seconds, err := strconv.ParseFloat(r.String(), 64)
	if err != nil || seconds <= 0 || seconds > maxLife.Seconds() {
		return time.Time{}
	}
	return a.received.Add(time.Duration(seconds * float64(time.Second)))
}

// maxLife bounds what is believed of an expiry: a hundred years, which no
// arithmetic overflows.
const maxLife = 100 * 365 * 24 * time.Hour

// parseTime reads a time as backends write it: RFC 3339, HTTP's form, or a
// number of seconds or milliseconds since 1970.
func parseTime(s string) time.Time {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		if n > 1e11 { // 1e11 seconds are the year 5138
			n /= 1000
		}
		if n <= 0 || n > 1e11 {
			return time.Time{}
		}
		return time.Unix(int64(n), 0)
	}
	for _, layout := range []string{time.RFC3339, time.RFC1123, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}
