package app

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"
)

// started is when the transfers of these tests began.
var started = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func sendingOf(id uploader.ID, sent, size int64) uploader.Snapshot {
	return uploader.Snapshot{
		ID: id, Name: string(id), State: uploader.Sending, Sent: sent, Size: size, Parts: 3, PartsDone: 1,
		Speed: 1000, Started: started,
	}
}

// A transfer has at most four progress lines a second, whatever the others do.
func TestJSONProgressRate(t *testing.T) {
	var out bytes.Buffer
	r := newJSONReporter(&out, func(id uploader.ID) string { return "path of " + string(id) })
	for at := time.Duration(0); at < 10*time.Second; at += 10 * time.Millisecond {
		changed := []uploader.Snapshot{sendingOf("a", int64(at), 1<<40)}
		if at >= 5*time.Second {
			changed = append(changed, sendingOf("b", int64(at), 1<<40))
		}
		changed = append(changed, uploader.Snapshot{ID: "waits", State: uploader.Queued})
		r.progress(started.Add(at), changed)
	}
	n := strings.Count(out.String(), `"path":"path of a"`)
	m := strings.Count(out.String(), `"path":"path of b"`)
	if n != 40 || m != 20 || strings.Contains(out.String(), "waits") {
		t.Errorf("%d lines of a in 10 s, %d of b in 5 s", n, m)
	}
}

func TestJSONLines(t *testing.T) {
	var out bytes.Buffer
	r := newJSONReporter(&out, func(uploader.ID) string { return "a&<b>.txt" })
	r.progress(started, []uploader.Snapshot{sendingOf("x", 5, -1)})
	end := sendingOf("x", 20, 20)
	end.State, end.Ended, end.Key, end.Bucket = uploader.Done, started.Add(1500*time.Millisecond), "k", "media"
	end.Again, end.Retries, end.ETag, end.Checksum = 7, 2, `"e"`, "c="
	end.Link = sign.Link{URL: "https://h/k?a=1&b=2", Expires: time.Date(2026, 3, 5, 7, 6, 7, 0, time.FixedZone("", 7200))}
	r.ended("a&<b>.txt", end)
	end.Bucket, end.Link = "", sign.Link{}
	r.ended("-", end)
	end.State, end.Err = uploader.Failed, fault.New(fault.Changed, "", nil, nil)
	r.ended("f", end)
	want := []string{
		`{"event":"progress","id":"x","path":"a&<b>.txt","bytes":5,"size":null,"parts_done":1,"parts":3,"bytes_per_second":1000}`,
		`{"event":"done","id":"x","path":"a&<b>.txt","key":"k","bucket":"media","size":20,"parts":3,"link":"https://h/k?a=1&b=2","expires_at":"2026-03-05T05:06:07Z","etag":"\"e\"","checksum":"c=","retries":2,"resumed_bytes":0,"sent_bytes":27,"seconds":1.5}`,
		`{"event":"done","id":"x","path":"-","key":"k","bucket":null,"size":20,"parts":3,"link":null,"expires_at":null,"etag":"\"e\"","checksum":"c=","retries":2,"resumed_bytes":0,"sent_bytes":27,"seconds":1.5}`,
		`{"event":"failed","id":"x","path":"f","error":{"code":"changed","message":"The file changed while it was being sent.","hint":"Wait until nothing writes to it, then try again."}}`,
	}
	if got := strings.Split(strings.TrimSpace(out.String()), "\n"); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for line := range strings.Lines(out.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}

func progressLine(columns int, live ...uploader.Snapshot) string {
	r := newTextReporter(&bytes.Buffer{}, false)
	for _, s := range live {
		r.live[s.ID] = s
	}
	return r.line(columns)
}

func TestProgressLine(t *testing.T) {
	one := sendingOf("film.mov", 500_000, 2_000_000)
	one.Speed = 250_000
	waits := sendingOf("a", 0, 10)
	waits.Speed, waits.State = 0, uploader.Offline
	waits.Err = fault.New(fault.Offline, "", nil, nil)
	stream := sendingOf("stdin", 3_000, -1)
	empty := sendingOf("empty", 0, 0)
	empty.Speed = 0
	for name, test := range map[string]struct {
		got, want string
	}{
		"one":       {progressLine(80, one), "[======                  ] film.mov  500 kB of 2.0 MB  250 kB/s  7s left"},
		"narrow":    {progressLine(60, one), "film.mov  500 kB of 2.0 MB  250 kB/s  7s left"},
		"very":      {progressLine(20, one), "film.mov  500 kB…"},
		"two":       {progressLine(80, one, sendingOf("b", 0, 0)), "[======                  ] 2 files  500 kB of 2.0 MB  251 kB/s  6s left"},
		"waiting":   {progressLine(80, waits), "[                        ] a  0 B of 10 B  waiting: There is no network."},
		"no size":   {progressLine(80, stream), "stdin  3.0 kB  1.0 kB/s"},
		"finishing": {progressLine(80, sendingOf("a", 5, 5)), "[========================] a  5 B of 5 B  finishing"},
		"no bytes":  {progressLine(80, empty), "empty  0 B of 0 B"},
		"long name": {progressLine(80, sendingOf(uploader.ID(strings.Repeat("n", 300)), 1, 2)), "[============            ] nnnnnnnnnnnnnnnnnn…  1 B of 2 B  1.0 kB/s  1s left"},
	} {
		if test.got != test.want {
			t.Errorf("%s:\n got %q\nwant %q", name, test.got, test.want)
		}
	}
}

// The line leaves its margin free, and holds nothing but text.
func FuzzProgressLine(f *testing.F) {
	f.Add("film.mov", 80, int64(5), int64(10), 3.0)
	f.Add("日本語のとても長い名前.txt", 40, int64(0), int64(1)<<50, 1e-9)
	f.Add("\x1b[31m\r\n\u202e\u2028\xff", 1, int64(9), int64(-1), 1e300)
	f.Add("e\u0301🎬", 13, int64(1)<<62, int64(3), 0.0)
	f.Fuzz(func(t *testing.T, name string, columns int, sent, size int64, speed float64) {
		columns = max(1, columns%500)
		if sent < 0 || size < -1 || !(speed >= 0) {
			t.Skip()
		}
		s := uploader.Snapshot{ID: "x", Name: name, State: uploader.Retrying, Sent: sent, Size: size, Speed: speed}
		s.Err = fault.New(fault.NoBucket, "", fault.Facts{"Bucket": name}, nil)
		line := progressLine(columns, s)
		if cells(line) > max(columns-margin, 1) {
			t.Errorf("%d cells in %d columns: %q", cells(line), columns, line)
		}
		if line != printable(line) {
			t.Errorf("%q would control the terminal", line)
		}
	})
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 日本 🎬":           "plain é 日本 🎬",
		"👩\u200d🚀":               "👩\u200d🚀", // one picture of two
		"\x1b[2J\a\b\r\n\t\x7f":  "�[2J������",
		"\u0085\u009b31m":        "��31m",
		"exe\u202egpj.txt":       "exe�gpj.txt",
		"two\u2028lines\u2066":   "two�lines�",
		"not \xff UTF-8":         "not � UTF-8",
		"":                       "",
		"already � replaced":     "already � replaced",
		"cafe\u0301 stays as is": "cafe\u0301 stays as is",
	} {
		if got := printable(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := printableText("one\ntwo\x1b\n"); got != "one\ntwo�\n" {
		t.Errorf("%q", got)
	}
}

// On a terminal the line is drawn over itself, and gone before anything else
// is written and at the end.
func TestProgressIsCleared(t *testing.T) {
	var out bytes.Buffer
	r := newTextReporter(&out, false)
	r.width = func() int { return 60 }
	r.progress(started, nil)
	if out.Len() > 0 {
		t.Errorf("with nothing under way: %q", out.String())
	}
	r.progress(started, []uploader.Snapshot{sendingOf("a", 1, 2), sendingOf("b", 1, 2)})
	r.progress(started, []uploader.Snapshot{sendingOf("a", 1, 2)})
	if n := strings.Count(out.String(), "\r\x1b[K"); n != 1 {
		t.Errorf("drawn %d times, but it changed once: %q", n, out.String())
	}
	failed := sendingOf("a", 1, 2)
	failed.State, failed.Err = uploader.Failed, fault.New(fault.Changed, "", nil, nil)
	out.Reset()
	r.ended("a\x1b", failed)
	if want := "\r\x1b[Ka�: The file changed while it was being sent.\n  Wait until nothing writes to it, then try again. [changed]\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	done := sendingOf("b", 2, 2)
	done.State = uploader.Done
	done.Link = sign.Link{URL: "u", Expires: started}
	out.Reset()
	r.progress(started, []uploader.Snapshot{sendingOf("b", 2, 2)})
	r.ended("b", done)
	r.finish()
	want := "\r\x1b[K1 of 2 failed.\nThe link works until " + started.Local().Format(minute) + ".\n"
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("got %q at the end, want %q", out.String(), want)
	}
}

// Where there is no terminal, and with --quiet, there is no progress.
func TestNoProgress(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		var out bytes.Buffer
		r := newTextReporter(&out, quiet)
		r.progress(started, []uploader.Snapshot{sendingOf("a", 1, 2)})
		done := sendingOf("a", 2, 2)
		done.State, done.NoLink = uploader.Done, true
		r.ended("a", done)
		r.finish()
		if quiet && out.Len() > 0 || !quiet && !strings.HasPrefix(out.String(), "a: this destination gives no link") {
			t.Errorf("quiet %v: %q", quiet, out.String())
		}
	}
}
