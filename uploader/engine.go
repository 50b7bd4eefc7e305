// Package uploader moves files to S3 by presigned requests: it plans parts,
// keeps one pool of request slots for all transfers, retries, verifies, and
// gives links. It knows no user interface, settings or keyring, and never sees
// a credential: a [sign.Signer] issues every request.
//
// Progress is pulled: workers count with atomics, and whoever shows them reads
// snapshots at their own pace through a [Watcher].
package uploader

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"chute/uploader/fault"
	"chute/uploader/internal/haste"
	"chute/uploader/sign"
)

// Target is a resolved destination.
type Target struct {
	Signer sign.Signer
	// Transport carries the bytes; see NewTransport. Targets that share one
	// share its connections.
	Transport http.RoundTripper
	// Clock learns the store's time; nil: it is this computer's.
	Clock *Clock
}

// Options are what an Engine needs. The zero Options work.
type Options struct {
	Speed Speed // 0: Normal
	// Fixed keeps Speed requests under way from the start, to measure what
	// finding their number costs.
	Fixed bool
	Log   *slog.Logger // nil: none; it gets no secret and no signed URL
	// TempDir holds parts of streams while they are sent; empty: the system's.
	TempDir string
	// Agent is the User-Agent of requests to stores.
	Agent string
	// KeepFailed keeps what a failed transfer has sent, so that Retry goes on
	// from there, until Remove or Close. Without it the store is cleaned at once.
	KeepFailed bool
	// Patient waits without end for a store that was not reached yet in this
	// run, too. Without it that is a failure after a few tries: the address is
	// likely wrong.
	Patient bool
	// Journal makes transfers outlive the process; nil: they end with it.
	Journal Journal
	// Ended is called once for each end of a transfer, from its own
	// goroutine, which Close waits for; nil: nobody is told.
	Ended func(Snapshot)
}

// Engine runs transfers. Its methods may be called from any goroutine and do
// no I/O on it.
type Engine struct {
	options Options
	log     *slog.Logger
	slots   *slots
	pace    *pace
	line    *line

	mu        sync.Mutex
	transfers map[ID]*transfer
	nextSeq   int
	// Queued transfers wait in two lines, so that small files go out beside
	// large ones and a few large ones are finished before the next begin.
	small, large []*transfer
	running      int
	unwatchLine  context.CancelFunc // while any runs
	runningLarge int
	closed       bool
	watchers     map[*Watcher]struct{}
	proofs       map[string]proof // by destination
	answered     map[string]bool  // by destination; false: a transfer was given up for its silence
	couriers     map[http.RoundTripper]*courier
	work         sync.WaitGroup
	open         map[*transfer]struct{} // not ended yet
	fewer        *sync.Cond             // of open
}

// largeAtOnce is how many multipart transfers run at a time: one fills the
// line, the second covers the first's beginning and end.
const largeAtOnce = 2

// New makes an engine that waits for work.
func New(o Options) *Engine {
	e := &Engine{
		options: o, log: o.Log, slots: newSlots(cmp.Or(o.Speed, Normal), o.Fixed), pace: newPace(), line: newLine(),
		transfers: make(map[ID]*transfer), watchers: make(map[*Watcher]struct{}),
		open: make(map[*transfer]struct{}), answered: make(map[string]bool),
		proofs: make(map[string]proof), couriers: make(map[http.RoundTripper]*courier),
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	e.fewer = sync.NewCond(&e.mu)
	return e
}

// NewID makes the name of a transfer: 40 random bits that can be typed.
func NewID() ID { return ID(strings.ToLower(rand.Text()[:8])) }

// Add queues a transfer.
func (e *Engine) Add(j Job) ID {
	t := e.newTransfer(j)
	if t.journalled() {
		e.options.Journal.Note(t.saved())
	}
	return e.queue(t)
}

func (e *Engine) newTransfer(j Job) *transfer {
	if j.ID == "" {
		j.ID = NewID()
	}
	return &transfer{
		id: j.ID, e: e, job: j, source: j.Source, size: j.Source.Size(),
		turn: make(chan struct{}, 1), added: time.Now(),
	}
}

func (e *Engine) queue(t *transfer) ID {
	e.mu.Lock()
	t.seq = e.nextSeq
	e.nextSeq++
	e.transfers[t.id] = t
	e.open[t] = struct{}{}
	e.enqueue(t)
	e.mu.Unlock()
	e.changed(t)
	e.dispatch()
	return t.id
}

// enqueue puts t at the end of its line. The caller holds e.mu.
func (e *Engine) enqueue(t *transfer) {
	if t.isLarge() {
		e.large = append(e.large, t)
	} else {
		e.small = append(e.small, t)
	}
}

func (t *transfer) isLarge() bool { return Multipart(t.size) }

// dispatch starts queued transfers as long as there is room.
func (e *Engine) dispatch() {
	e.mu.Lock()
	defer e.mu.Unlock()
	// A transfer spends part of its time without a slot, signing and
	// completing; a few more than there are slots keep the slots busy.
	room := e.slots.size() + e.slots.size()/2
	for !e.closed && e.running < room {
		t := e.next()
		if t == nil {
			return
		}
		ctx, stop := context.WithCancelCause(context.Background())
		t.mu.Lock()
		t.stop, t.large = stop, t.isLarge()
		t.mu.Unlock()
		if e.running++; e.running == 1 {
			e.watchLine()
		}
		if t.large {
			e.runningLarge++
		}
		e.work.Go(func() { e.drive(ctx, t) })
	}
}

// watchLine watches for changes of the line until unwatchLine. The caller
// holds e.mu.
func (e *Engine) watchLine() {
	ctx, stop := context.WithCancel(context.Background())
	e.unwatchLine = stop
	e.work.Go(func() { e.line.watch(ctx, e.renew) })
}

// next takes the first transfer that may start. The caller holds e.mu.
func (e *Engine) next() *transfer {
	take := func(line *[]*transfer) *transfer {
		for len(*line) > 0 {
			t := (*line)[0]
			(*line)[0], *line = nil, (*line)[1:]
			t.mu.Lock()
			ready := t.state == Queued && t.stop == nil
			t.mu.Unlock()
			if ready {
				return t
			}
		}
		return nil
	}
	if e.runningLarge < largeAtOnce {
		if t := take(&e.large); t != nil {
			return t
		}
	}
	return take(&e.small)
}

// drive runs a transfer and files it under how that ended.
func (e *Engine) drive(ctx context.Context, t *transfer) {
	err := t.run(ctx)
	t.mu.Lock()
	if err != nil && t.unwanted {
		err = errCancelled // it may have been paused first
	}
	t.mu.Unlock()
	var told Snapshot
	switch {
	case err == nil:
		told = e.settle(t, Done, nil)
	case errors.Is(err, errPaused), errors.Is(err, errClosing) && t.journalled():
		told = e.settle(t, Paused, nil)
	case errors.Is(err, errCancelled), errors.Is(err, errClosing):
		e.clean(t.takeLeft())
		told = e.settle(t, Cancelled, fault.New(fault.Cancelled, "", nil, nil))
	default:
		f := fault.As(err)
		e.log.Error("failed", "transfer", t.id, "cause", err)
		if f.Class == fault.Unreachable {
			e.gaveUp(t.job.Destination)
		}
		if !e.options.KeepFailed || final(f) {
			e.clean(t.takeLeft())
		}
		told = e.settle(t, Failed, f)
	}
	e.mu.Lock()
	if e.running--; e.running == 0 {
		e.unwatchLine()
	}
	if t.large {
		e.runningLarge--
	}
	e.mu.Unlock()
	e.dispatch()
	// Whoever is told may take long, to put it on disk for instance: that holds
	// up nobody's turn.
	if !told.State.Ended() {
		return
	}
	if e.options.Ended != nil {
		e.options.Ended(told)
	}
	if t.journalled() && !told.resumable() {
		e.options.Journal.Remove(t.id)
	}
}

// resumable says that the store has something of an ended transfer that Retry
// can go on with.
func (s Snapshot) resumable() bool { return s.State == Failed && s.Ref.Key != "" }

// final says that what was sent is of no use to another try.
func final(f *fault.Error) bool {
	switch f.Code {
	case fault.Changed, fault.Checksum, fault.TooLarge, fault.WrongType, fault.Unreadable, fault.Unsupported:
		return true
	default:
		return false
	}
}

// settle ends a run: the memory of parts is freed. State and the end of the
// run become visible together, so that nobody takes a finished transfer for an
// abandoned one. It returns the transfer as it is then.
func (e *Engine) settle(t *transfer, state State, f *fault.Error) Snapshot {
	e.mu.Lock()
	defer e.mu.Unlock()
	t.mu.Lock()
	t.state, t.err, t.stop, t.upload = state, f, nil, nil
	t.waiting.Store(0)
	t.rate.reset()
	if state == Done {
		t.size = t.plan.Size
		t.partsN, t.parts = len(t.parts), nil
	}
	if state.Ended() {
		t.ended = time.Now()
		e.close(t)
	}
	t.mu.Unlock()
	e.touch(t)
	return t.snapshot(time.Now())
}

// close takes t off the list of those that Wait and Room wait for. The caller holds e.mu.
func (e *Engine) close(t *transfer) {
	delete(e.open, t)
	e.fewer.Broadcast()
}

// abandon cleans the store of a transfer that no longer runs.
func (e *Engine) abandon(t *transfer) {
	left := t.takeLeft()
	if left.none() {
		return
	}
	e.work.Go(func() {
		ctx, done := context.WithTimeout(context.Background(), haste.Of(controlTimeout))
		defer done()
		target, err := t.job.Open(ctx)
		if err == nil {
			left.upload, err = target.Signer.Resume(ctx, left.ref)
		}
		if err != nil {
			e.log.Warn("left at the store", "key", left.ref.Key, "cause", err)
			return
		}
		e.clean(left)
	})
}

// Wait blocks until every transfer has ended, or ctx does.
func (e *Engine) Wait(ctx context.Context) error { return e.Room(ctx, 1) }

// Room blocks until fewer than most transfers have not ended, or ctx does.
// Whoever adds the files of a folder waits for it, so that memory is bounded
// however many there are.
func (e *Engine) Room(ctx context.Context, most int) error {
	stop := context.AfterFunc(ctx, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.fewer.Broadcast()
	})
	defer stop()
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.open) >= most {
		if err := ctx.Err(); err != nil {
			return err
		}
		e.fewer.Wait()
	}
	return nil
}

// Open lists the transfers of a batch that have not ended.
func (e *Engine) Open(b BatchID) []ID {
	e.mu.Lock()
	defer e.mu.Unlock()
	var ids []ID
	for t := range e.open {
		if t.job.Batch == b {
			ids = append(ids, t.id)
		}
	}
	return ids
}

// Close ends all transfers and waits for that until ctx ends. Those that the
// journal keeps stay as they are, for another process to resume; what others
// left at stores is removed.
func (e *Engine) Close(ctx context.Context) error {
	e.mu.Lock()
	e.closed = true
	var idle []*transfer
	for _, t := range e.transfers {
		t.mu.Lock()
		if t.stop != nil {
			t.stop(errClosing)
		} else if t.begun && t.state != Done && !t.journalled() {
			idle = append(idle, t)
		}
		t.mu.Unlock()
	}
	e.mu.Unlock()
	for _, t := range idle {
		e.abandon(t)
	}
	done := make(chan struct{})
	go func() {
		e.work.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
