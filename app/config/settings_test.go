package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chute/uploader/fault"
)

func settingsWith(t *testing.T, text string) *SettingsFile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "settings.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return NewSettingsFile(path)
}

func TestSettingsDefaults(t *testing.T) {
	want := Settings{CopyLinks: true, KeepAwake: true, CloseToTray: true, Resume: true, Folders: "ask", Theme: "system", Speed: "normal"}
	for _, f := range []*SettingsFile{NewSettingsFile(filepath.Join(t.TempDir(), "none.toml")), settingsWith(t, "# nothing\n")} {
		if s, err := f.Load(); err != nil || s != want {
			t.Errorf("got %+v, %v", s, err)
		}
	}
}

func TestSettingsUpdate(t *testing.T) {
	const before = "# mine\nspeed = 'full' # fast!\ncopy_links = false\n\n# end\n"
	f := settingsWith(t, before)
	if err := f.Update(func(s *Settings) {
		if s.CopyLinks || s.Speed != "full" {
			t.Errorf("read %+v", *s)
		}
		s.Speed, s.Theme, s.LinkLife, s.WindowWidth = "gentle", "dark", 7*24*time.Hour, 900
	}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(f.file.path)
	if err != nil {
		t.Fatal(err)
	}
	const after = "# mine\nspeed = \"gentle\" # fast!\ncopy_links = false\ntheme = \"dark\"\nlink_life = \"7d\"\nwindow_width = 900\n\n# end\n"
	if string(b) != after {
		t.Errorf("got\n%s\nwant\n%s", b, after)
	}
	want := Settings{KeepAwake: true, CloseToTray: true, Resume: true, Folders: "ask", Theme: "dark", Speed: "gentle", LinkLife: 7 * 24 * time.Hour, WindowWidth: 900}
	if s, err := f.Load(); err != nil || s != want {
		t.Errorf("got %+v, %v", s, err)
	}
	if err := f.Update(func(s *Settings) { s.Theme = "pink" }); fault.CodeOf(err) != fault.Config {
		t.Errorf("an unknown theme is saved: %v", err)
	}
}

func TestSettingsErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"\nspeed = \"fast\"\n", "settings.toml:2: speed: unknown value \"fast\"; allowed: gentle, normal, full"},
		{"copy_links = 1\n", "settings.toml:1: copy_links: this is a number; allowed: true, false"},
		{"colour = 1\n", "settings.toml:1: colour: unknown field; allowed: copy_links, resume, one_page, folders, keep_awake, close_to_tray, start_at_login, theme, "},
		{"link_life = \"-1h\"\n", "settings.toml:1: link_life: "},
		{"window_width = -1\n", "settings.toml:1: window_width: -1 is not the size of a window; allowed: 0 to"},
		{"window_width = 1.5\n", "settings.toml:1: window_width: this is a number; allowed: a whole number"},
		{"theme = \n", "settings.toml:1: "},
	} {
		f := settingsWith(t, c.text)
		s, err := f.Load()
		if fault.CodeOf(err) != fault.Config || !strings.HasPrefix(fault.As(err).Err.Error(), c.want) {
			t.Errorf("%q: got %v\nwant %s", c.text, err, c.want)
		}
		if s != DefaultSettings() {
			t.Errorf("%q: with an error came %+v", c.text, s)
		}
		if f.Update(func(s *Settings) { s.Speed = "full" }) == nil {
			t.Errorf("%q was edited", c.text)
		}
		if b, _ := os.ReadFile(f.file.path); string(b) != c.text {
			t.Errorf("%q became %q", c.text, b)
		}
	}
}

func FuzzSettings(f *testing.F) {
	f.Add("# c\nspeed = 'full' # d\n", int64(1), 3, "dark")
	f.Add("link_life = \"1d\"\r\n", int64(1e15), 0, "light")
	f.Fuzz(func(t *testing.T, before string, life int64, width int, theme string) {
		file := NewSettingsFile(filepath.Join(t.TempDir(), "settings.toml"))
		if _, err := readSettings("settings.toml", before, DefaultSettings(), nil); err != nil {
			return
		}
		if err := os.WriteFile(file.file.path, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		var want Settings
		if file.Update(func(s *Settings) {
			s.LinkLife, s.WindowWidth, s.Theme, s.CopyLinks = time.Duration(life), width, theme, !s.CopyLinks
			want = *s
		}) != nil {
			return // a value that is not allowed
		}
		got, err := file.Load()
		if err != nil || got != want {
			t.Fatalf("got %+v, %v, want %+v", got, err, want)
		}
		b, err := os.ReadFile(file.file.path)
		if err != nil || !subsequence(comments(before), comments(string(b))) {
			t.Fatalf("a comment of\n%s\nis lost in\n%s", before, b)
		}
	})
}
