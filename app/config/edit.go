package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// setValue gives the key at path a value and returns the new text: in place
// where the key is there, else as a new line at the end of its table. A value
// is a string, a bool, an int64 or a map[string]string.
func setValue(text string, value any, path ...string) string {
	l := scan(text)
	if i := l.find(path...); i >= 0 && l.nodes[i].kind == keyValue {
		n := l.nodes[i]
		return text[:n.value] + literal(value) + text[n.end:]
	}
	return l.insert(value, path)
}

// insert adds a key that is not there yet.
func (l layout) insert(value any, path []string) string {
	table, key := path[:len(path)-1], toml.Key(path[len(path)-1:])
	if len(table) == 0 {
		return l.insertTop(key.String() + " = " + literal(value))
	}
	if i := l.find(table...); i >= 0 {
		if n := l.nodes[i]; n.kind == tableHeader || n.kind == arrayHeader {
			return l.insertAfter(l.lastOf(i), key.String()+" = "+literal(value))
		}
		return l.insertInline(i, key.String()+" = "+literal(value))
	}
	// A table without a header of its own, made by dotted keys.
	for _, n := range slices.Backward(l.nodes) {
		if n.kind == keyValue && !n.inline && hasPrefix(n.path, table) {
			owner := n.path[:len(n.path)-n.keys]
			return l.insertAfter(n, toml.Key(path[len(owner):]).String()+" = "+literal(value))
		}
	}
	return l.insert(map[string]any{path[len(path)-1]: value}, table)
}

// insertTop adds a line to the table that has no header.
func (l layout) insertTop(line string) string {
	top := l.nodes
	header := slices.IndexFunc(top, func(n node) bool { return n.kind == tableHeader || n.kind == arrayHeader })
	if header >= 0 {
		top = top[:header]
	}
	for _, n := range slices.Backward(top) {
		if !n.inline {
			return l.insertAfter(n, line)
		}
	}
	if header >= 0 {
		at := l.lineStart(l.nodes[header].start)
		return l.text[:at] + line + l.newline() + l.text[at:]
	}
	return l.terminated() + line + l.newline()
}

// lastOf returns the last key below the header at place i, or the header.
func (l layout) lastOf(i int) node {
	last := l.nodes[i]
	for _, n := range l.nodes[i+1:] {
		if n.kind == tableHeader || n.kind == arrayHeader {
			break
		}
		if !n.inline {
			last = n
		}
	}
	return last
}

// insertAfter adds a line after the one on which n ends, indented as n is.
func (l layout) insertAfter(n node, line string) string {
	indent := l.text[l.lineStart(n.start):n.start]
	at := l.lineEnd(n.end)
	before := l.text[:at]
	if !strings.HasSuffix(before, "\n") {
		return before + l.newline() + indent + line
	}
	return before + indent + line + l.newline() + l.text[at:]
}

// insertInline adds a pair to the inline table at place i.
func (l layout) insertInline(i int, pair string) string {
	n := l.nodes[i]
	at := -1
	for _, c := range l.nodes[i+1:] {
		if c.inline && len(c.path) > len(n.path) && hasPrefix(c.path, n.path) {
			at = max(at, c.end)
		}
	}
	if at < 0 {
		at = n.value + 1
		return l.text[:at] + " " + pair + " " + strings.TrimLeft(l.text[at:], " ")
	}
	return l.text[:at] + ", " + pair + l.text[at:]
}

// removeValue takes out the key at path. A comment behind it stays.
func removeValue(text string, path ...string) string {
	l := scan(text)
	i := l.find(path...)
	if i < 0 || l.nodes[i].kind != keyValue {
		return text
	}
	n := l.nodes[i]
	if n.inline {
		return l.removeInline(i)
	}
	start, end := l.lineStart(n.start), l.lineEnd(n.end)
	if strings.TrimSpace(text[n.end:end]) == "" {
		return text[:start] + text[end:]
	}
	return text[:n.start] + strings.TrimLeft(text[n.end:], " \t")
}

// removeInline takes a pair out of an inline table, with one comma.
func (l layout) removeInline(i int) string {
	n := l.nodes[i]
	table := n.path[:len(n.path)-n.keys]
	sibling := func(m node) bool {
		return m.inline && m.kind == keyValue && slices.Equal(m.path[:len(m.path)-m.keys], table)
	}
	for _, m := range slices.Backward(l.nodes[:i]) {
		if sibling(m) {
			return l.text[:m.end] + l.text[n.end:]
		}
	}
	for _, m := range l.nodes[i+1:] {
		if sibling(m) {
			return l.text[:n.start] + l.text[m.start:]
		}
	}
	// The only one; a comma may stand behind it.
	rest := strings.TrimLeft(l.text[n.end:], " \t")
	return l.text[:n.start] + strings.TrimPrefix(rest, ",")
}

// appendBlock adds lines at the end of the text, after a blank line.
func (l layout) appendBlock(lines []string) string {
	text := l.terminated()
	if body := strings.TrimRight(text, " \t\r\n"); body != "" && strings.Count(text[len(body):], "\n") < 2 {
		text += l.newline()
	}
	return text + strings.Join(lines, l.newline()) + l.newline()
}

// removeTable takes out the tables with headers at or below path, each from
// its header to its last value. Comments before and after them stay.
func removeTable(text string, path ...string) string {
	l := scan(text)
	for i, n := range slices.Backward(l.nodes) {
		if (n.kind != tableHeader && n.kind != arrayHeader) || !hasPrefix(n.path, path) {
			continue
		}
		start, end := l.lineStart(n.start), l.lineEnd(l.lastOf(i).end)
		before, after := text[:start], text[end:]
		if before == "" || blankLast(before) { // leave one blank line of the two
			if next := strings.IndexByte(after, '\n') + 1; next > 0 && strings.TrimSpace(after[:next]) == "" {
				after = after[next:]
			} else if after == "" && before != "" {
				before = before[:strings.LastIndexByte(before[:len(before)-1], '\n')+1]
			}
		}
		text = before + after
	}
	return text
}

// blankLast reports whether the last line of text is blank.
func blankLast(text string) bool {
	text = strings.TrimSuffix(text, "\n")
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:]) == ""
}

func (l layout) lineStart(pos int) int { return strings.LastIndexByte(l.text[:pos], '\n') + 1 }

func (l layout) lineEnd(pos int) int {
	if n := strings.IndexByte(l.text[pos:], '\n'); n >= 0 {
		return pos + n + 1
	}
	return len(l.text)
}

// newline is the line end that the text uses.
func (l layout) newline() string {
	if strings.Contains(l.text, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// terminated is the text with a line end at its end, unless it is empty.
func (l layout) terminated() string {
	if l.text == "" || strings.HasSuffix(l.text, "\n") {
		return l.text
	}
	return l.text + l.newline()
}

// literal writes a value as TOML, on one line.
func literal(value any) string {
	switch v := value.(type) {
	case map[string]string:
		return inlineTable(v)
	case map[string]any:
		return inlineTable(v)
	}
	text, _ := toml.Marshal(map[string]any{"v": value}) // strings, booleans and integers always marshal
	return strings.TrimSpace(strings.TrimPrefix(string(text), "v = "))
}

func inlineTable[V any](m map[string]V) string {
	if len(m) == 0 {
		return "{}"
	}
	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, toml.Key{k}.String()+" = "+literal(m[k]))
	}
	return "{ " + strings.Join(pairs, ", ") + " }"
}
