package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
)

// shellSaw is what a PowerShell was started with.
type shellSaw struct{ Args, Env []string }

// With CHUTE_TEST_SHELL this program is the PowerShell: it writes down how it
// was started, to that file, and fails where that cannot be.
func init() {
	path := os.Getenv("CHUTE_TEST_SHELL")
	if path == "" {
		return
	}
	saw, err := json.Marshal(shellSaw{os.Args[1:], os.Environ()})
	if err == nil {
		err = os.WriteFile(path, saw, 0o600)
	}
	if err != nil {
		os.Stdout.WriteString("no such thing\nmore of it")
		os.Exit(7)
	}
	os.Exit(0)
}

// Texts arrive at PowerShell as they are, and none is ever a part of what it runs.
func TestNotifications(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	n := &notifier{shell: self, app: "io.github.chute.Chute"}
	defer n.close()
	path := filepath.Join(t.TempDir(), "saw")
	t.Setenv("CHUTE_TEST_SHELL", path)
	for title, text := range map[string]string{
		"3 files sent":                         "The links are on the clipboard.",
		"3 Dateien übertragen — 文件":            "",
		`"; calc.exe; $(calc.exe) ` + "`'@ %q": "<text>&amp;</text>\r\nanother line",
	} {
		if err := n.send(title, text); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var saw shellSaw
		if err := json.Unmarshal(b, &saw); err != nil {
			t.Fatal(err)
		}
		if got := saw.Args[len(saw.Args)-1]; got != notifyScript || !slices.Contains(saw.Args, "-NonInteractive") {
			t.Errorf("it runs %q", saw.Args)
		}
		for _, want := range []string{"CHUTE_NOTIFY_TITLE=" + title, "CHUTE_NOTIFY_TEXT=" + text, "CHUTE_NOTIFY_APP=io.github.chute.Chute"} {
			if !slices.Contains(saw.Env, want) {
				t.Errorf("its environment lacks %q", want)
			}
		}
	}
	for _, name := range []string{"TITLE", "TEXT", "APP"} {
		if !strings.Contains(notifyScript, "$env:CHUTE_NOTIFY_"+name+")") {
			t.Errorf("the script shows no %s", name)
		}
	}
	t.Setenv("CHUTE_TEST_SHELL", t.TempDir()) // where nothing can be written
	if err := n.send("3 files sent", ""); err == nil || !strings.Contains(err.Error(), "7: no such thing") || strings.Contains(err.Error(), "more") {
		t.Errorf("a PowerShell that failed: %v", err)
	}
}

// What the window starts is Windows' own, not whatever is called so on the PATH.
func TestNotifierIsWindows(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	n := newNotifier(test.NewTempApp(t), nil)
	if _, err := os.Stat(n.shell); err != nil || !filepath.IsAbs(n.shell) {
		t.Errorf("%q: %v", n.shell, err)
	}
	if err := (&notifier{}).send("3 files sent", ""); err == nil {
		t.Error("it claims to have been shown without a PowerShell")
	}
}
