package backend

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"chute/uploader/fault"

	"github.com/BurntSushi/toml"
	"github.com/dustin/go-humanize"
)

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
func decodeTOML(data []byte) (root node, wrong fault.Mistake, ok bool) {
	if !utf8.Valid(data) {
		return node{}, fault.Mistake{Line: 1, What: fault.NotUTF8}, false
	}
	defer func() {
		if r := recover(); r != nil { // what the decoder did not foresee
			wrong, ok = fault.Mistake{Line: 1, What: fault.NotTOML.With("Parser", fmt.Sprint(r))}, false
		}
	}()
	var top map[string]toml.Primitive
	md, err := toml.Decode(string(data), &top)
	if err != nil {
		m := fault.Mistake{Line: 1, What: fault.ParserSays.With("Parser", err.Error())}
		if e, ok := errors.AsType[toml.ParseError](err); ok {
			m.Line, m.Field, m.What = max(1, e.Position.Line), e.LastKey, fault.ParserSays.With("Parser", e.Message)
		}
		return node{}, m, false
	}
	return node{line: 1, fields: children(md, top, "", 1)}, fault.Mistake{}, true
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
	wrong []fault.Mistake
}

func (p *parser) say(n node, what, allowed fault.Phrase) {
	p.wrong = append(p.wrong, fault.Mistake{File: p.file, Line: n.line, Field: n.field, What: what, Allowed: allowed})
}

// wrongKind says that a value is of another kind than what is allowed.
func (p *parser) wrongKind(n node, allowed fault.Phrase) {
	p.say(n, fault.WrongKind.With("Kind", Kind(n.value)), allowed)
}

// list is names that are the same in every language.
func list(names []string) fault.Phrase { return fault.Plain(strings.Join(names, ", ")) }

// mistakes are in the order of the file.
func (p *parser) mistakes() []fault.Mistake {
	slices.SortStableFunc(p.wrong, func(a, b fault.Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Field, b.Field))
	})
	return p.wrong
}

// table returns the fields of a table that may be there, and reports others.
func (p *parser) table(n node, allowed ...string) map[string]node {
	if n.fields == nil && n.value != nil {
		p.wrongKind(n, fault.KindTable)
		return nil
	}
	for _, name := range sortedKeys(n.fields) {
		if !slices.Contains(allowed, name) {
			p.say(n.fields[name], fault.UnknownField, list(allowed))
		}
	}
	return n.fields
}

func (p *parser) str(n node) string {
	s, ok := n.value.(string)
	if !ok && n.value != nil {
		p.wrongKind(n, fault.QuotedText.With("Example", `"text"`))
	}
	return s
}

var textOrTexts = fault.TextOrTexts.With("Example", `"a.b"`)

// strs reads a text or a list of texts.
func (p *parser) strs(n node) []string {
	list, ok := n.value.([]any)
	if !ok {
		if s, isText := n.value.(string); isText && s != "" {
			return []string{s}
		}
		p.wrongKind(n, textOrTexts)
		return nil
	}
	texts := make([]string, 0, len(list))
	for _, v := range list {
		s, isText := v.(string)
		if !isText || s == "" {
			p.say(n, fault.ListHas.With("Kind", Kind(v)), fault.ListOfTexts.With("Example", `["a", "b.c"]`))
			return nil
		}
		texts = append(texts, s)
	}
	if len(texts) == 0 {
		p.say(n, fault.ListEmpty, textOrTexts)
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
			p.say(n, fault.NotAStatus, fault.StatusNumbers)
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
		p.say(n, fault.NotASize, fault.TextSuchAs.With("Example", `"16MiB"`))
		return 0
	}
	return int64(size)
}

func (p *parser) flag(n node) bool {
	b, ok := n.value.(bool)
	if !ok {
		p.wrongKind(n, fault.Plain("true, false"))
	}
	return b
}

// Kind names the type of a value that was decoded from TOML, for the words about
// a mistake.
func Kind(value any) fault.Phrase {
	switch v := value.(type) {
	case string:
		if v == "" {
			return fault.KindEmpty
		}
		return fault.KindText
	case bool:
		return fault.KindFlag
	case int64, float64:
		return fault.KindNumber
	case map[string]any, []map[string]any:
		return fault.KindTable
	case []any:
		return fault.KindList
	case nil:
		return fault.KindEmpty
	default:
		return fault.KindTime
	}
}
