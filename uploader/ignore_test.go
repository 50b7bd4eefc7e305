package uploader

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"chute/uploader/fault"
)

func TestWalkLeavesOut(t *testing.T) {
	for _, c := range []struct {
		name    string
		files   map[string]string // by path; those that are empty hold their own name
		sent    []string
		leftOut []string
	}{
		{
			"litter",
			map[string]string{".DS_Store": "", "a/Thumbs.db": "", "a/b/DESKTOP.INI": "", "a/x": "", "desktop.ini.txt": ""},
			[]string{"a/x", "desktop.ini.txt"},
			[]string{".DS_Store", "a/Thumbs.db", "a/b/DESKTOP.INI"},
		},
		{
			"litter that is wanted",
			map[string]string{IgnoreFile: "!Thumbs.db", "Thumbs.db": "", ".DS_Store": ""},
			[]string{"Thumbs.db"},
			[]string{".DS_Store"},
		},
		{"a folder of that name", map[string]string{"desktop.ini/x": ""}, []string{"desktop.ini/x"}, nil},
		{
			"names and folders",
			map[string]string{IgnoreFile: "# what nobody needs\r\n\r\n*.log\r\nnode_modules/\r\n!keep.log\r\n", "a.log": "", "keep.log": "", "node_modules/x/y": "", "src/node_modules/z": "", "src/b.log": "", "src/main.go": ""},
			[]string{"keep.log", "src/main.go"},
			[]string{"a.log", "node_modules", "src/b.log", "src/node_modules"},
		},
		{
			"anchored and deep",
			map[string]string{IgnoreFile: "/build\ndoc/**/*.pdf", "build": "", "src/build": "", "doc/a/b/c.pdf": "", "doc/x.txt": "", "c.pdf": ""},
			[]string{"c.pdf", "doc/x.txt", "src/build"},
			[]string{"build", "doc/a/b/c.pdf"},
		},
		{
			"further down comes first",
			map[string]string{IgnoreFile: "*.tmp", "a/" + IgnoreFile: "!*.tmp\n/only-here", "a/x.tmp": "", "x.tmp": "", "a/only-here": "", "only-here": ""},
			[]string{"a/x.tmp", "only-here"},
			[]string{"a/only-here", "x.tmp"},
		},
		{"a mark at its beginning", map[string]string{IgnoreFile: "\ufeffsecret", "secret": "", "b": ""}, []string{"b"}, []string{"secret"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "top")
			for name, content := range c.files {
				write(t, filepath.Join(dir, filepath.FromSlash(name)), content)
			}
			var sent, left []string
			for f := range WalkNoting(dir, func(p string) { left = append(left, p) }) {
				sent = append(sent, strings.TrimPrefix(f.Source.Name(), "top/"))
			}
			slices.Sort(sent)
			slices.Sort(left)
			if !slices.Equal(sent, c.sent) || !slices.Equal(left, c.leftOut) {
				t.Errorf("sent %q, left out %q; want %q and %q", sent, left, c.sent, c.leftOut)
			}
		})
	}
}

// A file that was named itself is sent, whatever it is.
func TestNamedFileIsNotLeftOut(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), ".DS_Store"), "x")
	if names, refused := walked(path); len(names) != 1 || len(refused) != 0 {
		t.Errorf("%q, refused %v", names, refused)
	}
}

func TestFolderOfLitterIsEmpty(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "top")
	write(t, filepath.Join(dir, ".DS_Store"), "x")
	if _, refused := walked(dir); refused["top"] != fault.EmptyFolder {
		t.Errorf("refused %v", refused)
	}
}

// What an unreadable file would have held back is not sent.
func TestUnreadableRulesHoldTheFolderBack(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		dir := filepath.Join(t.TempDir(), "top")
		write(t, filepath.Join(dir, "private", IgnoreFile), strings.Repeat("x", maxIgnoreFile+1))
		write(t, filepath.Join(dir, "private", "secret"), "x")
		write(t, filepath.Join(dir, "a"), "x")
		names, refused := walked(dir)
		if !slices.Equal(names, []string{"top/a", "top/private"}) || len(refused) != 1 {
			t.Errorf("%q, refused %v", names, refused)
		}
		return
	}
	dir := filepath.Join(t.TempDir(), "top")
	rules := write(t, filepath.Join(dir, "private", IgnoreFile), "secret")
	write(t, filepath.Join(dir, "private", "secret"), "x")
	if err := os.Chmod(rules, 0); err != nil {
		t.Fatal(err)
	}
	if names, refused := walked(dir); !slices.Equal(names, []string{"top/private"}) || refused["top/private"] != fault.NotAllowed {
		t.Errorf("%q, refused %v", names, refused)
	}
}

func FuzzIgnoreRules(f *testing.F) {
	for _, s := range []string{"", "*", "!", "/", "a/**/b", "[", "\\", "**", "a/\n!a/b", "#\n \n"} {
		f.Add(s, "a/b")
	}
	f.Fuzz(func(t *testing.T, rules, path string) {
		rel := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
		if len(rel) == 0 {
			t.Skip()
		}
		g := ignoring{patterns([]byte(rules), nil)}
		g.leavesOut(rel, false) // does not panic, and ends
		g.leavesOut(rel, true)
	})
}
