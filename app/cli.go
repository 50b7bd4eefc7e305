package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"chute/app/config"
	"chute/uploader/fault"
)

// Version is the program's version, set by the linker from FyneApp.toml.
var Version = "dev"

// Exit codes of the command line.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// command is one word of the command line.
type command struct {
	name, usage, short string
	run                func(ctx context.Context, c *console, args []string) error
}

func commands() []command {
	return []command{
		{"send", "send [--to NAME] [--expires DUR] [--zip] [--key KEY] [--json] [--quiet] [--no-serve] PATH ...", "send files and print their links; - is standard input. Links to files on this\n        computer are served until Ctrl+C", runSend},
		{"resume", "resume [--list] [--abort] [--json] [ID ...]", "go on with interrupted uploads, or drop them; all of them without an ID", runResume},
		{"links", "links [--json]", "list what was sent, with the state of each link", runLinks},
		{"link", "link [--expires DUR] ID", "make a new link for something sent before", runLink},
		{"destination", "destination list | add FILE | login NAME | logout NAME | test NAME | remove NAME", "set up where uploads go", runDestination},
		{"support", "support", "print versions, settings and the log without secrets, for a report", runSupport},
		{"version", "version", "print the version", runVersion},
	}
}

// console is where a command reads and writes.
type console struct {
	in       io.Reader
	out, err io.Writer
}

// notice tells what the user should know.
func (c *console) notice(f *fault.Error) { fmt.Fprintln(c.err, noticeText(f)) }

func noticeText(f *fault.Error) string { return f.Message() + " " + f.Hint() }

// usageError is wrong use of the command line: exit code 2.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func wrongUse(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// Errors that say all there is to say by the exit code.
var (
	errSomeFailed  = errors.New("some transfers failed")
	errInterrupted = errors.New("interrupted")
)

// Main runs the program and ends it with C3's exit codes.
func Main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // who interrupts again does not want to wait for the cleaning
	c := &console{os.Stdin, os.Stdout, os.Stderr}
	_, isCommand := commandOf(os.Args[1:])
	if !isCommand {
		c.err = windowErrors(os.Stderr)
	}
	// The embedded store writes its troubles to standard error, where they
	// would stand between links; they are in the log of whoever asked it.
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
	if !isCommand {
		os.Exit(Run(ctx, c, os.Args[1:]))
	}
	// Fyne keeps the main goroutine on the main thread, for the window. Each
	// time that a goroutine like that waits, threads have to be switched.
	code := make(chan int)
	go func() { code <- Run(ctx, c, os.Args[1:]) }()
	os.Exit(<-code)
}

// Run runs a command line and returns its exit code. ctx ends when the user
// interrupts.
func Run(ctx context.Context, c *console, args []string) int {
	out := &checkedWriter{w: c.out}
	err := dispatch(ctx, &console{c.in, out, c.err}, args)
	if err == nil && out.err != nil {
		err = fmt.Errorf("the output could not be written: %w", out.err)
	}
	var use usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, errSomeFailed):
		return exitFailed
	case errors.Is(err, flag.ErrHelp):
		printUsage(c.out)
		return exitOK
	case errors.As(err, &use):
		fmt.Fprintf(c.err, "chute: %s\nRun \"chute help\" for the commands.\n", use.text)
		return exitUsage
	default:
		printFault(c.err, err)
		return exitFailed
	}
}

func dispatch(ctx context.Context, c *console, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "help", "-h", "-help", "--help":
			return flag.ErrHelp
		case "--version":
			return runVersion(ctx, c, nil)
		}
	}
	if cmd, ok := commandOf(args); ok {
		return cmd.run(ctx, c, args[1:])
	}
	if done, err := detach(args); done || err != nil {
		return err
	}
	return runWindow(ctx, c, args)
}

// commandOf finds the command that a command line names; ok is false for the
// window.
func commandOf(args []string) (cmd command, ok bool) {
	if len(args) == 0 {
		return command{}, false
	}
	i := slices.IndexFunc(commands(), func(c command) bool { return c.name == args[0] })
	if i < 0 {
		return command{}, false
	}
	return commands()[i], true
}

// printFault tells a failure in words, with what to do about it.
func printFault(w io.Writer, err error) {
	f := fault.As(err)
	fmt.Fprintf(w, "chute: %s\n  %s [%s]\n", printableText(messageOf(f)), printableText(hintFor(f, "")), f.Code)
}

// messageOf is the sentence of a failure that is not a transfer's: what went
// wrong is then all there is to say.
func messageOf(f *fault.Error) string {
	if f.Code == fault.Internal && f.Variant == "" && f.Err != nil {
		return f.Err.Error()
	}
	return f.Message()
}

// checkedWriter remembers that writing failed: a link that did not get out was
// not given.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}

func printUsage(w io.Writer) {
	fmt.Fprint(w, "Chute: drop a file, get a link.\n\n  chute [--to NAME] [--minimised] [PATH ...]\n        open the window, or leave it in the tray, and send the files\n")
	for _, cmd := range commands() {
		fmt.Fprintf(w, "  chute %s\n        %s\n", cmd.usage, cmd.short)
	}
	fmt.Fprint(w, `
A file that is called like a command: chute ./send
Exit codes: 0 all done, or serving was ended by Ctrl+C; 1 something failed;
2 wrong use; 130 interrupted while sending.
`)
}

func runVersion(_ context.Context, c *console, args []string) error {
	if len(args) > 0 {
		return wrongUse("version takes no arguments")
	}
	_, err := fmt.Fprintf(c.out, "chute %s\n", Version)
	return err
}

// parse reads flags that may stand before, between and after the arguments;
// what follows "--" is an argument.
func parse(flags *flag.FlagSet, args []string) (rest []string, err error) {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, wrongUse("%s: %s", flags.Name(), flagWords.Replace(err.Error()))
		}
		left := flags.Args()
		// flag swallows "--"; everything behind it is an argument.
		if n := len(args) - len(left); n > 0 && args[n-1] == "--" {
			rest = append(rest, left...)
			break
		}
		if len(left) == 0 {
			break
		}
		rest, args = append(rest, left[0]), left[1:]
	}
	if slices.Contains(rest, "") {
		// As a path it would be the whole current folder.
		return nil, wrongUse("%s: an empty argument names nothing", flags.Name())
	}
	return rest, nil
}

// flagWords puts the words of package flag into those of this program.
var flagWords = strings.NewReplacer(
	"flag provided but not defined: -", "there is no flag --",
	"flag needs an argument: -", "a value is missing after --",
	" for flag -", " for --", " for -", " for --",
	"boolean value", "value", ": parse error", ": true or false is needed",
)

// lifeFlag is the life of a link: "24h", "7d".
type lifeFlag struct{ value time.Duration }

// String implements flag.Value.
func (l *lifeFlag) String() string { return config.FormatDuration(l.value) }

// Set implements flag.Value.
func (l *lifeFlag) Set(text string) error {
	d, err := config.ParseDuration(text)
	if err != nil || d <= 0 {
		return errors.New("a time such as 30m, 24h or 7d is needed")
	}
	l.value = d
	return nil
}
