package config

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"chute/uploader/fault"
)

// file is a text file of the user's that this program edits.
type file struct {
	path string
	mu   sync.Mutex // one edit at a time within this process
}

// read returns the text; a file that is not there is empty, and exists false.
func (f *file) read() (text string, exists bool, err error) {
	b, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, f.failed(err)
	}
	return string(b), true, nil
}

// failed says that the file cannot be read or written.
func (f *file) failed(err error) error {
	return fault.Wrong(err, fault.Mistake{What: fault.Says(err)})
}

// maxEdits bounds how often an edit is made anew because somebody else wrote
// the file meanwhile. A person or a second process does that once.
const maxEdits = 10

// edit replaces the text by what change makes of the current one. Where the
// file changes between reading and writing, change is called again on what is
// there then.
func (f *file) edit(change func(text string) (string, error)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range maxEdits {
		old, exists, err := f.read()
		if err != nil {
			return err
		}
		text, err := change(old)
		if err != nil {
			return err
		}
		if text == old && exists {
			return nil
		}
		done, err := f.replace(old, text)
		if err != nil {
			return f.failed(err)
		}
		if done {
			return nil
		}
	}
	return f.failed(fault.WrittenByAnother.With("Path", f.path))
}

// replace puts text in the place of old in one step: after a crash the file is
// the one or the other. It does nothing where the file no longer holds old.
func (f *file) replace(old, text string) (done bool, err error) {
	path := f.path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // a link to a file kept elsewhere stays a link
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false, err
	}
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // made with 0600
	if err != nil {
		return false, err
	}
	defer func() {
		if !done {
			os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.WriteString(text)
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return false, err
	}
	now, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if !bytes.Equal(now, []byte(old)) {
		return false, nil
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return false, err
	}
	if d, err := os.Open(dir); err == nil { // makes the rename last, where folders can be synced
		_ = d.Sync()
		d.Close()
	}
	return true, nil
}
