package backend

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/dustin/go-humanize"
)

// Problem is one mistake in a dialect file.
type Problem struct {
	File  string
	Line  int    // from 1; 0: the file as a whole
	Field string // such as single.answer.url
	Text  string // what is wrong
	// Allowed is what may stand there instead; empty where Text says it.
	Allowed string
}

// Error says it all on one line.
func (p Problem) Error() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(":%d", p.Line)
	}
	if p.Field != "" {
		s += ": " + p.Field
	}
	s += ": " + p.Text
	if p.Allowed != "" {
		s += "; allowed: " + p.Allowed
	}
	return s
}

// node is a value of a TOML file and where it stands.
type node struct {
	field  string
	line   int
	value  any
	fields map[string]node // of a table
}

// whereIs makes the decoder tell the place of a value: it does so only in errors.
type whereIs struct{}

var errHere = errors.New("here")

func (whereIs) UnmarshalTOML(any) error { return errHere }

// decodeTOML reads a file as a tree of nodes.
func decodeTOML(data []byte) (root node, wrong Problem, ok bool) {
	if !utf8.Valid(data) {
		return node{}, Problem{Line: 1, Text: "the file is not UTF-8 text"}, false
	}
	defer func() {
		if r := recover(); r != nil { // what the decoder did not foresee
			wrong, ok = Problem{Line: 1, Text: fmt.Sprintf("not TOML: %v", r)}, false
		}
	}()
	var top map[string]toml.Primitive
	md, err := toml.Decode(string(data), &top)
	if err != nil {
		p := Problem{Line: 1, Text: err.Error()}
		if e, ok := errors.AsType[toml.ParseError](err); ok {
			p.Line, p.Field, p.Text = max(1, e.Position.Line), e.LastKey, e.Message
		}
		return node{}, p, false
	}
	return node{line: 1, fields: children(md, top, "", 1)}, Problem{}, true
}

func children(md toml.MetaData, table map[string]toml.Primitive, prefix string, line int) map[string]node {
	fields := make(map[string]node, len(table))
	for name, p := range table {
		n := node{field: prefix + name, line: line}
		if e, ok := errors.AsType[toml.ParseError](md.PrimitiveDecode(p, &whereIs{})); ok && e.Position.Line > 0 {
			n.line = e.Position.Line
		}
		md.PrimitiveDecode(p, &n.value) // into any: cannot fail
		if _, isTable := n.value.(map[string]any); isTable {
			var inner map[string]toml.Primitive
			md.PrimitiveDecode(p, &inner)
			n.fields = children(md, inner, n.field+".", n.line)
		}
		fields[name] = n
	}
	return fields
}

// parser reads nodes and collects what is wrong with them.
type parser struct {
	file  string
	wrong []Problem
}

func (p *parser) say(n node, text, allowed string) {
	p.wrong = append(p.wrong, Problem{File: p.file, Line: n.line, Field: n.field, Text: text, Allowed: allowed})
}

// problems are in the order of the file.
func (p *parser) problems() []Problem {
	slices.SortStableFunc(p.wrong, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Field, b.Field))
	})
	return p.wrong
}

// table returns the fields of a table that may be there, and reports others.
func (p *parser) table(n node, allowed ...string) map[string]node {
	if n.fields == nil && n.value != nil {
		p.say(n, "this is "+Kind(n.value), "a table")
		return nil
	}
	for _, name := range sortedKeys(n.fields) {
		if !slices.Contains(allowed, name) {
			p.say(n.fields[name], "unknown field", strings.Join(allowed, ", "))
		}
	}
	return n.fields
}

func (p *parser) str(n node) string {
	s, ok := n.value.(string)
	if !ok && n.value != nil {
		p.say(n, "this is "+Kind(n.value), `text in quotes, as in "text"`)
	}
	return s
}

// strs reads a text or a list of texts.
func (p *parser) strs(n node) []string {
	list, ok := n.value.([]any)
	if !ok {
		if s, isText := n.value.(string); isText && s != "" {
			return []string{s}
		}
		p.say(n, "this is "+Kind(n.value), `text, as in "a.b", or a list of texts`)
		return nil
	}
	texts := make([]string, 0, len(list))
	for _, v := range list {
		s, isText := v.(string)
		if !isText || s == "" {
			p.say(n, "the list has "+Kind(v)+" in it", `texts, as in ["a", "b.c"]`)
			return nil
		}
		texts = append(texts, s)
	}
	if len(texts) == 0 {
		p.say(n, "the list is empty", `text, as in "a.b", or a list of texts`)
	}
	return texts
}

// statuses reads a number or a list of numbers.
func (p *parser) statuses(n node) []int {
	list, ok := n.value.([]any)
	if !ok {
		list = []any{n.value}
	}
	var numbers []int
	for _, v := range list {
		i, isInt := v.(int64)
		if !isInt || i < 100 || i > 599 {
			p.say(n, "not an HTTP status", "a number from 100 to 599, or a list of such")
			return nil
		}
		numbers = append(numbers, int(i))
	}
	return numbers
}

func (p *parser) size(n node) int64 {
	s, ok := n.value.(string)
	size, err := humanize.ParseBytes(s)
	if !ok || err != nil || size == 0 || size > 1<<60 {
		p.say(n, "not a size", `text such as "16MiB"`)
		return 0
	}
	return int64(size)
}

func (p *parser) flag(n node) bool {
	b, ok := n.value.(bool)
	if !ok {
		p.say(n, "this is "+Kind(n.value), "true, false")
	}
	return b
}

// Kind names the type of a value that was decoded from TOML, for the words about
// a mistake.
func Kind(value any) string {
	switch v := value.(type) {
	case string:
		if v == "" {
			return "empty"
		}
		return "text"
	case bool:
		return "true or false"
	case int64, float64:
		return "a number"
	case map[string]any, []map[string]any:
		return "a table"
	case []any:
		return "a list"
	case nil:
		return "empty"
	default:
		return "a date or time"
	}
}
