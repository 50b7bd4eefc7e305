package uploader

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"sort"
	"time"

	"chute/uploader/fault"
)

// Zip is a folder as a Source: one zip archive of it that never exists. Its
// layout is settled before the first byte is sent, by names and sizes alone, so
// that any part of it can be read, and read again, straight from the files.
//
// The files are stored as they are: what is large is mostly compressed
// already, and only so is every position known beforehand.
type Zip struct{ dir string }

// NewZip makes a Source of the folder dir, an absolute path.
func NewZip(dir string) Zip { return Zip{dir} }

// Name implements Source.
func (z Zip) Name() string { return filepath.Base(z.dir) + ".zip" }

// Path implements Source: it is the folder's.
func (z Zip) Path() string { return z.dir }

// Size implements Source: it is not known before the folder was read.
func (z Zip) Size() int64 { return -1 }

// Open implements Source. It reads the whole folder, but none of its files.
// One file that cannot be sent fails it all: nobody would notice that it is
// missing. It takes about 400 bytes of memory a file.
func (z Zip) Open() (Content, error) {
	var l layout
	for f := range Walk(z.dir) {
		if refused, ok := f.Source.(Refused); ok {
			return nil, refused.err
		}
		info, err := os.Stat(f.Source.Path())
		if err != nil {
			return nil, fault.FromFile(err, f.Source.Path())
		}
		l.add(f.Source.Name(), f.Source.Path(), info)
	}
	l.close()
	return &zipContent{layout: l}, nil
}

// entry is a file in the archive.
type entry struct {
	name, path string
	size       int64
	modified   time.Time
	mode       fs.FileMode
	start      int64 // of the local header, in the archive
	central    int64 // of its record in the central directory, from that one's start
	sum        pieces
}

// layout says what stands where in an archive.
//
//	local header, data, data descriptor   of each file
//	central directory                     a record of each file
//	end
type layout struct {
	entries  []entry
	files    int64     // length of what comes before the central directory
	central  int64     // length of the central directory
	size     int64     // of the archive
	modified time.Time // the latest of the files'
	names    hash.Hash // of names, sizes and times
}

// Lengths and marks of the records, from the zip specification (APPNOTE.TXT).
const (
	localLen       = 30
	centralLen     = 46
	endLen         = 22
	end64Len       = 56
	locator64Len   = 20
	descriptorLen  = 16
	descriptor64   = 24
	timeExtraLen   = 9
	zip64ExtraLen  = 28
	localMark      = 0x04034b50
	descriptorMark = 0x08074b50
	centralMark    = 0x02014b50
	end64Mark      = 0x06064b50
	locator64Mark  = 0x07064b50
	endMark        = 0x06054b50

	version20 = 20 // what reading needs: the usual
	version45 = 45 // zip64
	madeUnix  = 3 << 8

	// Bit 3: sizes and CRC come after the data. Bit 11: names are UTF-8.
	entryFlags = 0x8 | 0x800
)

// add puts a file at the end of the archive.
func (l *layout) add(name, path string, info fs.FileInfo) {
	if l.names == nil {
		l.names = sha256.New()
	}
	e := entry{name: name, path: path, size: info.Size(), modified: info.ModTime(), mode: info.Mode(), start: l.files, central: l.central}
	l.entries = append(l.entries, e)
	l.files = e.end()
	l.central += e.centralLen()
	if e.modified.After(l.modified) {
		l.modified = e.modified
	}
	fmt.Fprintf(l.names, "%q %d %d\n", name, e.size, e.modified.UnixNano())
}

func (l *layout) close() {
	if l.names == nil {
		l.names = sha256.New()
	}
	l.size = l.files + l.central + int64(len(l.endRecord()))
}

// identity tells two layouts apart: in equal ones every byte is where it was.
func (l *layout) identity() Identity {
	return Identity{Size: l.size, ModTime: l.modified, Ends: hex.EncodeToString(l.names.Sum(nil))}
}

// at returns the index of the entry that holds a position before l.files.
func (l *layout) at(position int64) int {
	return sort.Search(len(l.entries), func(i int) bool { return l.entries[i].start > position }) - 1
}

// atCentral returns the index of the entry whose record holds a position of
// the central directory.
func (l *layout) atCentral(position int64) int {
	return sort.Search(len(l.entries), func(i int) bool { return l.entries[i].central > position }) - 1
}

// big says that the sizes need zip64's fields.
func (e *entry) big() bool { return e.size >= math.MaxUint32 }

func (e *entry) data() int64 { return e.start + localLen + int64(len(e.name)) + timeExtraLen }

func (e *entry) end() int64 { return e.data() + e.size + e.descriptorLen() }

func (e *entry) descriptorLen() int64 {
	if e.big() {
		return descriptor64
	}
	return descriptorLen
}

// far says that the record in the central directory needs zip64's fields.
func (e *entry) far() bool { return e.big() || e.start >= math.MaxUint32 }

func (e *entry) centralLen() int64 {
	n := centralLen + int64(len(e.name)) + timeExtraLen
	if e.far() {
		n += zip64ExtraLen
	}
	return n
}

func (e *entry) version() uint16 {
	if e.far() {
		return version45
	}
	return version20
}

var little = binary.LittleEndian

// local is the local header. Sizes and CRC are zero in it.
func (e *entry) local() []byte {
	b := make([]byte, 0, localLen+len(e.name)+timeExtraLen)
	b = little.AppendUint32(b, localMark)
	b = little.AppendUint16(b, e.version())
	b = little.AppendUint16(b, entryFlags)
	b = little.AppendUint16(b, zip.Store)
	b = e.appendTimes(b)
	b = append(b, make([]byte, 12)...)
	b = little.AppendUint16(b, uint16(len(e.name)))
	b = little.AppendUint16(b, timeExtraLen)
	b = append(b, e.name...)
	return e.appendTimeExtra(b)
}

// descriptor is what follows the data.
func (e *entry) descriptor(crc uint32) []byte {
	b := little.AppendUint32(nil, descriptorMark)
	b = little.AppendUint32(b, crc)
	if e.big() {
		b = little.AppendUint64(b, uint64(e.size))
		return little.AppendUint64(b, uint64(e.size))
	}
	b = little.AppendUint32(b, uint32(e.size))
	return little.AppendUint32(b, uint32(e.size))
}

// record is the entry's part of the central directory.
func (e *entry) record(crc uint32) []byte {
	size, start, extra := uint32(e.size), uint32(e.start), timeExtraLen
	if e.far() {
		size, start = math.MaxUint32, math.MaxUint32
		extra += zip64ExtraLen
	}
	b := make([]byte, 0, e.centralLen())
	b = little.AppendUint32(b, centralMark)
	b = little.AppendUint16(b, madeUnix|e.version())
	b = little.AppendUint16(b, e.version())
	b = little.AppendUint16(b, entryFlags)
	b = little.AppendUint16(b, zip.Store)
	b = e.appendTimes(b)
	b = little.AppendUint32(b, crc)
	b = little.AppendUint32(b, size)
	b = little.AppendUint32(b, size)
	b = little.AppendUint16(b, uint16(len(e.name)))
	b = little.AppendUint16(b, uint16(extra))
	b = append(b, make([]byte, 6)...) // comment, disk, internal attributes
	b = little.AppendUint32(b, (0o100000|uint32(e.mode.Perm()))<<16)
	b = little.AppendUint32(b, start)
	b = append(b, e.name...)
	b = e.appendTimeExtra(b)
	if e.far() {
		b = little.AppendUint16(b, 1)
		b = little.AppendUint16(b, zip64ExtraLen-4)
		b = little.AppendUint64(b, uint64(e.size))
		b = little.AppendUint64(b, uint64(e.size))
		b = little.AppendUint64(b, uint64(e.start))
	}
	return b
}

// appendTimes writes the time as MS-DOS has it: local, in steps of two
// seconds, from 1980 on.
func (e *entry) appendTimes(b []byte) []byte {
	t := e.modified.UTC() // so that the bytes do not depend on the time zone
	if t.Year() < 1980 {
		t = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	b = little.AppendUint16(b, uint16(t.Second()/2|t.Minute()<<5|t.Hour()<<11))
	return little.AppendUint16(b, uint16(t.Day()|int(t.Month())<<5|(min(t.Year(), 2107)-1980)<<9))
}

// appendTimeExtra writes the extended timestamp, which is exact: Unix seconds.
func (e *entry) appendTimeExtra(b []byte) []byte {
	b = little.AppendUint16(b, 0x5455)
	b = little.AppendUint16(b, timeExtraLen-4)
	b = append(b, 1) // the time of modification
	return little.AppendUint32(b, uint32(e.modified.Unix()))
}

// endRecord is the end of the archive.
func (l *layout) endRecord() []byte {
	records, size, start := uint64(len(l.entries)), uint64(l.central), uint64(l.files)
	var b []byte
	if records >= math.MaxUint16 || size >= math.MaxUint32 || start >= math.MaxUint32 {
		b = little.AppendUint32(b, end64Mark)
		b = little.AppendUint64(b, end64Len-12)
		b = little.AppendUint16(b, madeUnix|version45)
		b = little.AppendUint16(b, version45)
		b = append(b, make([]byte, 8)...) // disks
		b = little.AppendUint64(b, records)
		b = little.AppendUint64(b, records)
		b = little.AppendUint64(b, size)
		b = little.AppendUint64(b, start)
		b = little.AppendUint32(b, locator64Mark)
		b = little.AppendUint32(b, 0)
		b = little.AppendUint64(b, start+size)
		b = little.AppendUint32(b, 1)
		records, size, start = math.MaxUint16, math.MaxUint32, math.MaxUint32
	}
	b = little.AppendUint32(b, endMark)
	b = append(b, make([]byte, 4)...)
	b = little.AppendUint16(b, uint16(records))
	b = little.AppendUint16(b, uint16(records))
	b = little.AppendUint32(b, uint32(size))
	b = little.AppendUint32(b, uint32(start))
	return little.AppendUint16(b, 0) // no comment
}
