package config

import (
	"reflect"
	"strconv"
	"testing"

	"github.com/BurntSushi/toml"
)

// odd is valid TOML in as many ways of writing as there are.
var odd = []string{
	"",
	"# only a comment",
	"a = 1",
	"\uFEFFa = 1\r\nb = 'x' # c\r\n",
	"a.b.c = 1\na.b.d = '''\n# no comment\n[no.header]\n'''\n\"q.k\" = \"\"\"a\\\"\"\"\"\"\n",
	"x = [ 1, # one\n  2, ]\ny = { a = 1, b.c = \"]}\", 'd e' = [ {f = 1}, {f = 2} ] }\n",
	"[[t]]\na = \"\"\n[t.sub]\nb = ''\n[[t]]\n[[t.u]]\nc = 1979-05-27 07:32:00 # date\n[[t.u]]\nc = -inf\n[t.sub]\nd = \"\\\\\"\n",
	"  [ a . \"b\" ]  # header\n\tk\t=\ttrue\n[ [a.c] ]\n",
	"[[ a ]]\nb = \"\"\"\"quoted\"\"\"\"\nc = ''''q'''''\n",
	"a = {\n  b = 1, # one\n  c = 2,\n}\n",
}

func FuzzLayout(f *testing.F) {
	for _, text := range odd {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		data, l, problems := decode(text)
		if problems != nil {
			return
		}
		// What the layout calls a value is, by itself, the value at its path.
		leaves := 0
		for _, n := range l.nodes {
			if n.kind != keyValue && n.kind != element {
				continue
			}
			leaves++
			var one map[string]any
			if _, err := toml.Decode("v = "+text[n.value:n.end], &one); err != nil {
				t.Fatalf("%q at %q: %v\nin %q", text[n.value:n.end], n.path, err, text)
			}
			if got, want := plain(one["v"]), plain(at(data, n.path)); !reflect.DeepEqual(got, want) {
				t.Fatalf("%q: %v, want %v\nin %q", n.path, got, want, text)
			}
		}
		if leaves < countLeaves(data) {
			t.Fatalf("%d values in the layout, at least %d in the data\nof %q", leaves, countLeaves(data), text)
		}
	})
}

// at follows a path into decoded data.
func at(v any, path []string) any {
	for _, p := range path {
		switch t := v.(type) {
		case map[string]any:
			v = t[p]
		case []map[string]any:
			i, _ := strconv.Atoi(p)
			v = t[i]
		case []any:
			i, _ := strconv.Atoi(p)
			v = t[i]
		}
	}
	return v
}

// plain makes decoded values comparable: NaN equals itself, lists of tables
// have one type.
func plain(v any) any {
	switch t := v.(type) {
	case float64:
		return strconv.FormatFloat(t, 'g', -1, 64)
	case map[string]any:
		m := map[string]any{}
		for k, e := range t {
			m[k] = plain(e)
		}
		return m
	case []map[string]any:
		l := []any{}
		for _, e := range t {
			l = append(l, plain(e))
		}
		return l
	case []any:
		l := []any{}
		for _, e := range t {
			l = append(l, plain(e))
		}
		return l
	}
	return v
}

func countLeaves(v any) (n int) {
	switch t := v.(type) {
	case map[string]any:
		for _, e := range t {
			n += countLeaves(e)
		}
	case []map[string]any:
		for _, e := range t {
			n += countLeaves(e)
		}
	case []any:
		for _, e := range t {
			n += countLeaves(e)
		}
	default:
		return 1
	}
	return n
}

func TestLineOf(t *testing.T) {
	_, l, problems := decode("# c\n[[d]]\nname = '''\nx\n'''\nh = { a = 1,\n b = 2 }\n\n[[d]]\nh.c = 3\n[d.e]\n")
	if problems != nil {
		t.Fatal(problems)
	}
	for _, c := range []struct {
		line int
		path []string
	}{
		{3, []string{"d", "0", "name"}},
		{6, []string{"d", "0", "h"}},
		{7, []string{"d", "0", "h", "b"}},
		{2, []string{"d", "0", "missing"}},
		{10, []string{"d", "1", "h", "c"}},
		{10, []string{"d", "1", "h"}},
		{9, []string{"d", "1", "bucket"}},
		{11, []string{"d", "1", "e", "z"}},
		{1, []string{"nothing"}},
	} {
		if got := l.lineOf(c.path...); got != c.line {
			t.Errorf("line of %q: %d, want %d", c.path, got, c.line)
		}
	}
}
