package app

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// chute is a command of the program, with a home of its own.
func chute(t *testing.T, home string, args ...string) *exec.Cmd {
	t.Helper()
	program, err := exec.LookPath("chute") // which TestMain has made
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "CHUTE_HOME="+home, "DBUS_SESSION_BUS_ADDRESS=disabled:", "DISPLAY=", "WAYLAND_DISPLAY=")
	return cmd
}

// killedAfter runs a command and kills it when it has printed so many links.
func killedAfter(t *testing.T, cmd *exec.Cmd, links int) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; n < links && lines.Scan(); n++ {
	}
	cmd.Process.Kill()
	if cmd.Wait(); cmd.ProcessState.Exited() {
		t.Fatalf("%v ended before it was killed", cmd.Args)
	}
}

func printed(t *testing.T, cmd *exec.Cmd) []string {
	t.Helper()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// A folder that is being sent to this computer is killed again and again, and
// gone on with by resume and by the same command. In the end each of its files
// is there once.
func TestKilledInTheMiddleOfAFolder(t *testing.T) {
	if testing.Short() {
		t.Skip("2,000 files")
	}
	const files = 2000
	home, folder := t.TempDir(), filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	content := func(name string) string { return strings.Repeat(name+"\n", 16<<10/(len(name)+1)) }
	for n := range files {
		name := fmt.Sprint("f", n)
		writeFixture(t, filepath.Join(folder, name), content(name))
	}
	send := []string{"send", "--no-serve", folder}
	killedAfter(t, chute(t, home, send...), 100)
	killedAfter(t, chute(t, home, "resume", "--no-serve"), 100)
	killedAfter(t, chute(t, home, send...), 500)
	killedAfter(t, chute(t, home, "resume", "--no-serve"), 100)
	if list := printed(t, chute(t, home, "resume", "--list", "--json")); !strings.Contains(list[0], `"not_read_to_its_end":true`) {
		t.Errorf("listed is %s", list[0])
	}
	if links := printed(t, chute(t, home, send...)); len(links) != files {
		t.Errorf("%d links in the end", len(links))
	}

	sent := map[string]int{}
	for _, line := range printed(t, chute(t, home, "links", "--json")) {
		var entry struct {
			Name string `json:"name"`
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		sent[entry.Name]++
	}
	stored := map[string]int{}
	err := filepath.WalkDir(filepath.Join(home, "store", "objects"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		stored["folder/"+d.Name()]++
		if got, err := os.ReadFile(path); err != nil || string(got) != content(d.Name()) {
			t.Errorf("%s is not what was sent, %v", path, err) // so is what an unfinished upload leaves
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for what, counted := range map[string]map[string]int{"in history": sent, "in the store": stored} {
		if len(counted) != files {
			t.Errorf("%d files are %s", len(counted), what)
		}
		for name, n := range counted {
			if n != 1 {
				t.Errorf("%s is %d times %s", name, n, what)
			}
		}
	}
	if left := printed(t, chute(t, home, "resume", "--list", "--json")); left[0] != "" {
		t.Errorf("left is %q", left)
	}
}
