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

// mistakesIn makes one failure of all mistakes in a file, in the order of its
// lines.
func mistakesIn(path string, mistakes []fault.Mistake) error {
	slices.SortStableFunc(mistakes, func(a, b fault.Mistake) int { return cmp.Compare(a.Line, b.Line) })
	for i := range mistakes {
		mistakes[i].File = filepath.Base(path)
	}
	return fault.WrongIn(path, nil, mistakes...)
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

// put takes a value as the decoder gives it, if it is of the right type. Else it
// returns what is allowed.
func (f field) put(value any) (allowed fault.Phrase, ok bool) {
	switch at := f.at.(type) {
	case *string:
		if v, ok := value.(string); ok {
			*at = v
			return allowed, true
		}
		allowed = fault.QuotedText.With("Example", `"text"`)
	case *bool:
		if v, ok := value.(bool); ok {
			*at = v
			return allowed, true
		}
		allowed = fault.Plain("true, false")
	case *int64:
		if v, ok := value.(int64); ok {
			*at = v
			return allowed, true
		}
		allowed = fault.WholeNumber
	case *map[string]string:
		if v, ok := texts(value); ok {
			*at = v
			return allowed, true
		}
		allowed = fault.TableOfTexts.With("Example", `{ Name = "text" }`)
	}
	return allowed, false
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
func putAll(fields []field, table map[string]any) (mistakes []fault.Mistake) {
	for key, value := range table {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == key })
		if i < 0 {
			mistakes = append(mistakes, fault.Mistake{Field: key, What: fault.UnknownField, Allowed: list(names(fields))})
		} else if allowed, ok := fields[i].put(value); !ok {
			mistakes = append(mistakes, fault.Mistake{Field: key, What: wrongKind(value), Allowed: allowed})
		}
	}
	slices.SortFunc(mistakes, func(a, b fault.Mistake) int { return strings.Compare(a.Field, b.Field) })
	return mistakes
}

func wrongKind(value any) fault.Phrase { return fault.WrongKind.With("Kind", backend.Kind(value)) }

func names(fields []field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.name)
	}
	return all
}

// decode reads TOML. The layout is that of text as given.
func decode(text string) (data map[string]any, l layout, mistakes []fault.Mistake) {
	if !utf8.ValidString(text) {
		return nil, l, []fault.Mistake{{Line: 1, What: fault.NotUTF8}}
	}
	defer func() {
		if r := recover(); r != nil { // the decoder panics at what it did not foresee
			data, mistakes = nil, []fault.Mistake{{Line: 1, What: fault.NotTOML.With("Parser", fmt.Sprint(r))}}
		}
	}()
	if _, err := toml.Decode(text, &data); err != nil {
		m := fault.Mistake{Line: 1, What: fault.ParserSays.With("Parser", err.Error())}
		if e, ok := errors.AsType[toml.ParseError](err); ok {
			m.Line, m.Field, m.What = max(1, e.Position.Line), e.LastKey, fault.ParserSays.With("Parser", e.Message)
		}
		return nil, l, []fault.Mistake{m}
	}
	return data, scan(text), nil
}
