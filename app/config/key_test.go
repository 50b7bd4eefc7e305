package config

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"chute/uploader/fault"
)

var someVars = KeyVars{
	Name: "photo.tar.gz", Path: "photo.tar.gz", Seed: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", User: "ann", Host: "desk",
	Time: time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 3600)),
}

func named(name, path string) KeyVars {
	v := someVars
	v.Name, v.Path = name, path
	return v
}

func TestExpandKey(t *testing.T) {
	long := strings.Repeat("a", 251) + ".jpg"
	for _, c := range []struct {
		template string
		vars     KeyVars
		want     string
	}{
		{DefaultKey, someVars, "2026-03-04/abcdefghijklmnop/photo.tar.gz"},
		{"{time}-{user}@{host}/{stem}|{ext}", someVars, "050607-ann@desk/photo.tar|.gz"},
		{"{name}", named(".bashrc", ".bashrc"), ".bashrc"},
		{"{stem}-x{ext}", named(".bashrc", ".bashrc"), ".bashrc-x"},
		{"{stem}-x{ext}", named("end.", "end."), "end.-x"},
		{DefaultKey, named("trip/day 1/a+b.jpg", "day 1/a+b.jpg"), "2026-03-04/abcdefghijklmnop/trip/day 1/a+b.jpg"},
		{"{path}", named("trip/day 1/a.jpg", "day 1/a.jpg"), "day 1/a.jpg"},
		{"{stem}", named("trip/day.1/a", "day.1/a"), "trip/day.1/a"},
		{"//a//{name}/", someVars, "a/photo.tar.gz"},
		{"./a/../{name}", someVars, "a/photo.tar.gz"},
		{"{name}", named("..", ".."), ""}, // named by itself below
		{"{name}", named("a\nb\x7f.txt", "x"), "a\u240ab\u2421.txt"},
		{"{name}", named("% # & ? + \"'.txt", "x"), "% # & ? + \"'.txt"},
		{"{name}", named("e\u0301 and \u00e9 \U0001fa82 漢字.txt", "x"), "e\u0301 and \u00e9 \U0001fa82 漢字.txt"},
		{"{name}", named("{random}", "x"), "{random}"},
		{"{name}", named("\U0001f468\u200d\U0001f469\u200d\U0001f467", "x"), "\U0001f468\u200d\U0001f469\u200d\U0001f467"},
		{"{name}", named(long, long), long},
		{"fixed.zip", someVars, "fixed.zip"},
	} {
		got, err := ExpandKey(c.template, c.vars)
		if err != nil || c.want != "" && got != c.want {
			t.Errorf("%s of %q: %q, %v, want %q", c.template, c.vars.Name, got, err, c.want)
		}
		if c.want == "" && !regexp.MustCompile(`^[a-z2-7]{16}$`).MatchString(got) {
			t.Errorf("%s of %q: %q", c.template, c.vars.Name, got)
		}
	}
}

func TestExpandKeyErrors(t *testing.T) {
	if _, err := ExpandKey("{nope}", someVars); fault.CodeOf(err) != fault.Config || !strings.Contains(err.Error(), "{stem}") {
		t.Errorf("got %v", err)
	}
	deep := strings.Repeat(strings.Repeat("d", 200)+"/", 6) + "a.jpg"
	_, err := ExpandKey(DefaultKey, named(deep, deep))
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Variant != fault.KeyTooLong {
		t.Errorf("got %v", err)
	}
}

// Names that are too long are cut, and stay different.
func TestLongKeys(t *testing.T) {
	dir := strings.Repeat(strings.Repeat("d", 180)+"/", 5)
	stem := strings.Repeat("é", 120)
	seen := map[string]bool{}
	for _, last := range []string{"1", "2"} {
		for _, template := range []string{DefaultKey, "{stem}{ext}", "{path}", "{stem}/{stem}{ext}"} {
			v := named(dir+stem+last+".jpeg", dir+stem+last+".jpeg")
			if template == "{stem}/{stem}{ext}" {
				v = named(strings.Repeat("é", 300)+last+".jpeg", "")
			}
			key, err := ExpandKey(template, v)
			if err != nil {
				t.Fatalf("%s: %v", template, err)
			}
			if len(key) > MaxKey || len(key) < MaxKey-3 || !utf8.ValidString(key) || !strings.HasSuffix(key, ".jpeg") {
				t.Errorf("%s: %d bytes, %q", template, len(key), key)
			}
			if seen[template+key] {
				t.Errorf("%s: two names are one key %q", template, key)
			}
			seen[template+key] = true
		}
	}
	// Exactly as long as allowed: nothing is cut.
	name := strings.Repeat("x", MaxKey-4) + ".txt"
	if key, err := ExpandKey("{name}", named(name, name)); err != nil || key != name {
		t.Errorf("a key of exactly %d bytes was changed", MaxKey)
	}
}

// The files of one folder have different keys with every template, and one
// {random} where the names tell them apart.
func TestFolderKeys(t *testing.T) {
	names := []string{"f/a.jpg", "f/a.png", "f/b.jpg", "f/sub/a.jpg", "f/\xff.jpg", "f/\xfe.jpg", "f/\u0085", "f/\u0086", "f/_"}
	for _, template := range []string{
		DefaultKey, "{random}{ext}", "{random}-{stem}", "{uuid}{ext}", "{date}-{random}", "{name}", "{path}", "{stem}{ext}", "{random}/{stem}{ext}",
	} {
		seen := map[string]string{}
		for _, name := range names {
			key, err := ExpandKey(template, named(name, strings.TrimPrefix(name, "f/")))
			if err != nil {
				t.Fatal(err)
			}
			if other, ok := seen[key]; ok {
				t.Errorf("%s: %q and %q are both %q", template, name, other, key)
			}
			seen[key] = name
		}
		if template == DefaultKey {
			for key := range seen {
				if !strings.HasPrefix(key, "2026-03-04/abcdefghijklmnop/f/") {
					t.Errorf("the folder is not together: %q", key)
				}
			}
		}
	}
}

func TestNewKeyVars(t *testing.T) {
	now := time.Now()
	a, b := NewKeyVars(now), NewKeyVars(now)
	if a.Seed == b.Seed || len(a.Seed) < 16 {
		t.Errorf("seeds %q and %q", a.Seed, b.Seed)
	}
	if a.User == "" || strings.ContainsAny(a.User, `\/`) || a.Host == "" || !a.Time.Equal(now) {
		t.Errorf("got %+v", a)
	}
	a.Name = "x"
	key, err := ExpandKey("{uuid}", a)
	if err != nil || !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(key) {
		t.Errorf("uuid %q, %v", key, err)
	}
}

func FuzzExpandKey(f *testing.F) {
	f.Add(DefaultKey, "a.txt", "a.txt")
	f.Add("{path}/{stem}{ext}", "f/"+strings.Repeat("é", 600)+".x", "..")
	f.Add("../{name}/.", "\xff/\x00/..", "//")
	f.Add("{user}{host}{time}{uuid}", "", "")
	f.Fuzz(func(t *testing.T, template, name, path string) {
		v := named(name, path)
		key, err := ExpandKey(template, v)
		var c checker
		if c.key(template); (c != nil) != (fault.CodeOf(err) == fault.Config) {
			t.Fatalf("%q: %v, but checked: %v", template, err, c)
		}
		if err != nil {
			return
		}
		if key == "" || len(key) > MaxKey || !utf8.ValidString(key) {
			t.Fatalf("%q of %q: %q", template, name, key)
		}
		for s := range strings.SplitSeq(key, "/") {
			if s == "" || s == "." || s == ".." || strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }) {
				t.Fatalf("%q of %q: segment %q in %q", template, name, s, key)
			}
		}
		if again, err := ExpandKey(template, v); err != nil || again != key {
			t.Fatalf("%q and %q", key, again)
		}
	})
}
