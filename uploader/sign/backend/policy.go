package backend

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

// policy is what a POST policy demands of a form, read ahead so that the user
// learns before sending what the store would say after it.
type policy struct {
	expires          time.Time
	minSize, maxSize int64
	exact            map[string]string   // by lower-case field name
	prefix           map[string][]string // several may hold at once
}

// readPolicy reads the value of a form's field "policy". ok is false for what
// is not one: then the store judges alone.
func readPolicy(encoded string) (p policy, ok bool) {
	encoded = strings.TrimSpace(encoded)
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		raw, err = base64.RawStdEncoding.DecodeString(encoded)
	}
	var doc struct {
		Expiration string            `json:"expiration"`
		Conditions []json.RawMessage `json:"conditions"`
	}
	if err != nil || json.Unmarshal(raw, &doc) != nil {
		return policy{}, false
	}
	p = policy{maxSize: math.MaxInt64, exact: map[string]string{}, prefix: map[string][]string{}}
	p.expires = parseTime(doc.Expiration)
	for _, c := range doc.Conditions {
		p.condition(c)
	}
	return p, true
}

func (p *policy) condition(raw json.RawMessage) {
	var object map[string]any
	if json.Unmarshal(raw, &object) == nil {
		for name, value := range object {
			if s, ok := value.(string); ok {
				p.exact[strings.ToLower(name)] = s
			}
		}
		return
	}
	var list []any
	if json.Unmarshal(raw, &list) != nil || len(list) != 3 {
		return
	}
	op, _ := list[0].(string)
	name, _ := list[1].(string)
	name = strings.ToLower(strings.TrimPrefix(name, "$"))
	value, isText := list[2].(string)
	switch strings.ToLower(op) {
	case "content-length-range":
		least, ok1 := wholeNumber(list[1])
		most, ok2 := wholeNumber(list[2])
		if ok1 && ok2 {
			p.minSize, p.maxSize = max(p.minSize, least), min(p.maxSize, most)
		}
	case "eq":
		if isText {
			p.exact[name] = value
		}
	case "starts-with":
		if isText {
			p.prefix[name] = append(p.prefix[name], value)
		}
	}
}

// wholeNumber takes a number, or one in quotes as some backends write it.
func wholeNumber(v any) (int64, bool) {
	switch x := v.(type) {
	case float64:
		if x < 0 || x >= math.MaxInt64 {
			return math.MaxInt64, x > 0
		}
		return int64(x), true
	case string:
		n, err := strconv.ParseInt(x, 10, 64)
		return n, err == nil && n >= 0
	}
	return 0, false
}

// wanted is what a form is for.
type wanted struct {
	key, contentType, bucket string
	size                     int64 // -1: not known
}

// fill adds the fields that a policy leaves to the client, and returns a
// failure where it cannot be satisfied.
func (p policy) fill(fields []sign.Field, w wanted) ([]sign.Field, error) {
	if err := p.takes(w.size); err != nil {
		return nil, err
	}
	if _, ok := field(fields, "Content-Type"); !ok && p.mentions("content-type") {
		contentType := w.contentType
		if exact, ok := p.exact["content-type"]; ok {
			contentType = exact
		}
		fields = slices.Concat(fields, []sign.Field{{Name: "Content-Type", Value: contentType}})
	}
	if _, ok := field(fields, "key"); !ok {
		key := w.key
		if exact, ok := p.exact["key"]; ok {
			key = exact
		} else if at := longest(p.prefix["key"]); !strings.HasPrefix(key, at) {
			key = at + key
		}
		fields = slices.Concat(fields, []sign.Field{{Name: "key", Value: key}})
	}
	if t, _ := field(fields, "Content-Type"); !p.allows("content-type", t) || !p.sameType(w.contentType) {
		return nil, fault.New(fault.WrongType, fault.TypeNotTaken, fault.Facts{"Type": w.contentType},
			fmt.Errorf("the policy takes %s, the file is %s", p.describe("content-type"), w.contentType))
	}
	if key, _ := field(fields, "key"); !p.allows("key", key) && !strings.Contains(key, "${filename}") {
		return nil, fmt.Errorf("the form's key does not satisfy its own policy, which wants %s", p.describe("key"))
	}
	if b, ok := p.exact["bucket"]; ok && w.bucket != "" && b != w.bucket {
		return nil, fmt.Errorf("the policy is for the bucket %q, not %q", b, w.bucket)
	}
	return fields, nil
}

func (p policy) takes(size int64) error {
	switch {
	case size < 0:
		return nil
	case size > p.maxSize:
		return tooLarge(size, p.maxSize)
	case size < p.minSize:
		return fault.New(fault.Unsupported, fault.TooSmall, fault.Facts{
			"Size": fault.InBytes(size), "Limit": fault.InBytes(p.minSize),
		}, fmt.Errorf("the policy takes files from %d bytes on, the file has %d", p.minSize, size))
	}
	return nil
}

func tooLarge(size, limit int64) error {
	return fault.New(fault.TooLarge, fault.PartLimit, fault.Facts{
		"Size": fault.InBytes(size), "Limit": fault.InBytes(limit),
	}, nil)
}

// sameType says whether the file is of a type that the policy asks for: a form
// that calls a video an image gets past the store, but it is a lie.
func (p policy) sameType(contentType string) bool {
	for _, prefix := range p.prefix["content-type"] {
		if !strings.HasPrefix(contentType, prefix) {
			return false
		}
	}
	exact, ok := p.exact["content-type"]
	return !ok || exact == contentType || exact == mediaType(contentType) || exact == "" || exact == "application/octet-stream" || exact == "binary/octet-stream"
}

// mediaType is a content type without its parameters.
func mediaType(contentType string) string {
	bare, _, _ := strings.Cut(contentType, ";")
	return strings.TrimSpace(bare)
}

func (p policy) mentions(name string) bool {
	_, exact := p.exact[name]
	return exact || len(p.prefix[name]) > 0
}

func (p policy) allows(name, value string) bool {
	if exact, ok := p.exact[name]; ok && exact != value {
		return false
	}
	return !slices.ContainsFunc(p.prefix[name], func(prefix string) bool { return !strings.HasPrefix(value, prefix) })
}

func (p policy) describe(name string) string {
	if exact, ok := p.exact[name]; ok {
		return strconv.Quote(exact)
	}
	return strconv.Quote(longest(p.prefix[name])) + " at the start"
}

func longest(list []string) string {
	var found string
	for _, s := range list {
		if len(s) > len(found) {
			found = s
		}
	}
	return found
}

// field finds a field of a form, whatever the case of its name.
func field(fields []sign.Field, name string) (string, bool) {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value, true
		}
	}
	return "", false
}
