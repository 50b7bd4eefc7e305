package config

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

func text(t *testing.T, f *DestinationsFile) string {
	t.Helper()
	b, err := os.ReadFile(f.Path())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEdits(t *testing.T) {
	const two = `# My destinations.

# at work
[[destination]]   # first
  name   = "work" # what we call it
  type = 's3'
  bucket = """media"""

  # slow line
  part_size = "16MiB"

# at home
[[destination]]
name = "home"
type = "local"
# the end
`
	rename := func(old string, change func(*Destination)) func(*DestinationsFile) error {
		return func(f *DestinationsFile) error {
			all, err := f.Load()
			if err != nil {
				return err
			}
			d, err := all.Get(old)
			if err != nil {
				return err
			}
			change(&d)
			return f.Put(old, d)
		}
	}
	local := Destination{Name: "new", Type: TypeLocal}
	for _, c := range []struct {
		name, before string
		edit         func(*DestinationsFile) error
		after        string // made of before by replacing pairs
	}{
		{
			"first of all keeps this computer", "", func(f *DestinationsFile) error {
				return f.Put("", Destination{Name: "work", Type: TypeS3, Bucket: "b", Headers: map[string]string{"X-B": "2", "X-A": "\"1\""}, LinkExpiry: "24h"})
			},
			"[[destination]]\nname = \"this-computer\"\ntype = \"local\"\n\n[[destination]]\nname = \"work\"\ntype = \"s3\"\nbucket = \"b\"\nheaders = { X-A = \"\\\"1\\\"\", X-B = \"2\" }\n",
		},
		{
			"add", two, func(f *DestinationsFile) error { return f.Put("", local) },
			two + "\n[[destination]]\nname = \"new\"\ntype = \"local\"\n",
		},
		{
			"add after no line end, CRLF", "[[destination]]\r\nname = \"a\"\r\ntype = \"local\"", func(f *DestinationsFile) error { return f.Put("", local) },
			"[[destination]]\r\nname = \"a\"\r\ntype = \"local\"\r\n\r\n[[destination]]\r\nname = \"new\"\r\ntype = \"local\"\r\n",
		},
		{
			"values in place", two, rename("work", func(d *Destination) { d.Name, d.Bucket, d.PartSize = "büro", "me\"dia", "" }),
			strings.NewReplacer(`"work"`, `"büro"`, `"""media"""`, `"me\"dia"`, `"16MiB"`, `""`).Replace(two),
		},
		{
			"new values at the end of the block", two, rename("work", func(d *Destination) { d.PathStyle, d.Region = true, "eu" }),
			strings.Replace(two, "\"16MiB\"\n", "\"16MiB\"\n  region = \"eu\"\n  path_style = true\n", 1),
		},
		{
			"nothing changed", two, rename("work", func(*Destination) {}), two,
		},
		{
			"remove first", two, func(f *DestinationsFile) error { return f.Remove("work") },
			"# My destinations.\n\n# at work\n\n# at home\n[[destination]]\nname = \"home\"\ntype = \"local\"\n# the end\n",
		},
		{
			"remove last", two, func(f *DestinationsFile) error { return f.Remove("home") },
			strings.Replace(two, "[[destination]]\nname = \"home\"\ntype = \"local\"\n", "", 1),
		},
		{
			"remove with its tables, wherever", "[[destination]]\nname = \"a\"\ntype = \"local\"\n[default] # d\ndestination = \"b\"\n[destination.headers]\nX = \"y\"\n\n[[destination]]\nname = \"b\"\ntype = \"local\"\n",
			func(f *DestinationsFile) error { return f.Remove("a") },
			"[default] # d\ndestination = \"b\"\n\n[[destination]]\nname = \"b\"\ntype = \"local\"\n",
		},
		{
			"remove the default", "default.destination = \"b\" # usual\n[[destination]]\nname = \"a\"\ntype = \"local\"\n\n[[destination]]\nname = \"b\"\ntype = \"local\"\n",
			func(f *DestinationsFile) error { return f.Remove("b") },
			"default.destination = \"a\" # usual\n[[destination]]\nname = \"a\"\ntype = \"local\"\n",
		},
		{
			"remove the only one", "# mine\n[[destination]]\nname = \"a\"\ntype = \"local\"\n[default]\ndestination = \"a\"\n", func(f *DestinationsFile) error { return f.Remove("a") },
			"# mine\n[default]\ndestination = \"\"\n",
		},
		{
			"default", two, func(f *DestinationsFile) error { return f.SetDefault("home") },
			two + "\n[default]\ndestination = \"home\"\n",
		},
		{
			"default in place", two + "[default]\n destination='home'#x", func(f *DestinationsFile) error { return f.SetDefault("work") },
			two + "[default]\n destination=\"work\"#x",
		},
		{
			"default of an empty table", "[default] # none yet\n\n" + two, func(f *DestinationsFile) error { return f.SetDefault("home") },
			"[default] # none yet\ndestination = \"home\"\n\n" + two,
		},
		{
			"default that is it already", two, func(f *DestinationsFile) error { return f.SetDefault("work") }, two,
		},
		{
			"rename the default", two + "[default]\ndestination = \"work\"\n", rename("work", func(d *Destination) { d.Name = "w" }),
			strings.ReplaceAll(two, `"work"`, `"w"`) + "[default]\ndestination = \"w\"\n",
		},
		{
			"headers in a table", "[[destination]]\nname = \"a\"\ntype = \"local\"\n[destination.headers]\nX-A = \"1\" # a\nX-B = \"2\"\nX-C = \"3\" # c\n",
			rename("a", func(d *Destination) { d.Headers = map[string]string{"X-A": "9", "X-D": "4"} }),
			"[[destination]]\nname = \"a\"\ntype = \"local\"\n[destination.headers]\nX-A = \"9\" # a\nX-D = \"4\"\n# c\n",
		},
		{
			"headers inline", "[[destination]]\nname = \"a\"\ntype = \"local\"\nheaders = { X-A = '1', X-B = '2' , X-C = '3'}\n",
			rename("a", func(d *Destination) { d.Headers = map[string]string{"X-B": "2", "X-C": "9", "X-D": "4"} }),
			"[[destination]]\nname = \"a\"\ntype = \"local\"\nheaders = { X-B = '2' , X-C = \"9\", X-D = \"4\"}\n",
		},
		{
			"headers dotted", "[[destination]]\nname = \"a\"\ntype = \"local\"\nheaders.X-A = \"1\" # a\n",
			rename("a", func(d *Destination) { d.Headers["X-B"] = "2" }),
			"[[destination]]\nname = \"a\"\ntype = \"local\"\nheaders.X-A = \"1\" # a\nheaders.X-B = \"2\"\n",
		},
		{
			"headers where none were, all gone", "[[destination]]\nname = \"a\"\ntype = \"local\"\nheaders = {X-A='1'}\n[[destination]]\nname = \"b\"\ntype = \"local\"\n",
			func(f *DestinationsFile) error {
				if err := rename("a", func(d *Destination) { d.Headers = nil })(f); err != nil {
					return err
				}
				return rename("b", func(d *Destination) { d.Headers = map[string]string{"X-Z": "é"} })(f)
			},
			"[[destination]]\nname = \"a\"\ntype = \"local\"\nheaders = {}\n[[destination]]\nname = \"b\"\ntype = \"local\"\nheaders = { X-Z = \"é\" }\n",
		},
		{
			"inline list", "destination = [ {name = 'a', type = 'local'}, {name = 'b', type = 'local'} ]\n",
			rename("b", func(d *Destination) { d.Name, d.Region = "c", "eu" }),
			"destination = [ {name = 'a', type = 'local'}, {name = \"c\", type = 'local', region = \"eu\"} ]\n",
		},
		{
			"this computer when it is not written", "# none\n", rename(ThisComputer, func(d *Destination) { d.LinkExpiry = "1h" }),
			"# none\n\n[[destination]]\nname = \"this-computer\"\ntype = \"local\"\nlink_expiry = \"1h\"\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := written(t, c.before)
			if err := c.edit(f); err != nil {
				t.Fatal(err)
			}
			if got := text(t, f); got != c.after {
				t.Errorf("got\n%s\nwant\n%s", got, c.after)
			}
			load(t, f)
		})
	}
}

// What cannot be done leaves the file alone.
func TestRefusedEdits(t *testing.T) {
	const one = "[[destination]]\nname = \"a\"\ntype = \"local\"\n\n[[destination]]\nname = \"b\"\ntype = \"local\"\n"
	a := Destination{Name: "a", Type: TypeLocal}
	for _, c := range []struct {
		name, before string
		edit         func(*DestinationsFile) error
		want         string
	}{
		{"name taken", one, func(f *DestinationsFile) error { return f.Put("", a) }, "a destination \"a\" already"},
		{"rename to a taken name", one, func(f *DestinationsFile) error { return f.Put("b", a) }, "a destination \"a\" already"},
		{"replace none", one, func(f *DestinationsFile) error { return f.Put("c", a) }, "no destination \"c\""},
		{"remove none", one, func(f *DestinationsFile) error { return f.Remove("c") }, "no destination \"c\""},
		{"default none", one, func(f *DestinationsFile) error { return f.SetDefault("c") }, "no destination \"c\""},
		{"bad value", one, func(f *DestinationsFile) error { return f.Put("a", Destination{Name: "a", Type: "ftp"}) }, "type: unknown value"},
		{"file with mistakes", one + "[more]\n", func(f *DestinationsFile) error { return f.Remove("a") }, "destinations.toml:8: more: unknown field"},
		{"file that is no TOML", one + "[", func(f *DestinationsFile) error { return f.Put("", Destination{Name: "c", Type: TypeLocal}) }, "destinations.toml:8: "},
		{"built in", "", func(f *DestinationsFile) error { return f.Remove(ThisComputer) }, "built in"},
		{"inline list", "destination = [{name='a',type='local'}]", func(f *DestinationsFile) error { return f.Remove("a") }, "are one value here"},
		{"add to inline list", "destination = [{name='a',type='local'}]", func(f *DestinationsFile) error { return f.Put("", Destination{Name: "c", Type: TypeLocal}) }, "are one value here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := written(t, c.before)
			err := c.edit(f)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if got := text(t, f); got != c.before {
				t.Errorf("the file was changed to\n%s", got)
			}
		})
	}
}

// comments returns the comments of a text that is TOML already.
func comments(text string) []string {
	var all []string
	s := scanner{text: text, arrays: map[string]int{}}
	l := scan(text)
	pos := 0
	gap := func(end int) {
		for _, line := range strings.Split(s.text[pos:end], "\n") {
			if i := strings.IndexByte(line, '#'); i >= 0 {
				all = append(all, strings.TrimRight(line[i:], "\r"))
			}
		}
	}
	for _, n := range l.nodes {
		if !n.inline && n.start >= pos {
			gap(n.start)
			pos = n.end
		}
	}
	gap(len(text))
	return all
}

func FuzzEdit(f *testing.F) {
	f.Add(everyField, "new", "X-A", "a\"\\\n")
	f.Add("# c\n[[destination]] # d\nname='a' # e\ntype='local'\nheaders.X-A='1'\n[default]\ndestination='a'", "b", "X-B", "é")
	f.Add("[[destination]]\r\nname='a'\r\ntype='local'\r\n[destination.headers] # h\r\n[default]\r\n", "z", "X-A", "")
	f.Add("destination = [{name='a', type='local', headers={X-A='1',}, },]", "b", "X-C", "3")
	for _, text := range odd {
		f.Add(text, "n", "X", "y")
	}
	f.Fuzz(func(t *testing.T, before, name, header, value string) {
		file := NewDestinationsFile("destinations.toml", Known{})
		now, _, err := file.parse(before)
		if err != nil {
			return
		}
		added := Destination{Name: name, Type: TypeLocal, Region: value, Headers: map[string]string{header: value}}
		added.setDefaults()
		if added.Check(Known{}) != nil || now.index(name) >= 0 {
			return
		}
		inline := len(tables(before)) > 0 && scan(before).nodes[tables(before)[0]].inline

		// Adding leaves all that was there as it was.
		if !inline {
			all := Destinations{All: append([]Destination(nil), now.All...), Default: now.Default}
			after := file.add(before, &all, added)
			if !strings.HasPrefix(after, before) {
				t.Fatalf("adding to\n%s\nmade\n%s", before, after)
			}
			saysSame(t, file, after, all)
			// And removing it leads back, but for line ends at the end.
			if len(tables(before)) > 0 {
				back := removeTable(after, "destination", strconv.Itoa(len(now.All)))
				if strings.TrimRight(back, "\r\n \t") != strings.TrimRight(before, "\r\n \t") {
					t.Fatalf("adding to and removing from\n%q\nmade\n%q", before, back)
				}
			}
		}

		// Changing keeps every comment, and the other destinations.
		all := Destinations{All: append([]Destination(nil), now.All...), Default: now.Default}
		after := file.change(before, &all, 0, added)
		if !subsequence(comments(before), comments(after)) {
			t.Fatalf("changing lost a comment of\n%s\nin\n%s", before, after)
		}
		saysSame(t, file, after, all)

		all = Destinations{All: append([]Destination(nil), now.All...), Default: now.Default}
		last := now.All[len(now.All)-1].Name
		after = setDefault(before, &all, last)
		if !subsequence(comments(before), comments(after)) {
			t.Fatalf("the default lost a comment of\n%s\nin\n%s", before, after)
		}
		saysSame(t, file, after, all)
	})
}

func tables(text string) (at []int) {
	for i, n := range scan(text).nodes {
		if len(n.path) == 2 && n.path[0] == "destination" {
			at = append(at, i)
		}
	}
	return at
}

func saysSame(t *testing.T, file *DestinationsFile, text string, want Destinations) {
	t.Helper()
	got, _, err := file.parse(text)
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, text)
	}
	if !got.equal(want) {
		t.Fatalf("got %+v\nwant %+v\nin\n%s", got, want, text)
	}
}

func subsequence(short, long []string) bool {
	for _, s := range long {
		if len(short) > 0 && short[0] == s {
			short = short[1:]
		}
	}
	return len(short) == 0
}
