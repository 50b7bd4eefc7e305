// Package machine reads what an administrator set up for all users of this
// computer: a folder in the form of a user's own configuration.
//
// Nothing there is believed unless only administrators can have written it.
// Else any program, or any other user, could decide where files go.
package machine

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"chute/uploader/fault"
)

// The files of the folder.
const (
	Destinations = "destinations.toml"
	Settings     = "settings.toml"
	Dialects     = "dialects" // a folder
)

// maxFile bounds what is read of one file.
const maxFile = 1 << 20

// Folder is the folder of an administrator.
type Folder struct {
	path  string
	admin admin
}

// Default is the system's folder: /etc/chute, on macOS
// /Library/Application Support/Chute, on Windows %ProgramData%\Chute as Windows
// itself says it, not the environment. It touches no file.
func Default() Folder { return Folder{path: defaultPath(), admin: administrators()} }

// At is another folder, whose administrator is the user that runs this process:
// for tests.
func At(path string) Folder { return Folder{path: path, admin: thisUser()} }

// Path is where a file of the folder is, or the folder itself for ""; empty on a
// system without such a folder.
func (f Folder) Path(name string) string {
	if f.path == "" {
		return ""
	}
	return filepath.Join(f.path, name)
}

// Untrusted says that something is there which others than administrators could
// have written. It must be told to the user and not be used.
type Untrusted struct {
	Path string
	Why  error // a fault.Phrase where it is the program that says it
}

// Error says which file is not used, and why.
func (u Untrusted) Error() string { return fmt.Sprintf("%s is not used: %v", u.Path, u.Why) }

// Read returns the text of a file; ok is false where there is none. Where others
// could have written it, the error is [Untrusted].
func (f Folder) Read(name string) (text string, ok bool, err error) {
	if f.path == "" {
		return "", false, nil
	}
	file, err := f.open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	defer file.Close()
	// The file that was opened, not the one that has its name by now.
	if err := f.admin.check(file, false); err != nil {
		return "", false, Untrusted{Path: f.Path(name), Why: err}
	}
	b, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return "", false, err
	}
	if len(b) > maxFile {
		return "", false, fault.LargerThan.With("Path", f.Path(name), "Limit", "1 MiB")
	}
	return string(b), true, nil
}

// open opens a file in a folder that nobody else can have changed.
func (f Folder) open(name string) (*os.File, error) {
	for _, dir := range f.above(name) {
		if err := f.checkFolder(dir); err != nil {
			return nil, err
		}
	}
	path := f.Path(name)
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() {
		return os.Open(path)
	}
	return nil, Untrusted{Path: f.Path(name), Why: fault.NoFile}
}

func (f Folder) checkFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := f.admin.check(dir, true); err != nil {
		return Untrusted{Path: path, Why: err}
	}
	return nil
}

// above lists the folders that decide about a file: its own, and those around
// it as far as the system's rules call for.
func (f Folder) above(name string) []string {
	var dirs []string
	for dir := filepath.Dir(f.Path(name)); ; dir = filepath.Dir(dir) {
		dirs = append(dirs, dir)
		if dir == f.path && !wholePath || dir == filepath.Dir(dir) {
			return dirs
		}
	}
}
