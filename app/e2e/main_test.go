//go:build linux

// Package e2e tests the program from outside: the real binary on a desktop of
// its own, with a real file manager beside it, and with a real Secret Service.
package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"chute/uploader/storetest"
)

// program is the path of the binary under test: what CHUTE_E2E_PROGRAM names,
// an installed one, or one built for the tests.
var program = os.Getenv("CHUTE_E2E_PROGRAM")

func TestMain(m *testing.M) {
	if program != "" {
		os.Exit(storetest.Main(m))
	}
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "chute-e2e-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, "chute")
		if out, err := exec.Command("go", buildArgs(program)...).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
			return 1
		}
		return storetest.Main(m)
	}())
}

// buildArgs are those of "go build" for a program that is built as this test
// is: with the same tags, and with the race detector where the test has it.
func buildArgs(output string) []string {
	args := []string{"build", "-o", output}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "-race" || s.Key == "-tags" {
				args = append(args, s.Key+"="+s.Value)
			}
		}
	}
	return append(args, "chute")
}

// need skips a test where a tool is missing. Under CI that is a failure: a
// check that does not run there checks nothing.
func need(t *testing.T, tools ...string) {
	t.Helper()
	var missing []string
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, tool)
		}
	}
	switch list := strings.Join(missing, ", "); {
	case list == "":
	case os.Getenv("CI") == "true":
		t.Fatalf("not installed: %s", list)
	default:
		t.Skipf("not installed: %s (make test installs what it can)", list)
	}
}

// checkOutput fails the test if the program met a data race or a panic.
func checkOutput(t *testing.T, output []byte) {
	t.Helper()
	for _, sign := range []string{"WARNING: DATA RACE", "panic: ", "Error in Fyne call thread"} {
		if bytes.Contains(output, []byte(sign)) {
			t.Errorf("the program's output:\n%s", output)
			return
		}
	}
}
