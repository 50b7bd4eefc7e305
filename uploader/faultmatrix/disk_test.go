package faultmatrix

import (
	"errors"
	"net/http"
	"os"
	"syscall"

	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/storetest"
)

// diskRows are faults of this computer.
var diskRows = []row{
	{name: "file truncated while it is sent", at: elsewhere, setup: whenSent(func(p string) error { return os.Truncate(p, 10) }), want: fails(fault.Changed, 0)},
	{name: "file removed while it is sent", at: elsewhere, setup: whenSent(os.Remove), want: survives()},
	{name: "file replaced while it is sent", at: elsewhere, setup: whenSent(func(p string) error {
		if err := os.WriteFile(p+".new", []byte("other"), 0o600); err != nil {
			return err
		}
		return os.Rename(p+".new", p)
	}), want: survives()},
	{name: "disk fails at the first byte", at: elsewhere, setup: brokenAt(0), want: fails(fault.Unreadable, 0)},
	{name: "disk fails in the middle", at: elsewhere, setup: brokenAt(200 << 10), want: fails(fault.Unreadable, 0)},
	{name: "journal cannot be written", at: elsewhere, setup: func(r *rig) {
		r.options.Journal = fullJournal{}
	}, want: survives()},
}

// whenSent does something to the file while bytes of it are on their way, and
// lets that request fail, so that they are read again.
func whenSent(change func(path string) error) func(*rig) {
	return func(r *rig) {
		r.store.Fault(storetest.On(r.column.carry).Times(1), func(p *storetest.Proxy, w http.ResponseWriter, req *http.Request) {
			if err := change(r.path); err != nil {
				r.t.Error(err)
			}
			storetest.CutAfter(some)(p, w, req)
		})
	}
}

// brokenAt is a disk that cannot be read from an offset on.
func brokenAt(offset int64) func(*rig) {
	return func(r *rig) {
		r.source = brokenFile{r.source.(uploader.File), offset}
	}
}

type brokenFile struct {
	uploader.File
	from int64
}

func (f brokenFile) Open() (uploader.Content, error) {
	c, err := f.File.Open()
	return brokenContent{c, f.from}, err
}

type brokenContent struct {
	uploader.Content
	from int64
}

func (c brokenContent) ReadAt(p []byte, offset int64) (int, error) {
	if offset+int64(len(p)) > c.from {
		return 0, &os.PathError{Op: "read", Path: "k", Err: syscall.EIO}
	}
	return c.Content.ReadAt(p, offset)
}

// fullJournal is a journal without room.
type fullJournal struct{}

var errFull = errors.New("database or disk is full")

func (fullJournal) Note(uploader.Saved)                        {}
func (fullJournal) Save(uploader.Saved) error                  { return errFull }
func (fullJournal) Part(uploader.ID, uploader.SavedPart) error { return errFull }
func (fullJournal) Remove(uploader.ID)                         {}
