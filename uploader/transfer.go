package uploader

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

// Job is what to send where.
type Job struct {
	ID     ID // empty: one is made
	Source Source
	Batch  BatchID
	Group  GroupID
	// Destination is a name for the user and the journal.
	Destination string
	// Open resolves the destination. It is called when the transfer's turn
	// comes, and again after a pause or a failure, and may take long: a keyring
	// may ask for its password.
	Open func(ctx context.Context) (Target, error)
	// Key is the wanted key; a backend may choose another.
	Key string
	// LinkLife is how long the link shall work; 0: as long as the destination says.
	LinkLife time.Duration
}

// part is a part of a transfer. The meter and the atomics may be read at any
// time; the rest belongs to the part's worker until it is acknowledged, and is
// guarded by the transfer's mutex.
type part struct {
	meter
	state    atomic.Uint32 // PartState
	attempts atomic.Int32
	began    atomic.Int64            // when the current attempt began, Unix nanoseconds
	waits    *fault.Error            // what a retrying part waits for, or last failed of
	overtake context.CancelCauseFunc // ends the current attempts; see hedge
	claimed  bool                    // an attempt arrived: a hedge would be too late

	ack    sign.Part
	crc    uint64
	proven bool // its ETag was compared with its MD5
	opaque bool // its ETag is no MD5
	// resumed says that an earlier process had sent it.
	resumed bool
}

// transfer is one source on its way to one object.
type transfer struct {
	id  ID
	e   *Engine
	job Job
	seq int // order of adding

	source Source

	// Counters, written by part workers, read by whoever looks.
	sent    atomic.Int64
	again   atomic.Int64
	cut     atomic.Int64 // when a request last ended unanswered that may yet arrive, Unix nanoseconds; 0: none did
	resumed atomic.Int64 // bytes that an earlier process had sent
	active  atomic.Int32
	retries atomic.Int32
	done    atomic.Int32 // acknowledged parts
	waiting atomic.Int32 // parts that pause before another attempt

	// turn lets one of the transfer's parts at a time wait for a slot, so that
	// transfers, not parts, take turns.
	turn chan struct{}

	// Owned by the goroutine that runs the transfer; others read under mu.
	mu       sync.Mutex
	state    State
	err      *fault.Error
	stop     context.CancelCauseFunc // of the running goroutine; nil: none runs
	unwanted bool                    // cancelled while it ran
	large    bool                    // counts as one, for dispatch
	size     int64
	identity Identity
	plan     Plan
	limits   sign.Limits
	parts    []*part
	partsN   int // of a transfer whose parts were forgotten
	ref      sign.Ref
	begun    bool // ref names something at the store
	restored bool // by an earlier process: not yet compared with the store
	landed   bool // the object may exist
	streamed bool // a stream was read: it cannot be read again
	link     sign.Link
	noLink   bool
	etag     string
	checksum string
	added    time.Time
	started  time.Time
	ended    time.Time
	rate     speedometer
	took     durations // of parts

	content Content // only while it runs
	upload  sign.Upload
	courier *courier
	clock   *Clock
}

// snapshot reads the transfer's state.
func (t *transfer) snapshot(now time.Time) Snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := Snapshot{
		ID: t.id, Group: t.job.Group, Batch: t.job.Batch,
		Name: t.source.Name(), Path: t.source.Path(), Destination: t.job.Destination,
		State: t.state, Size: t.size,
		Sent: t.sent.Load(), Again: t.again.Load(), Resumed: t.resumed.Load(), Left: -1,
		Parts: max(len(t.parts), t.partsN), PartsDone: int(t.done.Load()), PartSize: t.plan.PartSize,
		Active: int(t.active.Load()), Retries: int(t.retries.Load()),
		Bucket: t.ref.Bucket, Key: t.ref.Key, Ref: t.ref, Link: t.link, NoLink: t.noLink, ETag: t.etag, Checksum: t.checksum,
		Added: t.added, Started: t.started, Ended: t.ended, Err: t.err,
	}
	if t.state == Sending {
		t.rate.observe(now, s.Sent+s.Again-s.Resumed)
		s.Speed = t.rate.speed(now)
		if s.Speed > 0 && s.Size >= 0 && now.Sub(t.started) > leftAfter {
			s.Left = time.Duration(float64(s.Size-s.Sent) / s.Speed * float64(time.Second)).Round(time.Second)
		}
		switch waiting := int(t.waiting.Load()); {
		case waiting == 0 || s.Active > 0:
		case t.err != nil && t.err.Class == fault.Unreachable:
			s.State = Offline
		default:
			s.State = Retrying
		}
	}
	if s.State == Sending || s.State == Finishing || s.State == Preparing {
		s.Err = nil
	}
	return s
}

// appendParts adds the parts' states to dst.
func (t *transfer) appendParts(dst []Part) []Part {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, p := range t.parts {
		state := PartState(p.state.Load())
		view := Part{State: state}
		switch state {
		case PartDone:
			view.Fill = 255
		case PartSending:
			if _, size := t.rangeOf(i + 1); size > 0 {
				view.Fill = uint8(min(p.sent.Load()*255/size, 255))
			}
		}
		dst = append(dst, view)
	}
	return dst
}

// appendDetails adds what is known of the parts from..to-1, counted from 0.
func (t *transfer) appendDetails(dst []PartDetail, from, to int, now time.Time) []PartDetail {
	t.mu.Lock()
	defer t.mu.Unlock()
	from, to = max(from, 0), min(to, len(t.parts))
	for i := from; i < to; i++ {
		p := t.parts[i]
		offset, size := t.rangeOf(i + 1)
		d := PartDetail{
			Number: i + 1, Offset: offset, Size: size, State: PartState(p.state.Load()),
			Sent: p.sent.Load(), Attempts: int(p.attempts.Load()), Err: p.waits,
		}
		d.Speed = p.speed(d, now)
		dst = append(dst, d)
	}
	return dst
}

// speed is the mean of the last attempt, as d describes it.
func (p *part) speed(d PartDetail, now time.Time) float64 {
	began := p.began.Load()
	end := now.UnixNano()
	switch d.State {
	case PartDone:
		end = p.moved.Load()
	case PartSending:
	default:
		return 0
	}
	if began == 0 || end <= began {
		return 0 // an earlier process sent it, or it begins just now
	}
	return float64(d.Sent) / time.Duration(end-began).Seconds()
}

// rangeOf is where a part lies; those of a stream follow their own sizes.
func (t *transfer) rangeOf(number int) (offset, size int64) {
	if t.plan.Size >= 0 {
		return t.plan.Range(number)
	}
	for _, p := range t.parts[:number-1] {
		offset += p.ack.Size
	}
	return offset, t.parts[number-1].ack.Size
}

// enter moves a running transfer to a state and tells the watchers.
func (t *transfer) enter(s State) {
	t.mu.Lock()
	t.state = s
	if s == Preparing && t.started.IsZero() {
		t.started = time.Now()
	}
	if s != Sending {
		t.rate.reset()
	}
	t.mu.Unlock()
	t.e.changed(t)
}

// waitFor tells what the transfer, or a part of it, waits for; nil: it goes on.
func (t *transfer) waitFor(p *part, f *fault.Error) {
	if f == nil {
		t.waiting.Add(-1)
		if p != nil {
			p.state.Store(uint32(PartWaiting))
		}
		return
	}
	t.waiting.Add(1)
	t.retries.Add(1)
	t.mu.Lock()
	t.err = f
	if p != nil {
		p.waits = f
		p.state.Store(uint32(PartRetrying))
	}
	t.mu.Unlock()
	t.e.log.Warn("retrying", "transfer", t.id, "code", f.Code, "server", f.Server, "request", f.RequestID, "cause", f.Err)
	t.e.changed(t)
}

func (t *transfer) setObject(etag, crc string) {
	t.mu.Lock()
	t.etag, t.checksum = etag, crc
	t.mu.Unlock()
}
