package backend

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/yosida95/uritemplate/v3"
)

// values are what the variables of a dialect stand for in one request: texts,
// int64s, []int64 for part_numbers, and a list of objects for parts.
type values map[string]any

// text says what a value looks like within other text.
func (v values) text(name string) string {
	switch x := v[name].(type) {
	case nil:
		return ""
	case string:
		return x
	case int64:
		return strconv.FormatInt(x, 10)
	case []int64:
		return strings.Join(decimals(x), ",")
	default:
		b, _ := json.Marshal(x) // made here, of texts and numbers
		return string(b)
	}
}

func decimals(list []int64) []string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.FormatInt(n, 10)
	}
	return texts
}

var variable = regexp.MustCompile(`\{([A-Za-z0-9_]+)\}`)

// text is a template outside of URLs: variables stand for their values as
// they are, without any escaping. Braces around anything but a name are text.
type text string

func (t text) names() []string {
	var names []string
	for _, m := range variable.FindAllStringSubmatch(string(t), -1) {
		names = append(names, m[1])
	}
	return names
}

func (t text) expand(v values) string {
	return variable.ReplaceAllStringFunc(string(t), func(m string) string { return v.text(m[1 : len(m)-1]) })
}

// value is expand, except that a text that is exactly one variable keeps the
// variable's type.
func (t text) value(v values) any {
	if m := variable.FindString(string(t)); m != "" && m == string(t) {
		return v[m[1:len(m)-1]]
	}
	return t.expand(v)
}

// tree is a template of a JSON value, as TOML has it: tables, lists, texts and
// plain values.
type tree struct{ root any }

func (t tree) names() []string {
	var names []string
	walk(t.root, func(s string) any {
		names = append(names, text(s).names()...)
		return nil
	})
	return names
}

func (t tree) marshal(v values) ([]byte, error) {
	return json.Marshal(walk(t.root, func(s string) any { return text(s).value(v) }))
}

// walk copies a TOML value with each text replaced.
func walk(node any, replace func(string) any) any {
	switch n := node.(type) {
	case string:
		return replace(n)
	case map[string]any:
		m := make(map[string]any, len(n))
		for k, v := range n {
			m[k] = walk(v, replace)
		}
		return m
	case []map[string]any:
		list := make([]any, len(n))
		for i, v := range n {
			list[i] = walk(v, replace)
		}
		return list
	case []any:
		list := make([]any, len(n))
		for i, v := range n {
			list[i] = walk(v, replace)
		}
		return list
	default:
		return n
	}
}

// expandURL expands a URI template (RFC 6570).
func expandURL(t *uritemplate.Template, v values) (string, error) {
	in := make(uritemplate.Values)
	for _, name := range t.Varnames() {
		if list, ok := v[name].([]int64); ok {
			in.Set(name, uritemplate.List(decimals(list)...))
		} else {
			in.Set(name, uritemplate.String(byteRunes(v.text(name))))
		}
	}
	out, err := t.Expand(in)
	if err != nil {
		return "", fmt.Errorf("path %s: %w", t.Raw(), err)
	}
	return out, nil
}

// byteRunes makes each byte a character of its own. uritemplate v3.0.2 escapes
// characters beyond ASCII by their number, not by their UTF-8 bytes as RFC 6570
// wants; for characters up to U+00FF the two are the same.
func byteRunes(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// partNames are the fields of the objects that stand for parts, in a request
// or in an answer; empty ones are left out.
type partNames struct{ number, etag, size string }

func (n partNames) object(number int, etag string, size int64) map[string]any {
	m := map[string]any{n.number: int64(number), n.etag: etag}
	if n.size != "" {
		m[n.size] = size
	}
	return m
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
