package app

import (
	"context"
	"errors"
	"flag"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"chute/uploader"
	"chute/uploader/fault"
)

func TestParse(t *testing.T) {
	for line, want := range map[string]struct {
		rest string
		zip  bool
		to   string
		err  string
	}{
		"a b":              {rest: "a b"},
		"--zip a b":        {rest: "a b", zip: true},
		"a --zip b":        {rest: "a b", zip: true},
		"a b -zip":         {rest: "a b", zip: true},
		"a --to x b":       {rest: "a b", to: "x"},
		"a --to=x -":       {rest: "a -", to: "x"},
		"- --zip":          {rest: "-", zip: true},
		"a -- --zip -x":    {rest: "a --zip -x"},
		"-- --":            {rest: "--"},
		"--":               {},
		"":                 {},
		"a --to x --to y":  {rest: "a", to: "y"},
		"a --colour":       {err: "send: there is no flag --colour"},
		"--to":             {err: "send: a value is missing after --to"},
		"--zip=perhaps a":  {err: `send: invalid value "perhaps" for --zip: true or false is needed`},
		"a --expires=0s":   {err: `send: invalid value "0s" for --expires: a time such as 30m, 24h or 7d is needed`},
		"a ∅ b":            {err: "send: an empty argument names nothing"},
		"a -- ∅":           {err: "send: an empty argument names nothing"},
		"--zip=false -- a": {rest: "a"},
	} {
		flags := flag.NewFlagSet("send", flag.ContinueOnError)
		zip, to := flags.Bool("zip", false, ""), flags.String("to", "", "")
		flags.Var(&lifeFlag{}, "expires", "")
		args := strings.Fields(line)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "∅", "")
		}
		rest, err := parse(flags, args)
		var use usageError
		if want.err != "" {
			if !errors.As(err, &use) || use.text != want.err {
				t.Errorf("%q: %v, want %s", line, err, want.err)
			}
			continue
		}
		if err != nil || strings.Join(rest, " ") != want.rest || *zip != want.zip || *to != want.to {
			t.Errorf("%q: %q, zip %v, to %q, %v", line, rest, *zip, *to, err)
		}
	}
}

// Arguments without a dash before them come back as they are, in their order.
func FuzzParse(f *testing.F) {
	f.Add("a", "b", "--zip")
	f.Add("-", "--", "-x")
	f.Add("", "--to", "=")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		flags := flag.NewFlagSet("send", flag.ContinueOnError)
		flags.Bool("zip", false, "")
		flags.String("to", "", "")
		rest, err := parse(flags, []string{a, b, c})
		if err != nil {
			var use usageError
			if !errors.As(err, &use) && !errors.Is(err, flag.ErrHelp) {
				t.Fatalf("%q: %v", []string{a, b, c}, err)
			}
			return
		}
		if slices.Contains(rest, "") {
			t.Errorf("an empty argument in %q", rest)
		}
		plain := func(s string) bool { return s != "" && s[0] != '-' }
		if plain(a) && plain(b) && plain(c) && !slices.Equal(rest, []string{a, b, c}) {
			t.Errorf("%q became %q", []string{a, b, c}, rest)
		}
	})
}

func TestLifeFlag(t *testing.T) {
	for text, want := range map[string]time.Duration{"30m": 30 * time.Minute, "7d": 7 * 24 * time.Hour, "1d12h": 36 * time.Hour, "0": 0, "-1h": 0, "soon": 0, "": 0} {
		var l lifeFlag
		if err := l.Set(text); (err == nil) != (want > 0) || l.value != want {
			t.Errorf("%q: %v, %v", text, l.value, err)
		}
	}
}

// The codes of C3, by what a command returns.
func TestExitCodes(t *testing.T) {
	for _, test := range []struct {
		args []string
		code int
	}{
		{[]string{"version"}, exitOK},
		{[]string{"help"}, exitOK},
		{[]string{"send", "--help"}, exitOK},
		{[]string{"version", "now"}, exitUsage},
		{[]string{"send"}, exitUsage},
	} {
		var out, errs strings.Builder
		if code := Run(t.Context(), &console{strings.NewReader(""), &out, &errs}, test.args); code != test.code {
			t.Errorf("%v: %d", test.args, code)
		}
		if (errs.Len() > 0) != (test.code != exitOK) {
			t.Errorf("%v says %q", test.args, errs.String())
		}
	}
	var errs strings.Builder
	code := Run(t.Context(), &console{strings.NewReader(""), closedWriter{}, &errs}, []string{"help"})
	if code != exitOK {
		t.Errorf("help that nobody reads: %d", code)
	}
}

type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// What was wrong with the words of a failure cannot control the terminal.
func TestPrintFault(t *testing.T) {
	var out strings.Builder
	printFault(&out, fault.New(fault.Config, "", fault.Facts{"Detail": "bad \x1b[31m\nline 2"}, nil))
	if want := "chute: bad �[31m\nline 2\n  Correct it, then try again. [config]\n"; out.String() != want {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	printFault(&out, errors.New("history: it broke"))
	if !strings.HasPrefix(out.String(), "chute: history: it broke\n") || !strings.HasSuffix(out.String(), "[internal]\n") {
		t.Errorf("%q", out.String())
	}
}

func TestInFolder(t *testing.T) {
	for _, test := range []struct{ folder, name, want string }{
		{"photos", "photos/2024/a.jpg", "2024/a.jpg"},
		{"photos", "photos", ""}, // the folder itself, which could not be read
		{"a", "a/a/a", "a/a"},
		{"/", "/etc/x", "etc/x"},
	} {
		f := uploader.Found{Source: uploader.NewFile(test.name, "", 0), Folder: test.folder}
		if got := inFolder(f); got != test.want {
			t.Errorf("%q in %q: %q", test.name, test.folder, got)
		}
	}
}

// Reading ends with its context, though nothing is ever written, and an error
// of the writer is the reader's.
func TestProduced(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := produced(ctx, func(w io.Writer) error {
		io.WriteString(w, "ab")
		<-t.Context().Done()
		return nil
	})
	buf := make([]byte, 10)
	if n, err := r.Read(buf); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	cancel()
	if _, err := r.Read(buf); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	broken := errors.New("broken")
	r = produced(t.Context(), func(io.Writer) error { return broken })
	if _, err := r.Read(buf); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
