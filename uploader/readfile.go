package uploader

import (
	"os"
	"sync"
)

// readFile is a file that several goroutines read while another may close it.
// Close waits for the reads under way; those that come later get os.ErrClosed.
//
// An os.File would do, but for Windows: there ReadAt takes two locks in turn,
// and one that meets Close between them keeps the first, for which Close then
// waits for ever.
type readFile struct {
	*os.File
	closing sync.RWMutex
}

func openToRead(path string) (*readFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &readFile{File: file}, nil
}

// ReadAt implements io.ReaderAt.
func (f *readFile) ReadAt(p []byte, offset int64) (int, error) {
	f.closing.RLock()
	defer f.closing.RUnlock()
	return f.File.ReadAt(p, offset)
}

// Close implements io.Closer.
func (f *readFile) Close() error {
	f.closing.Lock()
	defer f.closing.Unlock()
	return f.File.Close()
}
