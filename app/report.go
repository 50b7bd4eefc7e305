package app

import (
	"encoding/json"
	"io"
	"maps"
	"strings"
	"time"

	"chute/uploader"
	"chute/uploader/fault"
)

// reporter tells on the command line how transfers go. Its methods are called
// from one goroutine.
type reporter interface {
	// progress is called a few times a second with what is under way and
	// changed.
	progress(now time.Time, changed []uploader.Snapshot)
	// ended is called once for each transfer, in the order in which they end.
	ended(arg string, s uploader.Snapshot)
	// finish is called when nothing more comes.
	finish()
}

// jsonReporter writes one JSON object a line, for programs.
type jsonReporter struct {
	out  *json.Encoder
	args func(uploader.ID) string
	last map[uploader.ID]time.Time
}

// progressEvery is at most four lines a second for a transfer.
const progressEvery = 250 * time.Millisecond

func newJSONReporter(out io.Writer, args func(uploader.ID) string) *jsonReporter {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return &jsonReporter{out: e, args: args, last: make(map[uploader.ID]time.Time)}
}

type progressEvent struct {
	Event          string      `json:"event"`
	ID             uploader.ID `json:"id"`
	Path           string      `json:"path"`
	Bytes          int64       `json:"bytes"`
	Size           *int64      `json:"size"` // null: not known yet
	PartsDone      int         `json:"parts_done"`
	Parts          int         `json:"parts"`
	BytesPerSecond int64       `json:"bytes_per_second"`
}

type doneEvent struct {
	Event        string      `json:"event"`
	ID           uploader.ID `json:"id"`
	Path         string      `json:"path"`
	Key          string      `json:"key"`
	Bucket       *string     `json:"bucket"`
	Size         int64       `json:"size"`
	Parts        int         `json:"parts"`
	Link         *string     `json:"link"`
	ExpiresAt    *time.Time  `json:"expires_at"`
	ETag         string      `json:"etag"`
	Checksum     string      `json:"checksum"`
	Retries      int         `json:"retries"`
	ResumedBytes int64       `json:"resumed_bytes"`
	SentBytes    int64       `json:"sent_bytes"`
	Seconds      float64     `json:"seconds"`
}

type failedEvent struct {
	Event string      `json:"event"`
	ID    uploader.ID `json:"id"`
	Path  string      `json:"path"`
	Error errorObject `json:"error"`
}

type errorObject struct {
	Code    fault.Code `json:"code"`
	Message string     `json:"message"`
	Hint    string     `json:"hint"`
}

func (r *jsonReporter) progress(now time.Time, changed []uploader.Snapshot) {
	for _, s := range changed {
		if s.Started.IsZero() || now.Sub(r.last[s.ID]) < progressEvery {
			continue
		}
		r.last[s.ID] = now
		e := progressEvent{
			Event: "progress", ID: s.ID, Path: r.args(s.ID), Bytes: s.Sent,
			PartsDone: s.PartsDone, Parts: s.Parts, BytesPerSecond: int64(s.Speed),
		}
		if s.Size >= 0 {
			e.Size = &s.Size
		}
		r.out.Encode(e)
	}
}

func (r *jsonReporter) ended(arg string, s uploader.Snapshot) {
	delete(r.last, s.ID)
	if s.State != uploader.Done {
		r.out.Encode(failedEvent{"failed", s.ID, arg, errorObject{s.Err.Code, s.Err.Message(), hintFor(s.Err, s.Destination)}})
		return
	}
	e := doneEvent{
		Event: "done", ID: s.ID, Path: arg, Key: s.Key, Size: s.Size, Parts: s.Parts, ETag: s.ETag, Checksum: s.Checksum,
		Retries: s.Retries, ResumedBytes: s.Resumed, SentBytes: s.Sent - s.Resumed + s.Again, Seconds: s.Ended.Sub(s.Started).Seconds(),
	}
	if s.Bucket != "" {
		e.Bucket = &s.Bucket
	}
	if s.Link.URL != "" {
		e.Link = &s.Link.URL
	}
	if !s.Link.Expires.IsZero() {
		at := s.Link.Expires.UTC()
		e.ExpiresAt = &at
	}
	r.out.Encode(e)
}

func (r *jsonReporter) finish() {}

// hintFor is what to do about a failure, with the command that does it. The
// destination is the one that it is about; empty where there is none.
func hintFor(f *fault.Error, destination string) string {
	if destination != "" && f.Facts["Destination"] == "" {
		named := *f
		named.Facts = maps.Clone(f.Facts)
		if named.Facts == nil {
			named.Facts = fault.Facts{}
		}
		named.Facts["Destination"] = destination
		f = &named
	}
	if command := f.Command(); command != "" {
		return strings.TrimSuffix(f.Hint(), ".") + ": " + command
	}
	return f.Hint()
}
