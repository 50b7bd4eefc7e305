package app

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"chute/uploader"
	"chute/uploader/fault"

	"github.com/dustin/go-humanize"
	"golang.org/x/term"
)

// reporter tells on the command line how transfers go. Its methods are called
// from one goroutine.
type reporter interface {
	// progress is called a few times a second with what changed.
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
	Size           int64       `json:"size"`
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
		if s.State.Ended() || s.Started.IsZero() || now.Sub(r.last[s.ID]) < progressEvery {
			continue
		}
		r.last[s.ID] = now
		r.out.Encode(progressEvent{
			"progress", s.ID, r.args(s.ID), s.Sent, s.Size, s.PartsDone, s.Parts, int64(s.Speed),
		})
	}
}

func (r *jsonReporter) ended(arg string, s uploader.Snapshot) {
	delete(r.last, s.ID)
	if s.State != uploader.Done {
		r.out.Encode(failedEvent{"failed", s.ID, arg, errorObject{s.Err.Code, s.Err.Message(), s.Err.Hint()}})
		return
	}
	e := doneEvent{
		Event: "done", ID: s.ID, Path: arg, Key: s.Key, Size: s.Size, Parts: s.Parts, ETag: s.ETag, Checksum: s.Checksum,
		Retries: s.Retries, SentBytes: s.Sent + s.Again, Seconds: s.Ended.Sub(s.Started).Seconds(),
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

// textReporter tells people: a line of progress on a terminal, a line for
// each failure. The links themselves are not its business.
type textReporter struct {
	err   io.Writer
	width func() int // of the terminal; 0: none, so no progress
	quiet bool

	live   map[uploader.ID]uploader.Snapshot
	files  int // ended
	failed int
	bytes  int64 // of ended ones
	drawn  bool
}

func newTextReporter(err io.Writer, quiet bool) *textReporter {
	width := func() int { return 0 }
	if f, ok := err.(*os.File); ok && term.IsTerminal(int(f.Fd())) && !quiet {
		width = func() int {
			w, _, err := term.GetSize(int(f.Fd()))
			if err != nil {
				return 80
			}
			return w
		}
	}
	return &textReporter{err: err, width: width, quiet: quiet, live: make(map[uploader.ID]uploader.Snapshot)}
}

func (r *textReporter) progress(_ time.Time, changed []uploader.Snapshot) {
	for _, s := range changed {
		if s.State.Ended() {
			delete(r.live, s.ID)
		} else {
			r.live[s.ID] = s
		}
	}
	if w := r.width(); w > 0 {
		fmt.Fprintf(r.err, "\r\x1b[K%s", r.line(w))
		r.drawn = true
	}
}

// line sums up what is under way, in at most width columns.
func (r *textReporter) line(width int) string {
	var sent, size int64
	var speed float64
	name, waits, known := "", "", true
	for _, s := range r.live {
		sent += s.Sent
		size += max(s.Size, 0)
		known = known && s.Size >= 0
		speed += s.Speed
		name = s.Name
		if s.State == uploader.Offline || s.State == uploader.Retrying {
			waits = s.Err.Message()
		}
	}
	what := fmt.Sprintf("%d files", len(r.live))
	if len(r.live) == 1 {
		what = printable(name)
	}
	if r.files > 0 {
		what += fmt.Sprintf(", %d done", r.files)
	}
	text := fmt.Sprintf("%s of %s", humanize.Bytes(uint64(sent)), humanize.Bytes(uint64(size)))
	if !known {
		text = humanize.Bytes(uint64(sent))
	}
	if speed > 0 {
		text += fmt.Sprintf("  %s/s", humanize.Bytes(uint64(speed)))
		if known && size > sent {
			text += "  " + time.Duration(float64(size-sent)/speed*1e9).Round(time.Second).String() + " left"
		}
	}
	if waits != "" {
		text += "  waiting: " + waits
	}
	const barWidth = 24
	bar := ""
	if known && size > 0 {
		full := int(float64(barWidth) * float64(sent) / float64(size))
		bar = "[" + strings.Repeat("=", full) + strings.Repeat(" ", barWidth-full) + "] "
	}
	room := max(8, width-1-len(bar)-len(text)-2)
	if runes := []rune(what); len(runes) > room {
		what = string(runes[:room-1]) + "…"
	}
	return bar + what + "  " + text
}

func (r *textReporter) clear() {
	if r.drawn {
		fmt.Fprint(r.err, "\r\x1b[K")
		r.drawn = false
	}
}

func (r *textReporter) ended(arg string, s uploader.Snapshot) {
	delete(r.live, s.ID)
	r.clear()
	if s.State == uploader.Done {
		r.files++
		r.bytes += s.Size
		if s.NoLink && !r.quiet {
			fmt.Fprintf(r.err, "%s: this destination gives no link; the key is printed instead\n", printable(arg))
		}
		return
	}
	r.failed++
	fmt.Fprintf(r.err, "%s: %s\n", printable(arg), s.Err.Message())
	fmt.Fprintf(r.err, "  %s [%s]\n", s.Err.Hint(), s.Err.Code)
}

func (r *textReporter) finish() { r.clear() }

// printable keeps a file's name from moving the cursor or colouring the
// terminal.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 {
			return '�'
		}
		return c
	}, s)
}
