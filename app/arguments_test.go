package app

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestLocalPath(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("other paths")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for arg, want := range map[string]string{
		"/a/b":                        "/a/b",
		"a b":                         filepath.Join(here, "a b"),
		"./file:x":                    filepath.Join(here, "file:x"),
		"file:x":                      filepath.Join(here, "file:x"),
		"file:///a/b%20c%25+%23.txt":  "/a/b c%+#.txt",
		"FILE:///a":                   "/a",
		"file:/a/b":                   "/a/b",
		"file://localhost/a":          "/a",
		"file://" + host + "/a":       "/a",
		"file:///a%FFb":               "/a\xffb",
		"file:///a?b#c":               "/a?b#c", // as some give it
		"file:///100%":                "/100%",
		"file://server/a":             "file://server/a",
		"file:///a%00b":               "file:///a%00b",
		"https://example.org/a%20b":   "https://example.org/a%20b",
		"sftp://server/a":             "sftp://server/a",
		"/a/../b":                     "/b",
		"file:///a/../b":              "/b",
		"file://":                     "file://",
		"-":                           filepath.Join(here, "-"),
		"/tmp/\xff\xfe":               "/tmp/\xff\xfe",
		"file:///home/ada/B%C3%BCro/": "/home/ada/Büro",
	} {
		if got, err := localPath(arg); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", arg, got, err, want)
		}
	}
}
