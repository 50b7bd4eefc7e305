package uploader

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"chute/uploader/fault"
)

// Source is something to send. Its methods may be called from any goroutine.
type Source interface {
	// Name is the file name, or for a file of a dropped folder the path from
	// the folder's name on, with slashes.
	Name() string
	// Path is where the user's file is; empty for a stream.
	Path() string
	// Size is a guess for ordering the queue; -1: not known.
	Size() int64
	// Open gets at the bytes. Its errors are *fault.Error.
	Open() (Content, error)
}

// Content is the bytes of an opened source. ReadAt may be called from several
// goroutines at once.
type Content interface {
	io.ReaderAt
	io.Closer
	// Identity says what was opened.
	Identity() Identity
	// Unchanged returns a fault with code Changed where the bytes are no
	// longer those that were opened.
	Unchanged() error
}

// Identity tells two versions of a file apart.
type Identity struct {
	Size    int64
	ModTime time.Time
	// Ends is a hash of the first and the last bytes; empty where it was not
	// needed: it is for files that another process began to send.
	Ends string
}

// Same compares identities.
func (i Identity) Same(o Identity) bool {
	return i.Size == o.Size && i.ModTime.Equal(o.ModTime) && i.Ends == o.Ends
}

// A Stream is a Source that can be read once, front to back: a pipe. Open is
// not called for it.
type Stream interface {
	Source
	Reader() io.Reader
}

// File is a regular file as a Source.
type File struct {
	name, path string
	size       int64
}

// NewSource makes the Source again that had this name and path in another
// process: a folder went as one archive.
func NewSource(name, path string, size int64) Source {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return NewZip(path)
	}
	return NewFile(name, path, size)
}

// NewFile makes a Source of the file at path, which should be absolute. name
// is what the transfer and the download are called.
func NewFile(name, path string, size int64) File { return File{name, path, size} }

// Name implements Source.
func (f File) Name() string { return f.name }

// Path implements Source.
func (f File) Path() string { return f.path }

// Size implements Source.
func (f File) Size() int64 { return f.size }

// Open implements Source. What is not a regular file is refused without
// opening it: opening a FIFO would wait for a writer.
func (f File) Open() (Content, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return nil, fault.FromFile(err, f.path)
	}
	if !info.Mode().IsRegular() {
		return nil, notAFile(f.path, info.Mode())
	}
	file, err := openToRead(f.path)
	if err != nil {
		return nil, fault.FromFile(err, f.path)
	}
	info, err = file.Stat()
	if err != nil {
		file.Close()
		return nil, fault.FromFile(err, f.path)
	}
	return &fileContent{readFile: file, id: Identity{Size: info.Size(), ModTime: info.ModTime()}}, nil
}

type fileContent struct {
	*readFile
	id Identity
}

func (c *fileContent) Identity() Identity { return c.id }

func (c *fileContent) Unchanged() error {
	info, err := c.Stat()
	if err != nil {
		return fault.FromFile(err, c.File.Name())
	}
	if !c.id.Same(Identity{Size: info.Size(), ModTime: info.ModTime()}) {
		return fault.New(fault.Changed, "", fault.Facts{"Path": c.File.Name()}, nil)
	}
	return nil
}

// A Pipe is a Stream: standard input, or whatever a reader gives.
type Pipe struct {
	name string
	r    io.Reader
}

// NewPipe makes a Stream that reads r to its end.
func NewPipe(name string, r io.Reader) *Pipe { return &Pipe{name, r} }

// Name implements Source.
func (p *Pipe) Name() string { return p.name }

// Path implements Source: a stream has none.
func (p *Pipe) Path() string { return "" }

// Size implements Source.
func (p *Pipe) Size() int64 { return -1 }

// Open implements Source.
func (p *Pipe) Open() (Content, error) {
	return nil, fault.New(fault.Unsupported, fault.NoStream, nil, nil)
}

// Reader implements Stream.
func (p *Pipe) Reader() io.Reader { return p.r }

// Refused is a Source that cannot be sent: it fails with its error as soon as
// its turn comes, so that the user sees what became of everything that was dropped.
type Refused struct {
	name, path string
	err        *fault.Error
}

// NewRefused makes a Source that fails with err.
func NewRefused(name, path string, err error) Refused { return Refused{name, path, fault.As(err)} }

// Name implements Source.
func (r Refused) Name() string { return r.name }

// Path implements Source.
func (r Refused) Path() string { return r.path }

// Size implements Source.
func (r Refused) Size() int64 { return 0 }

// Open implements Source.
func (r Refused) Open() (Content, error) { return nil, r.err }

func notAFile(path string, mode os.FileMode) *fault.Error {
	kind := "special file"
	switch {
	case mode.IsDir():
		kind = "folder"
	case mode&os.ModeNamedPipe != 0:
		kind = "pipe"
	case mode&os.ModeSocket != 0:
		kind = "socket"
	case mode&os.ModeDevice != 0:
		kind = "device"
	case mode&os.ModeSymlink != 0:
		kind = "link to a folder"
	}
	return fault.New(fault.Unreadable, fault.NotAFile, fault.Facts{"Path": path, "Kind": kind}, nil)
}

// isWebAddress reports whether a dropped "path" is an address that a browser
// or file manager put there: https://…, smb://….
func isWebAddress(path string) bool {
	scheme, _, ok := strings.Cut(path, "://")
	return ok && len(scheme) > 1 && !strings.ContainsAny(scheme, `/\. `) && !filepath.IsAbs(path)
}
