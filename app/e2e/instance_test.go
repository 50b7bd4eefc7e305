//go:build linux

package e2e

import (
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A second start hands over its files, brings the window up and ends.
func TestSecondStart(t *testing.T) {
	d := newDesktop(t)
	home := d.env.with("CHUTE_HOME=" + filepath.Join(d.dir, "home"))
	_, w := d.chute()
	content := string(random(3000))
	write(t, filepath.Join(d.dir, "a b é.bin"), content)

	position := d.do("xdotool", "getwindowgeometry", w.id)
	second := func(code int, args ...string) string {
		t.Helper()
		out, errs, err := run(t.Context(), home, "", program, args...)
		if got := exitCode(err); got != code || out != "" || (code == 0) != (errs == "") {
			t.Fatalf("%q: exit code %d, want %d; %s%s", args, got, code, out, errs)
		}
		return errs
	}
	second(0)
	if now := d.do("xdotool", "getwindowgeometry", w.id); now != position {
		t.Errorf("the window went from %s to %s", position, now)
	}

	d.do("xdotool", "windowminimize", "--sync", w.id)
	uri := (&url.URL{Scheme: "file", Path: filepath.Join(d.dir, "a b é.bin")}).String()
	second(0, uri)
	eventually(t, "the window in front", func() bool {
		active, _ := d.try("xdotool", "getactivewindow")
		return active == w.id
	})
	var link string
	eventually(t, "a link on the clipboard", func() bool {
		link = d.clipboard()
		return strings.HasPrefix(link, "http://")
	})
	if name, got := fetch(t, link); name != "a b é.bin" || string(got) != content {
		t.Errorf("the link gives %s with %d bytes", name, len(got))
	}
	if errs := second(1, "--to", "nowhere", uri); !strings.Contains(errs, `no destination "nowhere"`) {
		t.Errorf("said %q", errs)
	}

	if ids := d.windows(); !slices.Equal(ids, []string{w.id}) {
		t.Errorf("windows %q, want %q", ids, w.id)
	}
}

// Several starts at once, as when a file manager starts the program for each of
// the files that are selected, make one window that sends them all.
func TestStartsAtOnce(t *testing.T) {
	d := newDesktop(t)
	home := d.env.with("CHUTE_HOME=" + filepath.Join(d.dir, "home"))
	const starts = 4
	var all []*process
	for i := range starts {
		file := filepath.Join(d.dir, "files", string(rune('a'+i)))
		write(t, file, "content")
		all = append(all, start(t, home, nil, program, file))
	}
	running := func() []*process {
		return slices.DeleteFunc(slices.Clone(all), func(p *process) bool { return !p.running() })
	}
	eventually(t, "one process that is left", func() bool { return len(running()) == 1 })
	store := filepath.Join(d.dir, "home", "store")
	eventually(t, "all files in the store", func() bool {
		found := map[string]bool{}
		filepath.WalkDir(store, func(path string, e os.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() && len(e.Name()) == 1 {
				found[e.Name()] = true
			}
			return nil
		})
		return len(found) == starts
	})
	if ids := d.windows(); len(ids) != 1 {
		t.Errorf("windows %q", ids)
	}
	for _, p := range all {
		p.stop(t)
		checkOutput(t, p.output.Bytes())
	}
}

// windows lists the program's windows, whose titles say how far they are.
func (d *desktop) windows() (ids []string) {
	d.t.Helper()
	eventually(d.t, "a window of the program's", func() bool {
		found, _ := d.try("xdotool", "search", "--onlyvisible", "--name", "^Chute|– Chute$")
		ids = strings.Fields(found)
		return len(ids) > 0
	})
	return ids
}

// exitCode is that of a program that ended with err; -1 where it did not end by
// itself.
func exitCode(err error) int {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	if err != nil {
		return -1
	}
	return 0
}
