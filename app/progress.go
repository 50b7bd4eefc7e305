package app

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"chute/uploader"

	"github.com/dustin/go-humanize"
	"golang.org/x/term"
	"golang.org/x/text/width"
)

// textReporter tells people: a line of progress on a terminal, two lines for
// each failure. The links themselves are not its business.
type textReporter struct {
	err   io.Writer
	width func() int // of the terminal, in cells; 0: none, so no progress
	quiet bool

	live         map[uploader.ID]uploader.Snapshot
	done, failed int
	bytes        int64     // of those that are done
	until        time.Time // the first of the links ends; zero: none does
	drawn        string    // the line that stands on the terminal
}

func newTextReporter(err io.Writer, quiet bool) *textReporter {
	columns := func() int { return 0 }
	if f, ok := err.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" && !quiet {
		columns = func() int {
			w, _, err := term.GetSize(int(f.Fd()))
			if err != nil || w <= 0 {
				return 80
			}
			return w
		}
	}
	return &textReporter{err: err, width: columns, quiet: quiet, live: make(map[uploader.ID]uploader.Snapshot)}
}

func (r *textReporter) progress(_ time.Time, changed []uploader.Snapshot) {
	for _, s := range changed {
		r.live[s.ID] = s
	}
	w := r.width()
	if w == 0 || len(r.live) == 0 {
		return
	}
	if line := r.line(w); line != r.drawn {
		fmt.Fprintf(r.err, "\r\x1b[K%s", line)
		r.drawn = line
	}
}

// barCells is the width of the bar between its brackets.
const barCells = 24

// margin is what stays free behind the line: the ^C that a terminal shows, and
// a cell after which some terminals wrap.
const margin = 3

// line sums up what is under way, in columns cells less the margin.
func (r *textReporter) line(columns int) string {
	sent, size, speed := r.bytes, r.bytes, 0.0
	name, waits, known := "", "", true
	for _, s := range r.live {
		sent += s.Sent
		size += max(s.Size, 0)
		known = known && s.Size >= 0
		speed += s.Speed
		name = s.Name
		if s.Err != nil && (s.State == uploader.Offline || s.State == uploader.Retrying) {
			waits = s.Err.Message()
		}
	}
	text, bar := bytesText(sent), ""
	if known {
		sent = min(sent, size)
		text = bytesText(sent) + " of " + bytesText(size)
		if size > 0 {
			full := int(float64(barCells) * float64(sent) / float64(size))
			bar = "[" + strings.Repeat("=", full) + strings.Repeat(" ", barCells-full) + "] "
		}
	}
	switch {
	case known && size > 0 && sent == size:
		text += "  finishing"
	case speed >= 1:
		text += "  " + bytesText(int64(speed)) + "/s"
		if left := float64(size-sent) / speed; known && size > sent && left < (1000*time.Hour).Seconds() {
			text += "  " + (time.Duration(left+1) * time.Second).String() + " left"
		}
	}
	if waits != "" {
		text += "  waiting: " + printable(waits)
	}
	what := printable(name)
	if len(r.live) > 1 {
		what = fmt.Sprintf("%d files", len(r.live))
	}
	if r.done > 0 {
		what += fmt.Sprintf(", %d done", r.done)
	}
	columns -= margin
	least := min(12, cells(what)) // without the bar rather than with less of the name
	if cells(bar)+least+2+cells(text) > columns {
		bar = ""
	}
	what = fit(what, max(least, columns-cells(bar)-2-cells(text)))
	return fit(bar+what+"  "+text, columns)
}

func bytesText(n int64) string { return humanize.Bytes(uint64(max(n, 0))) }

func (r *textReporter) clear() {
	if r.drawn != "" {
		fmt.Fprint(r.err, "\r\x1b[K")
		r.drawn = ""
	}
}

func (r *textReporter) ended(arg string, s uploader.Snapshot) {
	delete(r.live, s.ID)
	r.clear()
	if s.State == uploader.Done {
		r.done++
		r.bytes += s.Size
		if at := s.Link.Expires; !at.IsZero() && (r.until.IsZero() || at.Before(r.until)) {
			r.until = at
		}
		if s.NoLink && !r.quiet {
			fmt.Fprintf(r.err, "%s: this destination gives no link; the key is printed instead\n", printable(arg))
		}
		return
	}
	r.failed++
	if path := s.Err.Facts["Path"]; path != "" && s.Path != path {
		arg = path // a file inside a zip
	}
	fmt.Fprintf(r.err, "%s: %s\n  %s [%s]\n", printable(arg), printable(s.Err.Message()), printable(hintFor(s.Err, s.Destination)), s.Err.Code)
}

func (r *textReporter) finish() {
	r.clear()
	if all := r.done + r.failed; r.failed > 0 && all > 1 {
		fmt.Fprintf(r.err, "%d of %d failed.\n", r.failed, all)
	}
	if r.quiet || r.until.IsZero() {
		return
	}
	links := "The link works"
	if r.done > 1 {
		links = "The links work"
	}
	fmt.Fprintf(r.err, "%s until %s.\n", links, r.until.Local().Format(minute))
}

// minute is how times are told to people.
const minute = "2006-01-02 15:04"

// printable keeps text from elsewhere, such as a file's name, from moving the
// cursor, colouring the terminal or turning the writing round.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.In(c, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
			return unicode.ReplacementChar
		}
		return c
	}, s)
}

// printableText is printable for text of several lines.
func printableText(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	return strings.Join(lines, "\n")
}

// cells is how many cells of a terminal s takes at most: combining marks
// count as if each had a cell of its own.
func cells(s string) int {
	n := 0
	for _, c := range s {
		n += runeCells(c)
	}
	return n
}

func runeCells(c rune) int {
	switch width.LookupRune(c).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// fit cuts s to at most n cells; to an ellipsis where n is less than one.
func fit(s string, n int) string {
	if cells(s) <= n {
		return s
	}
	used := 1 // of the ellipsis
	for i, c := range s {
		if used += runeCells(c); used > n {
			return s[:i] + "…"
		}
	}
	return s
}
