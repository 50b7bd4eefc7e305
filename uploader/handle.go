package uploader

import (
	"io"
	"os"

	"chute/uploader/fault"
)

// Handle is a file that somebody else has opened, and whose path is not known:
// what a shell redirects.
type Handle struct {
	name  string
	file  *os.File
	start int64
	id    Identity // of the whole file
}

// NewHandle makes a Source of what is left to read of a file. ok is false
// where it is no regular file: that is a stream. The file must stay open.
func NewHandle(name string, file *os.File) (h Handle, ok bool) {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return Handle{}, false
	}
	start, err := file.Seek(0, io.SeekCurrent)
	if err != nil || start > info.Size() {
		return Handle{}, false
	}
	return Handle{name, file, start, Identity{Size: info.Size(), ModTime: info.ModTime()}}, true
}

// Name implements Source.
func (h Handle) Name() string { return h.name }

// Path implements Source: it is not known.
func (h Handle) Path() string { return "" }

// Size implements Source.
func (h Handle) Size() int64 { return h.id.Size - h.start }

// Open implements Source.
func (h Handle) Open() (Content, error) {
	c := handleContent{io.NewSectionReader(h.file, h.start, h.Size()), h}
	return c, c.Unchanged()
}

// handleContent is the rest of a file.
type handleContent struct {
	*io.SectionReader
	h Handle
}

// Identity implements Content.
func (c handleContent) Identity() Identity { return Identity{Size: c.Size(), ModTime: c.h.id.ModTime} }

// Unchanged implements Content.
func (c handleContent) Unchanged() error {
	info, err := c.h.file.Stat()
	if err != nil {
		return fault.FromFile(err, c.h.name)
	}
	if !c.h.id.Same(Identity{Size: info.Size(), ModTime: info.ModTime()}) {
		return fault.New(fault.Changed, "", fault.Facts{"Path": c.h.name}, nil)
	}
	return nil
}

// Close implements Content. The file is closed by whoever opened it.
func (c handleContent) Close() error { return nil }
