package app

import (
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// localPath is an argument as an absolute path. It takes paths, and the file:
// addresses that file managers give; any other address stays what it is, so
// that the user can be told.
func localPath(arg string) (string, error) {
	if path, ok := fromFileURI(arg); ok {
		return filepath.Abs(path)
	}
	if strings.Contains(arg, "://") {
		return arg, nil
	}
	// What the user typed is relative to the working directory of now; the local
	// store changes it.
	return filepath.Abs(arg)
}

// fromFileURI is the path of a file: address on this computer. What follows the
// host is taken as a path also where it should have been escaped.
func fromFileURI(arg string) (path string, ok bool) {
	const scheme = "file:"
	if len(arg) <= len(scheme) || !strings.EqualFold(arg[:len(scheme)], scheme) || arg[len(scheme)] != '/' {
		return "", false
	}
	rest, host := arg[len(scheme):], ""
	if after, hasHost := strings.CutPrefix(rest, "//"); hasHost {
		slash := strings.IndexByte(after, '/')
		if slash < 0 {
			return "", false
		}
		host, rest = after[:slash], after[slash:]
	}
	if plain, err := url.PathUnescape(rest); err == nil {
		rest = plain
	}
	if strings.ContainsRune(rest, 0) {
		return "", false
	}
	own, _ := os.Hostname()
	elsewhere := host != "" && !strings.EqualFold(host, "localhost") && !strings.EqualFold(host, own)
	if runtime.GOOS == "windows" {
		if elsewhere {
			return `\\` + host + filepath.FromSlash(rest), true
		}
		return filepath.FromSlash(strings.TrimPrefix(rest, "/")), true // of /C:/a
	}
	return rest, !elsewhere
}
