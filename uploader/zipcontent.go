package uploader

import (
	"context"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"sync"

	"chute/uploader/checksum"
	"chute/uploader/fault"
)

// zipContent reads an archive out of the files of its layout. The CRC of a
// file stands behind its data and in the central directory: it is put together
// from what is read anyway, in whatever order the parts are sent. Only what
// nobody has read by the time it is asked for is read once more for it.
type zipContent struct {
	layout

	mu      sync.Mutex // guards the entries' sums
	reread  int64      // bytes read for a CRC alone
	opening sync.Mutex
	open    *readFile // the file that was read last
	opened  int       // its index
}

// piece is a run of bytes of a file whose CRC is known.
type piece struct {
	offset, size int64
	crc          uint32
}

// pieces are runs of one file in order, none touching the next.
type pieces []piece

// add takes in another run. What is known already changes nothing.
func (p pieces) add(n piece) pieces {
	if n.size == 0 {
		return p
	}
	i, _ := slices.BinarySearchFunc(p, n.offset, func(a piece, offset int64) int {
		if a.offset <= offset {
			return -1
		}
		return 1
	})
	if i > 0 && p[i-1].offset+p[i-1].size > n.offset || i < len(p) && n.offset+n.size > p[i].offset {
		return p // a part that is sent again
	}
	p = slices.Insert(p, i, n)
	if i+1 < len(p) && n.offset+n.size == p[i+1].offset {
		p[i] = join(p[i], p[i+1])
		p = slices.Delete(p, i+1, i+2)
	}
	if i > 0 && p[i-1].offset+p[i-1].size == p[i].offset {
		p[i-1] = join(p[i-1], p[i])
		p = slices.Delete(p, i, i+1)
	}
	return p
}

func join(a, b piece) piece {
	return piece{a.offset, a.size + b.size, checksum.CombineCRC32(a.crc, b.crc, b.size)}
}

// gap is the first run, from a file's beginning on, whose CRC is not known.
func (p pieces) gap(size int64) (offset, length int64) {
	if len(p) == 0 {
		return 0, size
	}
	if p[0].offset > 0 {
		return 0, p[0].offset
	}
	if len(p) == 1 {
		return p[0].size, size - p[0].size
	}
	return p[0].size, p[1].offset - p[0].size
}

// Identity implements Content.
func (c *zipContent) Identity() Identity { return c.identity() }

// Close implements Content.
func (c *zipContent) Close() error {
	c.opening.Lock()
	defer c.opening.Unlock()
	if c.open == nil {
		return nil
	}
	err := c.open.Close()
	c.open = nil
	return err
}

// Unchanged implements Content.
func (c *zipContent) Unchanged() error {
	for i := range c.entries {
		e := &c.entries[i]
		info, err := os.Stat(e.path)
		if err != nil {
			return fault.FromFile(err, e.path)
		}
		if info.Size() != e.size || !info.ModTime().Equal(e.modified) {
			return e.changed()
		}
	}
	return nil
}

func (e *entry) changed() error {
	return fault.New(fault.Changed, "", fault.Facts{"Path": e.path}, nil)
}

// ReadAt implements Content.
func (c *zipContent) ReadAt(p []byte, position int64) (int, error) {
	done := 0
	for done < len(p) && position < c.size {
		n, err := c.readSome(p[done:], position)
		done += n
		position += int64(n)
		if err != nil {
			return done, err
		}
	}
	if done < len(p) {
		return done, io.EOF
	}
	return done, nil
}

// readSome reads from one record or one file.
func (c *zipContent) readSome(p []byte, position int64) (int, error) {
	if position >= c.files+c.central {
		return copy(p, c.endRecord()[position-c.files-c.central:]), nil
	}
	if position >= c.files {
		i := c.atCentral(position - c.files)
		crc, err := c.crc(i)
		if err != nil {
			return 0, err
		}
		e := &c.entries[i]
		return copy(p, e.record(crc)[position-c.files-e.central:]), nil
	}
	i := c.at(position)
	e := &c.entries[i]
	switch data := e.data(); {
	case position < data:
		return copy(p, e.local()[position-e.start:]), nil
	case position < data+e.size:
		p = p[:min(int64(len(p)), data+e.size-position)]
		return len(p), c.read(i, p, position-data)
	default:
		crc, err := c.crc(i)
		if err != nil {
			return 0, err
		}
		return copy(p, e.descriptor(crc)[position-data-e.size:]), nil
	}
}

// read reads data of a file, and learns from it.
func (c *zipContent) read(i int, p []byte, offset int64) error {
	e := &c.entries[i]
	file, err := c.file(i)
	if err != nil {
		return err
	}
	_, err = file.ReadAt(p, offset)
	if errors.Is(err, os.ErrClosed) { // another part needed another file
		if file, err = openToRead(e.path); err == nil {
			_, err = file.ReadAt(p, offset)
			file.Close()
		}
	}
	if err == io.EOF {
		return e.changed() // it got shorter
	}
	if err != nil {
		return fault.FromFile(err, e.path)
	}
	crc := crc32.ChecksumIEEE(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	e.sum = e.sum.add(piece{offset, int64(len(p)), crc})
	return nil
}

// file opens a file of the archive. The one that was opened last stays open
// until another is asked for: parts of one large file follow each other.
func (c *zipContent) file(i int) (*readFile, error) {
	c.opening.Lock()
	defer c.opening.Unlock()
	if c.open != nil && c.opened == i {
		return c.open, nil
	}
	e := &c.entries[i]
	file, err := openToRead(e.path)
	if err != nil {
		return nil, fault.FromFile(err, e.path)
	}
	info, err := file.Stat()
	if err == nil && (info.Size() != e.size || !info.ModTime().Equal(e.modified)) {
		err = e.changed()
	}
	if err != nil {
		file.Close()
		return nil, fault.FromFile(err, e.path)
	}
	if c.open != nil {
		c.open.Close()
	}
	c.open, c.opened = file, i
	return file, nil
}

// crc returns the CRC of a whole file.
func (c *zipContent) crc(i int) (uint32, error) {
	e := &c.entries[i]
	for {
		c.mu.Lock()
		offset, length := e.sum.gap(e.size)
		var crc uint32
		if len(e.sum) > 0 {
			crc = e.sum[0].crc
		}
		c.mu.Unlock()
		if length == 0 {
			return crc, nil
		}
		if err := c.learn(context.Background(), i, offset, length); err != nil {
			return 0, err
		}
	}
}

// learn reads data of a file for its CRC alone.
func (c *zipContent) learn(ctx context.Context, i int, offset, length int64) error {
	buf := wideBuffers.Get().(*[wideSize]byte)
	defer wideBuffers.Put(buf)
	for length > 0 {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		n := min(length, wideSize)
		if err := c.read(i, buf[:n], offset); err != nil {
			return err
		}
		c.mu.Lock()
		c.reread += n
		c.mu.Unlock()
		offset, length = offset+n, length-n
	}
	return nil
}

// resumed reads what an earlier process has sent, from offset on, for the CRCs
// that come later.
func (c *zipContent) resumed(ctx context.Context, offset, size int64) error {
	for i := max(c.at(offset), 0); i < len(c.entries) && c.entries[i].start < offset+size; i++ {
		e := &c.entries[i]
		from, to := max(offset-e.data(), 0), min(offset+size-e.data(), e.size)
		if to > from {
			if err := c.learn(ctx, i, from, to-from); err != nil {
				return err
			}
		}
	}
	return nil
}
