package uploader

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

// Journal keeps what it takes to go on with transfers after their process has
// ended, however it ended. An engine calls it from many goroutines. A failing
// journal does not stop a transfer: that can then not be resumed, which is in
// the log.
type Journal interface {
	// Note keeps a transfer soon: losing the last moment's is no harm.
	Note(s Saved)
	// Save keeps a transfer, and forgets its parts unless they are of the same
	// upload. It is on disk when Save returns.
	Save(s Saved) error
	// Part keeps an acknowledged part. It is on disk when Part returns.
	Part(id ID, p SavedPart) error
	// Remove forgets a transfer soon: one that has ended is harmless, since
	// resuming finds its object in the store.
	Remove(id ID)
}

// Saved is a transfer as the journal keeps it. It holds no secret.
type Saved struct {
	ID          ID
	Destination string
	Name, Path  string // see Source; only sources with a path are kept
	Key         string // wanted
	LinkLife    time.Duration
	Added       time.Time
	Size        int64
	// Begun says that Ref names an upload at the store, sent by Plan from a
	// file that had Identity.
	Begun    bool
	Ref      sign.Ref
	Plan     Plan
	Identity Identity
}

// SavedPart is an acknowledged part as the journal keeps it.
type SavedPart struct {
	Ack    sign.Part
	CRC    uint64 // CRC-64/NVME of the bytes as they were read
	Proven bool   // its ETag was compared with its MD5
	Opaque bool   // its ETag is no MD5
}

// identityEnds is how much of a file's beginning and of its end is hashed to
// tell it from another of the same size and time.
const identityEnds = 64 << 10

// hashEnds hashes the first and the last identityEnds bytes of a file.
func hashEnds(r io.ReaderAt, size int64) (string, error) {
	sum := sha256.New()
	for _, offset := range []int64{0, max(0, size-identityEnds)} {
		if _, err := io.Copy(sum, io.NewSectionReader(r, offset, identityEnds)); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Identify tells a file apart from others, with the hash of its ends. It reads
// at most 128 KiB. Its errors are *fault.Error.
func Identify(path string) (Identity, error) {
	content, err := NewFile("", path, 0).Open()
	if err != nil {
		return Identity{}, err
	}
	defer content.Close()
	id := content.Identity()
	if id.Ends, err = hashEnds(content, id.Size); err != nil {
		return Identity{}, fault.FromFile(err, path)
	}
	return id, nil
}

// Restore queues a transfer that an earlier process began. What it had sent
// counts, if file and store still have it.
func (e *Engine) Restore(j Job, s Saved, parts []SavedPart) ID {
	return e.queue(e.restored(j, s, parts))
}

// RestorePaused is Restore, but the transfer waits for Resume or Cancel.
func (e *Engine) RestorePaused(j Job, s Saved, parts []SavedPart) ID {
	t := e.restored(j, s, parts)
	t.state = Paused
	return e.queue(t)
}

func (e *Engine) restored(j Job, s Saved, parts []SavedPart) *transfer {
	j.ID, j.Key, j.LinkLife = s.ID, s.Key, s.LinkLife
	t := e.newTransfer(j)
	t.added, t.restored = s.Added, true
	if s.Begun && s.Ref.UploadID != "" && s.Plan.cuts() {
		t.begun = true
		t.ref, t.plan, t.identity, t.size = s.Ref, s.Plan, s.Identity, s.Plan.Size
		t.parts = newParts(s.Plan.Requests())
		for _, p := range parts {
			if n := p.Ack.Number; n < 1 || n > len(t.parts) || PartState(t.parts[n-1].state.Load()) == PartDone {
				continue
			} else if _, size := s.Plan.Range(n); p.Ack.Size == size {
				t.restorePart(t.parts[n-1], p)
			}
		}
	}
	return t
}

func (t *transfer) restorePart(p *part, s SavedPart) {
	p.ack, p.crc, p.proven, p.opaque, p.resumed = s.Ack, s.CRC, s.Proven, s.Opaque, true
	p.state.Store(uint32(PartDone))
	t.done.Add(1)
	t.sent.Add(s.Ack.Size)
	t.resumed.Add(s.Ack.Size)
}

// compare lets only those parts count that the store has as well, and reports
// whether others had counted.
func (t *transfer) compare(stored []sign.Part) (lost bool) {
	at := make(map[int]sign.Part, len(stored))
	for _, p := range stored {
		at[p.Number] = p
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.parts {
		if PartState(p.state.Load()) != PartDone {
			continue
		}
		if got := at[p.ack.Number]; got.Size != p.ack.Size && got.Size >= 0 || !sameETag(got.ETag, p.ack.ETag) {
			p.state.Store(uint32(PartWaiting))
			t.done.Add(-1)
			p.meter.sent.Store(0)
			t.sent.Add(-p.ack.Size)
			if p.resumed {
				t.resumed.Add(-p.ack.Size)
			} else {
				t.again.Add(p.ack.Size)
			}
			lost = true
		}
	}
	t.restored = false
	return lost
}

// sameETag compares ETags, which some stores list without their quotes.
func sameETag(a, b string) bool { return strings.Trim(a, `"`) == strings.Trim(b, `"`) }

// saved is what the journal keeps of the transfer. The caller holds t.mu.
func (t *transfer) saved() Saved {
	return Saved{
		ID: t.id, Destination: t.job.Destination, Name: t.source.Name(), Path: t.source.Path(), Key: t.job.Key,
		LinkLife: t.job.LinkLife, Added: t.added, Size: t.size,
		Begun: t.begun, Ref: t.ref, Plan: t.plan, Identity: t.identity,
	}
}

// journalled reports whether the transfer can be resumed by another process.
func (t *transfer) journalled() bool { return t.e.options.Journal != nil && t.source.Path() != "" }

// save puts the transfer as it stands into the journal.
func (t *transfer) save() {
	if !t.journalled() {
		return
	}
	t.mu.Lock()
	s := t.saved()
	t.mu.Unlock()
	if err := t.e.options.Journal.Save(s); err != nil {
		t.e.log.Error("journal", "transfer", t.id, "cause", err)
	}
}

// savePart puts an acknowledged part into the journal.
func (t *transfer) savePart(p *part) {
	if !t.journalled() || t.plan.Parts == 0 {
		return
	}
	err := t.e.options.Journal.Part(t.id, SavedPart{Ack: p.ack, CRC: p.crc, Proven: p.proven, Opaque: p.opaque})
	if err != nil {
		t.e.log.Error("journal", "transfer", t.id, "part", p.ack.Number, "cause", err)
	}
}
