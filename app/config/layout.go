package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// layout says where in a TOML text everything stands: what the decoder does
// not tell, and what error lines and edits in place need. It is made from text
// that the decoder has taken already, so it checks nothing itself.
type layout struct {
	text  string
	nodes []node // in the order of the text
}

// node is a table header, or a key with its value, also within inline tables
// and arrays.
type node struct {
	kind nodeKind
	// path leads from the top to the node; an element of an array is the
	// number of its place, from 0.
	path []string
	// start is where header or key begin, end where header or value end.
	start, end int
	value      int  // where the value begins; for a header end
	inline     bool // within an inline table or array
	// keys is how many elements at the end of path the key itself spells.
	keys int
}

type nodeKind int

const (
	keyValue nodeKind = iota
	tableHeader
	arrayHeader
	element // of an array: a value without a key
)

// scan lays out text, which must be valid TOML.
func scan(text string) layout {
	s := scanner{text: text, arrays: map[string]int{}}
	s.pos = len(text) - len(strings.TrimPrefix(text, "\uFEFF"))
	var table []string
	for s.skipBlank(); s.pos < len(text); s.skipBlank() {
		if text[s.pos] == '[' {
			table = s.header()
		} else {
			s.pair(table, false)
		}
	}
	return layout{text: text, nodes: s.nodes}
}

// line returns the number, from 1, of the line that holds the byte at pos.
func (l layout) line(pos int) int { return 1 + strings.Count(l.text[:pos], "\n") }

// find returns the place of the first node with that path, or -1.
func (l layout) find(path ...string) int {
	return slices.IndexFunc(l.nodes, func(n node) bool { return slices.Equal(n.path, path) })
}

// lineOf returns the line of the node with that path or, where there is none,
// of the nearest table around it; 1 where there is not even that.
func (l layout) lineOf(path ...string) int {
	for ; len(path) > 0; path = path[:len(path)-1] {
		for _, n := range l.nodes {
			if hasPrefix(n.path, path) {
				return l.line(n.start)
			}
		}
	}
	return 1
}

func hasPrefix(path, prefix []string) bool {
	return len(path) >= len(prefix) && slices.Equal(path[:len(prefix)], prefix)
}

type scanner struct {
	text   string
	pos    int
	arrays map[string]int // how many [[headers]] a path had so far
	nodes  []node
}

// skipBlank goes over white space, line ends and comments.
func (s *scanner) skipBlank() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		case '#':
			if n := strings.IndexByte(s.text[s.pos:], '\n'); n >= 0 {
				s.pos += n
			} else {
				s.pos = len(s.text)
			}
		default:
			return
		}
	}
}

// at reports whether the text goes on with t.
func (s *scanner) at(t string) bool { return strings.HasPrefix(s.text[s.pos:], t) }

// header reads [a.b] or [[a.b]] and returns the path of what follows it.
func (s *scanner) header() []string {
	n := node{kind: tableHeader, start: s.pos}
	open := 1
	if s.at("[[") {
		n.kind, open = arrayHeader, 2
	}
	s.pos += open
	keys := s.keys()
	s.pos += open
	for i, k := range keys {
		n.path = append(n.path, k)
		id := joined(n.path)
		count, isArray := s.arrays[id]
		switch {
		case n.kind == arrayHeader && i == len(keys)-1:
			s.arrays[id] = count + 1
			n.path = append(n.path, strconv.Itoa(count))
		case isArray:
			n.path = append(n.path, strconv.Itoa(count-1))
		}
	}
	n.end, n.value = s.pos, s.pos
	s.nodes = append(s.nodes, n)
	return n.path
}

// joined makes one string of a path. No key can hold the separator unescaped.
func joined(path []string) string {
	quoted := make([]string, len(path))
	for i, p := range path {
		quoted[i] = strconv.Quote(p)
	}
	return strings.Join(quoted, ".")
}

// pair reads key = value below the table at path.
func (s *scanner) pair(table []string, inline bool) {
	start := s.pos
	keys := s.keys()
	s.pos++ // the =
	s.skipBlank()
	s.nodeValue(node{kind: keyValue, path: slices.Concat(table, keys), start: start, inline: inline, keys: len(keys)})
}

// nodeValue reads the value of n, and adds n before what is in the value.
func (s *scanner) nodeValue(n node) {
	n.value = s.pos
	i := len(s.nodes)
	s.nodes = append(s.nodes, n)
	s.skipValue(n.path)
	s.nodes[i].end = s.pos
}

// skipValue goes over a value and adds what it holds.
func (s *scanner) skipValue(path []string) {
	switch s.text[s.pos] {
	case '"', '\'':
		s.skipString()
	case '[':
		s.pos++
		for i := 0; ; i++ {
			if !s.more(']') {
				return
			}
			s.nodeValue(node{kind: element, path: slices.Concat(path, []string{strconv.Itoa(i)}), start: s.pos, inline: true})
		}
	case '{':
		s.pos++
		for s.more('}') {
			s.pair(path, true)
		}
	default: // number, date, boolean
		n := strings.IndexAny(s.text[s.pos:], ",]}#\r\n")
		if n < 0 {
			n = len(s.text) - s.pos
		}
		s.pos += len(strings.TrimRight(s.text[s.pos:s.pos+n], " \t"))
	}
}

// more goes to the next thing in an array or inline table; at its end it goes
// past the bracket and returns false.
func (s *scanner) more(closing byte) bool {
	s.skipBlank()
	if s.text[s.pos] == ',' {
		s.pos++
		s.skipBlank()
	}
	if s.text[s.pos] == closing {
		s.pos++
		return false
	}
	return true
}

// skipString goes over a string of any of the four kinds.
func (s *scanner) skipString() {
	quote := s.text[s.pos : s.pos+1]
	if long := strings.Repeat(quote, 3); s.at(long) {
		s.pos += 3
		for !s.at(long) {
			s.skipChar(quote)
		}
		s.pos += 3
		for s.at(quote) { // up to two quotes may end the text itself
			s.pos++
		}
		return
	}
	for s.pos++; !s.at(quote); {
		s.skipChar(quote)
	}
	s.pos++
}

func (s *scanner) skipChar(quote string) {
	if quote == `"` && s.at(`\`) {
		s.pos++
	}
	s.pos++
}

// keys reads a.b.c and stands behind it and the white space after it.
func (s *scanner) keys() []string {
	var keys []string
	for {
		s.skipBlank()
		start := s.pos
		if c := s.text[s.pos]; c == '"' || c == '\'' {
			s.skipString()
			keys = append(keys, unquote(s.text[start:s.pos]))
		} else {
			s.pos += strings.IndexAny(s.text[s.pos:], " \t.=]")
			keys = append(keys, s.text[start:s.pos])
		}
		s.skipBlank()
		if s.text[s.pos] != '.' {
			return keys
		}
		s.pos++
	}
}

// unquote returns the text of a TOML string.
func unquote(literal string) string {
	var v struct{ S string }
	if _, err := toml.Decode("S="+literal, &v); err != nil {
		return literal
	}
	return v.S
}
