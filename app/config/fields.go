package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"chute/uploader/fault"
	"chute/uploader/sign/backend"
)

// Problem is one mistake in a file or in a form.
type Problem struct {
	Line  int    // from 1; 0: not of a file
	Field string // as in destinations.toml, such as link_expiry; empty: the file as a whole
	Text  string // what is wrong
	// Allowed is what may stand there instead; empty where Text says it.
	Allowed string
}

// String says field, mistake and what is allowed, on one line.
func (p Problem) String() string {
	s := p.Text
	if p.Field != "" {
		s = p.Field + ": " + s
	}
	if p.Allowed != "" {
		s += "; allowed: " + p.Allowed
	}
	return s
}

// listed puts problems on a line each.
func listed(problems []Problem) string {
	var lines []string
	for _, p := range problems {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// problemsError makes one failure of all mistakes in a file, in the order of
// its lines, each on a line of its own.
func problemsError(path string, problems []Problem) error {
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	var lines []string
	for _, p := range problems {
		lines = append(lines, fmt.Sprintf("%s:%d: %s", filepath.Base(path), p.Line, p))
	}
	text := strings.Join(lines, "\n")
	return fault.New(fault.Config, fault.BadFile, fault.Facts{"Path": path, "File": filepath.Base(path), "Detail": text}, errors.New(text))
}

// field is a key of a table and where its value goes: a *string, *bool, *int64
// or *map[string]string.
type field struct {
	name string
	at   any
}

// value returns what the field holds now.
func (f field) value() any {
	switch at := f.at.(type) {
	case *string:
		return *at
	case *bool:
		return *at
	case *int64:
		return *at
	case *map[string]string:
		return maps.Clone(*at)
	}
	panic(fmt.Sprintf("config: field %s is a %T", f.name, f.at))
}

// isZero reports whether the field holds nothing that must be written.
func (f field) isZero() bool {
	switch v := f.value().(type) {
	case map[string]string:
		return len(v) == 0
	default:
		return v == "" || v == false || v == int64(0)
	}
}

// put takes a value as the decoder gives it. It returns what is wrong with its
// type: the zero Problem where nothing is.
func (f field) put(value any) Problem {
	allowed := ""
	switch at := f.at.(type) {
	case *string:
		if v, ok := value.(string); ok {
			*at = v
			return Problem{}
		}
		allowed = `text in quotes, as in "text"`
	case *bool:
		if v, ok := value.(bool); ok {
			*at = v
			return Problem{}
		}
		allowed = "true, false"
	case *int64:
		if v, ok := value.(int64); ok {
			*at = v
			return Problem{}
		}
		allowed = "a whole number"
	case *map[string]string:
		if v, ok := texts(value); ok {
			*at = v
			return Problem{}
		}
		allowed = `a table of texts, as in { Name = "text" }`
	}
	return Problem{Field: f.name, Text: "this is " + backend.Kind(value), Allowed: allowed}
}

func texts(value any) (map[string]string, bool) {
	table, ok := value.(map[string]any)
	if !ok {
		return nil, false
	}
	m := make(map[string]string, len(table))
	for k, v := range table {
		if m[k], ok = v.(string); !ok {
			return nil, false
		}
	}
	return m, true
}

// putAll fills the fields from a decoded table.
func putAll(fields []field, table map[string]any) (problems []Problem) {
	for key, value := range table {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == key })
		if i < 0 {
			problems = append(problems, Problem{Field: key, Text: "unknown field", Allowed: names(fields)})
		} else if p := fields[i].put(value); p.Text != "" {
			problems = append(problems, p)
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Field, b.Field) })
	return problems
}

func names(fields []field) string {
	var all []string
	for _, f := range fields {
		all = append(all, f.name)
	}
	return strings.Join(all, ", ")
}

// decode reads TOML. The layout is that of text as given.
func decode(text string) (data map[string]any, l layout, problems []Problem) {
	if !utf8.ValidString(text) {
		return nil, l, []Problem{{Line: 1, Text: "the file is not UTF-8 text"}}
	}
	defer func() {
		if r := recover(); r != nil { // the decoder panics at what it did not foresee
			data, problems = nil, []Problem{{Line: 1, Text: fmt.Sprintf("not TOML: %v", r)}}
		}
	}()
	if _, err := toml.Decode(text, &data); err != nil {
		p := Problem{Line: 1, Text: err.Error()}
		if e, ok := errors.AsType[toml.ParseError](err); ok {
			p.Line, p.Field, p.Text = max(1, e.Position.Line), e.LastKey, e.Message
		}
		return nil, l, []Problem{p}
	}
	return data, scan(text), nil
}
