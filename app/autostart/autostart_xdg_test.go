//go:build unix && !darwin

package autostart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func entry(t *testing.T) (e Entry, config, system string) {
	t.Helper()
	config, system = t.TempDir(), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("XDG_CONFIG_DIRS", system)
	t.Setenv("APPIMAGE", "")
	return Entry{ID: "org.example.Chute", Name: "Chute", Args: []string{"--minimised"}}, config, system
}

func state(t *testing.T, e Entry, want bool) {
	t.Helper()
	if on, known := e.Enabled(); on != want || !known {
		t.Errorf("on %v, known %v; want %v", on, known, want)
	}
}

func set(t *testing.T, e Entry, on bool) {
	t.Helper()
	if err := e.Set(t.Context(), on); err != nil {
		t.Fatal(err)
	}
	state(t, e, on)
}

func TestSet(t *testing.T) {
	e, config, _ := entry(t)
	state(t, e, false)
	set(t, e, false) // where there is nothing
	set(t, e, true)
	set(t, e, true)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(config, "autostart", "org.example.Chute.desktop")
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), "\nExec=\""+exe+"\" \"--minimised\"\n") {
		t.Errorf("%s, %v", text, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), exe, "/old/chute", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := e.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now, _ := os.ReadFile(file); string(now) != string(text) {
		t.Errorf("after the program moved:\n%s", now)
	}
	set(t, e, false)
	if left, _ := os.ReadDir(filepath.Dir(file)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := e.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	state(t, e, false)
}

func TestAppImage(t *testing.T) {
	e, config, _ := entry(t)
	t.Setenv("APPIMAGE", "/home/ada/My Apps/Chute.AppImage")
	set(t, e, true)
	text, err := os.ReadFile(e.file(config))
	if err != nil || !strings.Contains(string(text), `Exec="/home/ada/My Apps/Chute.AppImage" "--minimised"`) {
		t.Errorf("%s, %v", text, err)
	}
}

// What an administrator starts for all can be switched off by one's own entry.
func TestOfAllUsers(t *testing.T) {
	e, config, system := entry(t)
	if err := replace(e.file(system), "[Desktop Entry]\nType=Application\nExec=chute\n"); err != nil {
		t.Fatal(err)
	}
	state(t, e, true)
	set(t, e, false)
	if text, err := os.ReadFile(e.file(config)); err != nil || !strings.Contains(string(text), "Hidden=true") {
		t.Errorf("%s, %v", text, err)
	}
	set(t, e, true)
}

func TestSwitchedOffByTheDesktop(t *testing.T) {
	e, config, _ := entry(t)
	for _, line := range []string{"Hidden=true", "X-GNOME-Autostart-enabled=false", " Hidden = true "} {
		if err := replace(e.file(config), "[Desktop Entry]\nExec=chute\n"+line+"\n"); err != nil {
			t.Fatal(err)
		}
		state(t, e, false)
	}
}

// The rules of the Desktop Entry Specification for quoting.
func TestQuote(t *testing.T) {
	for arg, want := range map[string]string{
		"a b":  `"a b"`,
		`a"b`:  `"a\\"b"`,
		`a\b`:  `"a\\\\b"`,
		"a$b":  `"a\\$b"`,
		"a`b":  "\"a\\\\`b\"",
		"100%": `"100%%"`,
		"a\nb": `"a\nb"`,
	} {
		if got := quote(arg); got != want {
			t.Errorf("%q: %s, want %s", arg, got, want)
		}
	}
}
