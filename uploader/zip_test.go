package uploader

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chute/uploader/fault"
)

// tree makes a folder of files, by path and size, of random bytes.
func tree(t testing.TB, files map[string]int) (dir string, content map[string][]byte) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "folder é")
	content = make(map[string][]byte)
	random := rand.NewChaCha8([32]byte{7})
	for name, size := range files {
		data := make([]byte, size)
		random.Read(data)
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o640); err != nil {
			t.Fatal(err)
		}
		content["folder é/"+name] = data
	}
	return dir, content
}

func openZip(t testing.TB, dir string) *zipContent {
	t.Helper()
	c, err := NewZip(dir).Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.(*zipContent)
}

// unpack reads an archive with Go's own reader, CRCs checked.
func unpack(t testing.TB, r io.ReaderAt, size int64) map[string][]byte {
	t.Helper()
	archive, err := zip.NewReader(r, size)
	if err != nil {
		t.Fatal(err)
	}
	mode := fs.FileMode(0o640)
	if runtime.GOOS == "windows" {
		mode = 0o666 // all that a file's attributes tell
	}
	found := make(map[string][]byte)
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if found[f.Name], err = io.ReadAll(in); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if f.Mode() != mode || time.Since(f.Modified).Abs() > time.Hour || f.NonUTF8 {
			t.Errorf("%s: mode %v, time %v, other than UTF-8: %v", f.Name, f.Mode(), f.Modified, f.NonUTF8)
		}
	}
	return found
}

var someFiles = map[string]int{
	"a.txt": 5, "empty": 0, "sub/one": 1, "sub/deep/large.bin": 3<<20 + 17, "日本 🎬+%#.txt": 70_000, "z": wideSize,
}

func TestZip(t *testing.T) {
	dir, want := tree(t, someFiles)
	c := openZip(t, dir)
	var whole bytes.Buffer
	if _, err := io.Copy(&whole, io.NewSectionReader(c, 0, c.size)); err != nil {
		t.Fatal(err)
	}
	if c.reread != 0 {
		t.Errorf("reading from front to back read %d bytes twice", c.reread)
	}
	got := unpack(t, bytes.NewReader(whole.Bytes()), c.size)
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
	for name, data := range want {
		if !bytes.Equal(got[name], data) {
			t.Errorf("%s differs", name)
		}
	}
	// The layout and the bytes are the same again.
	if again := openZip(t, dir); again.Identity() != c.Identity() {
		t.Error("the same folder has another identity")
	} else if data, err := io.ReadAll(io.NewSectionReader(again, 0, again.size)); err != nil || !bytes.Equal(data, whole.Bytes()) {
		t.Errorf("the same folder has other bytes (%v)", err)
	}
	path := filepath.Join(t.TempDir(), "whole.zip")
	if err := os.WriteFile(path, whole.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tool := range [][]string{{"unzip", "-tq", path}, {"python3", "-m", "zipfile", "-t", path}, {"bsdtar", "-tf", path}} {
		if _, err := exec.LookPath(tool[0]); err != nil {
			continue
		}
		if out, err := exec.Command(tool[0], tool[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", tool[0], err, out)
		}
	}
}

// Parts read by several at once, in any order, some of them twice, give the
// same bytes as reading from front to back.
func TestZipInParts(t *testing.T) {
	dir, _ := tree(t, someFiles)
	front := openZip(t, dir)
	want, err := io.ReadAll(io.NewSectionReader(front, 0, front.size))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []int64{1000, 65_536, 1 << 20, front.size} {
		c := openZip(t, dir)
		var starts []int64
		for at := int64(0); at < c.size; at += part {
			starts = append(starts, at)
			if rand.N(4) == 0 {
				starts = append(starts, at) // sent again
			}
		}
		rand.Shuffle(len(starts), func(i, j int) { starts[i], starts[j] = starts[j], starts[i] })
		got := make([]byte, c.size)
		var mu sync.Mutex
		var readers sync.WaitGroup
		work := make(chan int64)
		for range 8 {
			readers.Go(func() {
				for at := range work {
					data, err := io.ReadAll(io.NewSectionReader(c, at, min(part, c.size-at)))
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					copy(got[at:], data)
					mu.Unlock()
				}
			})
		}
		for _, at := range starts {
			work <- at
		}
		close(work)
		readers.Wait()
		if !bytes.Equal(got, want) {
			t.Errorf("parts of %d: the archive differs", part)
		}
	}
}

// After a restart only the rest is sent; what was sent before is read for its
// CRCs, and the archive is whole.
func TestZipResumed(t *testing.T) {
	dir, _ := tree(t, someFiles)
	first := openZip(t, dir)
	const part = 1 << 20
	var whole []byte
	for at := int64(0); at < 2*part; at += part {
		data, _ := io.ReadAll(io.NewSectionReader(first, at, part))
		whole = append(whole, data...)
	}
	c := openZip(t, dir)
	for at := int64(0); at < 2*part; at += part {
		if err := c.resumed(t.Context(), at, part); err != nil {
			t.Fatal(err)
		}
	}
	learnt := c.reread
	rest, err := io.ReadAll(io.NewSectionReader(c, 2*part, c.size))
	if err != nil {
		t.Fatal(err)
	}
	if c.reread != learnt {
		t.Errorf("%d bytes were read twice", c.reread-learnt)
	}
	whole = append(whole, rest...)
	if len(unpack(t, bytes.NewReader(whole), int64(len(whole)))) != len(someFiles) {
		t.Error("files are missing")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.resumed(ctx, 0, part); err != context.Canceled {
		t.Errorf("resumed in spite of the end: %v", err)
	}
}

// A file that changes while its archive is sent is told of.
func TestZipNoticesChanges(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"longer":    func(p string) error { return os.WriteFile(p, make([]byte, 200_000), 0o640) },
		"shorter":   func(p string) error { return os.Truncate(p, 10) },
		"rewritten": func(p string) error { return os.Chtimes(p, time.Time{}, time.Now().Add(time.Hour)) },
		"gone":      os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := tree(t, map[string]int{"a": 100, "b": 100_000})
			c := openZip(t, dir)
			before := c.Identity()
			if err := c.Unchanged(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "b")
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			want := fault.Changed
			if name == "gone" {
				want = fault.Unreadable
			}
			_, err := io.Copy(io.Discard, io.NewSectionReader(c, 0, c.size))
			for _, err := range []error{err, c.Unchanged()} {
				if f := fault.As(err); f == nil || f.Code != want || f.Facts["Path"] != path {
					t.Errorf("%v, want code %s and the path", err, want)
				}
			}
			if name != "gone" && openZip(t, dir).Identity() == before {
				t.Error("the identity did not change")
			}
		})
	}
}

func TestZipRefuses(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("few may make links there, and Wine makes what is none")
	}
	dir, _ := tree(t, map[string]int{"a": 1})
	if err := os.Symlink("nowhere", filepath.Join(dir, "b")); err != nil {
		t.Skip(err)
	}
	if _, err := NewZip(dir).Open(); fault.CodeOf(err) != fault.Unreadable {
		t.Errorf("a folder with a dead link: %v", err)
	}
}

// virtual is a file that only its size is known of.
type virtual struct {
	fs.FileInfo
	size int64
}

func (v virtual) Size() int64        { return v.size }
func (v virtual) ModTime() time.Time { return time.Unix(1_700_000_000, 0) }
func (v virtual) Mode() fs.FileMode  { return 0o640 }

// sparse reads a layout of virtual files, all zeros, whose CRCs do not matter.
type sparse struct{ layout }

func (s *sparse) ReadAt(p []byte, at int64) (int, error) {
	n := 0
	for n < len(p) && at < s.size {
		var record []byte
		var off int64
		switch {
		case at >= s.files+s.central:
			record, off = s.endRecord(), at-s.files-s.central
		case at >= s.files:
			e := &s.entries[s.atCentral(at-s.files)]
			record, off = e.record(0), at-s.files-e.central
		default:
			e := &s.entries[s.at(at)]
			switch {
			case at < e.data():
				record, off = e.local(), at-e.start
			case at < e.data()+e.size:
				record = make([]byte, min(e.data()+e.size-at, int64(len(p))))
			default:
				record, off = e.descriptor(0), at-e.data()-e.size
			}
		}
		m := copy(p[n:], record[off:])
		n, at = n+m, at+int64(m)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Where 32 or 16 bits end, zip64 begins: sizes, positions and counts on both
// sides of the border are read back as they are.
func TestZip64(t *testing.T) {
	for name, sizes := range map[string][]int64{
		"just under 4 GiB":       {math.MaxUint32 - 1, 1},
		"4 GiB less a byte":      {math.MaxUint32, 1},
		"beyond 4 GiB":           {5 << 30, 7, math.MaxUint32 + 1, 3},
		"position beyond 4 GiB":  {math.MaxUint32 - 1, math.MaxUint32 - 1, 9},
		"48.8 TiB":               {48 << 40, 1},
		"65,534 files":           make([]int64, math.MaxUint16-1),
		"65,535 files":           make([]int64, math.MaxUint16),
		"65,536 files":           make([]int64, math.MaxUint16+1),
		"no file":                nil,
		"directory beyond 4 GiB": {math.MaxUint32 - 200, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var s sparse
			for i, size := range sizes {
				s.add(fmt.Sprintf("folder/%d", i), "", virtual{size: size})
			}
			s.close()
			archive, err := zip.NewReader(&s, s.size)
			if err != nil {
				t.Fatal(err)
			}
			if len(archive.File) != len(sizes) {
				t.Fatalf("%d files, want %d", len(archive.File), len(sizes))
			}
			for i, f := range archive.File {
				if i > 10 && i < len(sizes)-10 {
					continue
				}
				at, err := f.DataOffset()
				if err != nil || f.UncompressedSize64 != uint64(sizes[i]) || at != s.entries[i].data() {
					t.Fatalf("%s: %d bytes at %d, want %d at %d (%v)", f.Name, f.UncompressedSize64, at, sizes[i], s.entries[i].data(), err)
				}
				if r, err := f.OpenRaw(); err != nil {
					t.Fatal(err)
				} else if _, err := io.CopyN(io.Discard, r, min(10, sizes[i])); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// Whatever order runs of a file become known in, they end up as one whose CRC
// is the file's.
func FuzzPieces(f *testing.F) {
	f.Add([]byte("hello, world, this is a file"), uint64(1), uint8(3))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64, step uint8) {
		random := rand.New(rand.NewPCG(seed, 0))
		var runs []piece
		for at := 0; at < len(data); {
			n := min(1+random.IntN(int(step)+1), len(data)-at)
			runs = append(runs, piece{int64(at), int64(n), crc32.ChecksumIEEE(data[at : at+n])})
			at += n
		}
		runs = slices.Concat(runs, runs[:len(runs)/2])
		random.Shuffle(len(runs), func(i, j int) { runs[i], runs[j] = runs[j], runs[i] })
		var p pieces
		for i, r := range runs {
			p = p.add(r)
			if !slices.IsSortedFunc(p, func(a, b piece) int { return int(a.offset - b.offset) }) {
				t.Fatalf("after %d runs: %v", i+1, p)
			}
		}
		if _, gap := p.gap(int64(len(data))); gap != 0 {
			t.Fatalf("%d bytes are not known: %v", gap, p)
		}
		if len(data) > 0 && (len(p) != 1 || p[0].crc != crc32.ChecksumIEEE(data)) {
			t.Errorf("%v, want %08x", p, crc32.ChecksumIEEE(data))
		}
	})
}

func TestZipSource(t *testing.T) {
	dir, _ := tree(t, map[string]int{"a": 1})
	z := NewSource("folder é.zip", dir, 100)
	if z.Name() != "folder é.zip" || z.Path() != dir || z.Size() != -1 {
		t.Errorf("%q %q %d", z.Name(), z.Path(), z.Size())
	}
	if f := NewSource("a", filepath.Join(dir, "a"), 1); f.Size() != 1 || !strings.HasSuffix(f.Path(), "a") {
		t.Errorf("a file became %v", f)
	}
}
