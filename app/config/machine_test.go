package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"chute/uploader/fault"
)

func machineSays(text string) Machine {
	return Machine{Path: filepath.FromSlash("/etc/chute/x.toml"), Read: func() (string, bool) { return text, true }, Known: known}
}

const wide = `[[destination]]
name = "work"
type = "s3"
bucket = "company"
ca_file = "ca.pem"
[[destination]]
name = "team"
type = "s3"
bucket = "team"
[default]
destination = "team"
`

func own(bucket string, names ...string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString("[[destination]]\nname = \"" + n + "\"\ntype = \"s3\"\nbucket = \"" + bucket + "\"\n")
	}
	return b.String()
}

func TestMachineWide(t *testing.T) {
	for name, c := range map[string]struct {
		machine, own  string
		names         []string
		def           string
		hidden        []string
		gone, managed string
	}{
		"no file of the user's": {machine: wide, names: []string{"work", "team"}, def: "team", managed: "work team"},
		"both":                  {machine: wide, own: own("b", "mine"), names: []string{"work", "team", "mine"}, def: "team", managed: "work team"},
		"same name":             {machine: wide, own: own("evil", "work", "mine"), names: []string{"work", "team", "mine"}, def: "team", hidden: []string{"work"}, managed: "work team"},
		"own default":           {machine: wide, own: own("b", "mine") + "[default]\ndestination = \"mine\"\n", names: []string{"work", "team", "mine"}, def: "mine", managed: "work team"},
		"default of the others": {machine: wide, own: "[default]\ndestination = \"work\"\n", names: []string{"work", "team"}, def: "work", managed: "work team"},
		"default that is gone":  {machine: wide, own: "[default]\ndestination = \"old\"\n", names: []string{"work", "team"}, def: "team", gone: "old", managed: "work team"},
		"says nothing":          {machine: "# nothing\n", own: own("b", "mine"), names: []string{"mine"}, def: "mine"},
		"neither says anything": {machine: "", names: []string{ThisComputer}, def: ThisComputer},
	} {
		t.Run(name, func(t *testing.T) {
			all := load(t, written(t, c.own).Below(machineSays(c.machine)))
			var managed []string
			for _, n := range all.Names() {
				if all.Managed(n) {
					managed = append(managed, n)
				}
			}
			if !slices.Equal(all.Names(), c.names) || all.Default != c.def || !slices.Equal(all.Hidden, c.hidden) || all.Gone != c.gone || strings.Join(managed, " ") != c.managed {
				t.Errorf("names %q, default %q, hidden %q, gone %q, managed %q", all.Names(), all.Default, all.Hidden, all.Gone, managed)
			}
			if d, err := all.Get("work"); slices.Contains(c.names, "work") && (err != nil || d.Bucket != "company" || d.CAFile != filepath.FromSlash("/etc/chute/ca.pem")) {
				t.Errorf("work is %+v, %v", d, err)
			}
		})
	}
}

func TestMachineWideIsNotEdited(t *testing.T) {
	const before = "# mine\n"
	f := written(t, before).Below(machineSays(wide))
	for what, err := range map[string]error{
		"adding":   f.Put("", Destination{Name: "work", Type: TypeLocal}),
		"changing": f.Put("work", Destination{Name: "work", Type: TypeS3, Bucket: "evil"}),
		"renaming": f.Put("team", Destination{Name: "other", Type: TypeS3, Bucket: "team"}),
		"removing": f.Remove("work"),
	} {
		if fault.CodeOf(err) != fault.Config || !strings.Contains(err.Error(), "all users") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if b, _ := os.ReadFile(f.Path()); string(b) != before {
		t.Errorf("the file is now %q", b)
	}
	// What is the user's own can be edited beside it.
	if err := f.Put("", Destination{Name: "mine", Type: TypeS3, Bucket: "b"}); err != nil {
		t.Fatal(err)
	}
	if err := f.SetDefault("work"); err != nil {
		t.Fatal(err)
	}
	if err := f.Put("mine", Destination{Name: "work", Type: TypeS3, Bucket: "b"}); err == nil {
		t.Error("renamed to a name that is taken")
	}
	if all := load(t, f); !slices.Equal(all.Names(), []string{"work", "team", "mine"}) || all.Default != "work" {
		t.Errorf("%q, %q", all.Names(), all.Default)
	}
	if err := f.SetDefault("mine"); err != nil {
		t.Fatal(err)
	}
	if err := f.Remove("mine"); err != nil {
		t.Fatal(err)
	}
	if all := load(t, f); !slices.Equal(all.Names(), []string{"work", "team"}) || all.Default != "team" || all.Gone != "" {
		t.Errorf("%+v", all)
	}
	if b, _ := os.ReadFile(f.Path()); strings.Contains(string(b), "this-computer") || !strings.HasPrefix(string(b), before) {
		t.Errorf("the file is now\n%s", b)
	}
}

func TestMachineWideMistakes(t *testing.T) {
	f := written(t, own("b", "mine")).Below(machineSays("[[destination]]\nname = \"a\"\nbukket = \"b\"\ntype = \"s3\"\n"))
	if _, err := f.Load(); fault.CodeOf(err) != fault.Config || !strings.Contains(err.Error(), "x.toml:3") {
		t.Errorf("got %v", err)
	}
	if err := f.Put("", Destination{Name: "new", Type: TypeLocal}); err == nil {
		t.Error("edited beside a file with mistakes")
	}
}

func TestLockedSettings(t *testing.T) {
	f := settingsWith(t, "speed = \"full\"\ntheme = \"dark\"\n").Below(machineSays("speed = \"gentle\"\nlink_life = \"1h\"\nresume = false\nlocked = [\"speed\", \"link_life\"]\n"))
	want := Settings{CopyLinks: true, KeepAwake: true, CloseToTray: true, Theme: "dark", Speed: "gentle", LinkLife: time.Hour}
	if s, err := f.Load(); err != nil || s != want {
		t.Errorf("got %+v, %v", s, err)
	}
	if got := f.Locked(); !slices.Equal(got, []string{"speed", "link_life"}) {
		t.Errorf("locked %q", got)
	}
	before, _ := os.ReadFile(f.file.path)
	for _, change := range []func(*Settings){
		func(s *Settings) { s.Speed = "full" },
		func(s *Settings) { s.LinkLife = 0 },
		func(s *Settings) { s.Theme, s.Speed = "light", "normal" },
	} {
		if err := f.Update(change); fault.CodeOf(err) != fault.Config || !strings.Contains(err.Error(), "all users") {
			t.Errorf("got %v", err)
		}
	}
	if after, _ := os.ReadFile(f.file.path); string(after) != string(before) {
		t.Errorf("the file is now\n%s", after)
	}
	// The rest is the user's, over what the administrator thinks best.
	if err := f.Update(func(s *Settings) { s.Resume = true }); err != nil {
		t.Fatal(err)
	}
	if s, err := f.Load(); err != nil || !s.Resume || s.Speed != "gentle" {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestLockedSettingsMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"locked = \"speed\"\n":                "x.toml:1: locked: this is text",
		"\nlocked = [\"spead\"]\n":            "x.toml:2: locked: there is no setting \"spead\"",
		"locked = [1]\n":                      "x.toml:1: locked",
		"speed = \"fast\"\n":                  "x.toml:1: speed",
		"colour = 1\n":                        "x.toml:1: colour",
		"speed = \n":                          "x.toml:1",
		"speed = \"full\"\n[locked]\na = 1\n": "x.toml:2: locked: this is a table",
	} {
		s, err := settingsWith(t, "").Below(machineSays(text)).Load()
		if fault.CodeOf(err) != fault.Config || !strings.Contains(fault.As(err).Err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if s != DefaultSettings() {
			t.Errorf("%q: %+v", text, s)
		}
	}
	// The user's own file cannot lock or unlock.
	if _, err := settingsWith(t, "locked = []\n").Load(); err == nil {
		t.Error("a user's file has a list of locked settings")
	}
}
