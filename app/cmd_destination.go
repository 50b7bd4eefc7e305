package app

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"chute/app/config"
	"chute/app/secret"
	"chute/uploader/fault"

	"golang.org/x/term"
)

func runDestination(ctx context.Context, c *console, args []string) error {
	verbs := map[string]func(context.Context, *console, *App, string) error{
		"add": addDestinations, "login": login, "logout": logout, "test": testDestination, "remove": removeDestination,
	}
	args, err := parse(flag.NewFlagSet("destination", flag.ContinueOnError), args)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return wrongUse("destination needs a word: list, add, login, logout, test or remove")
	}
	verb, rest := args[0], args[1:]
	run, ok := verbs[verb]
	switch {
	case verb == "list":
		if len(rest) > 0 {
			return wrongUse("destination list takes no arguments")
		}
		run, rest = listDestinations, []string{""}
	case !ok:
		return wrongUse("unknown word %q after destination", verb)
	case len(rest) != 1:
		return wrongUse("destination %s needs one argument", verb)
	}
	if verb == "add" {
		abs, err := filepath.Abs(rest[0])
		if err != nil {
			return err
		}
		rest[0] = abs
	}
	app, err := open(ctx, Options{Notice: c.notice}, needConfig)
	if err != nil {
		return err
	}
	defer app.Close()
	return run(ctx, c, app, rest[0])
}

func listDestinations(_ context.Context, c *console, a *App, _ string) error {
	all, err := a.file.Load()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, d := range all.All {
		mark := ""
		if d.Name == all.Default {
			mark = "default"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", d.Name, d.Type, whereTo(d), mark)
	}
	return table.Flush()
}

// whereTo says in one word where a destination's files go.
func whereTo(d config.Destination) string {
	switch d.Type {
	case config.TypeBackend:
		return d.URL
	case config.TypeLocal:
		return "this computer"
	}
	if d.Endpoint != "" {
		return strings.TrimSuffix(d.Endpoint, "/") + "/" + d.Bucket
	}
	return "s3://" + d.Bucket
}

// addDestinations adds what a destination file names: all of it, or nothing
// where a name is taken.
func addDestinations(_ context.Context, c *console, a *App, path string) error {
	offers, err := a.readOffers(path)
	if err != nil {
		return err
	}
	for _, o := range offers {
		if o.Taken != "" || o.Known {
			return fault.Wrong(nil, fault.Mistake{What: fault.NameTaken.With("Name", strconv.Quote(cmp.Or(o.Taken, o.Destination.Name)))})
		}
	}
	for _, o := range offers {
		if err := a.accept(o); err != nil {
			return err
		}
		d := config.Destination(o.Destination)
		fmt.Fprintf(c.err, "Added %s.\n", d.Name)
		for _, name := range o.Authorities {
			fmt.Fprintf(c.err, "It trusts certificates of %s.\n", name)
		}
		if _, _, err := loginFields(d); err == nil {
			fmt.Fprintf(c.err, "It needs a secret: chute destination login %s\n", fault.Quote(d.Name))
		}
	}
	return nil
}

// loginFields are the lines that login reads for a destination, with what to
// ask for them.
func loginFields(d config.Destination) ([]secret.Field, []string, error) {
	switch {
	case d.Type == config.TypeS3 && d.Credentials == config.CredentialsKeyring:
		return []secret.Field{secret.AccessKeyID, secret.SecretAccessKey, secret.SessionToken},
			[]string{"Access key ID", "Secret access key", "Session token, if any"}, nil
	case d.Type == config.TypeBackend && d.Auth != "none":
		return []secret.Field{secret.Backend}, []string{"Secret"}, nil
	}
	return nil, nil, fault.Wrong(nil, fault.Mistake{What: fault.Plain(d.Name + " takes no secret.")})
}

// login reads a destination's secrets, from the terminal without echo or a
// line each from standard input, and puts them into the keyring.
func login(ctx context.Context, c *console, a *App, name string) error {
	dest, err := a.destination(name)
	if err != nil {
		return err
	}
	fields, prompts, err := loginFields(dest)
	if err != nil {
		return err
	}
	// Nobody should type a secret only to hear that there is no place for it.
	if _, err := a.secrets.Get(ctx, name, fields[0]); err != nil && !errors.Is(err, secret.ErrNotFound) {
		return err
	}
	if a.secrets.Kind() == secret.Memory {
		return fault.New(fault.Keyring, fault.KeyringNeeded, nil, nil)
	}
	values, err := readSecrets(ctx, c, prompts)
	if err != nil {
		return err
	}
	for i, field := range fields {
		if values[i] == "" {
			if field != secret.SessionToken {
				return wrongUse("login: the %s is empty", strings.ToLower(prompts[i]))
			}
			if err := a.secrets.Delete(ctx, name, field); err != nil {
				return err
			}
			continue
		}
		if err := a.secrets.Set(ctx, name, field, secret.Secret(values[i])); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.err, "The secret of %s is in the keyring.\n", name)
	return nil
}

// readSecrets reads one secret a prompt, until ctx ends.
func readSecrets(ctx context.Context, c *console, prompts []string) ([]string, error) {
	read := func() ([]string, error) { return readLines(c.in, len(prompts)) }
	if f, ok := c.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fd := int(f.Fd())
		echo, err := term.GetState(fd)
		if err != nil {
			return nil, fmt.Errorf("reading the secret: %w", err)
		}
		defer term.Restore(fd, echo) // the reading below does so too, but not when interrupted
		read = func() ([]string, error) { return askSecrets(c.err, fd, prompts) }
	}
	type answer struct {
		values []string
		err    error
	}
	done := make(chan answer, 1)
	go func() {
		values, err := read()
		done <- answer{values, err}
	}()
	select {
	case a := <-done:
		if a.err != nil {
			return nil, fmt.Errorf("reading the secret: %w", a.err)
		}
		return a.values, nil
	case <-ctx.Done():
		return nil, errInterrupted
	}
}

// askSecrets reads from a terminal, without echo.
func askSecrets(w io.Writer, fd int, prompts []string) ([]string, error) {
	values := make([]string, len(prompts))
	for i, prompt := range prompts {
		fmt.Fprintf(w, "%s: ", prompt)
		text, err := term.ReadPassword(fd)
		fmt.Fprintln(w)
		if err != nil {
			return nil, err
		}
		values[i] = strings.TrimSpace(string(text))
	}
	return values, nil
}

// readLines reads n lines; those that are missing are empty.
func readLines(r io.Reader, n int) ([]string, error) {
	values := make([]string, n)
	lines := bufio.NewReader(r)
	for i := range values {
		text, err := lines.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		values[i] = strings.TrimSpace(text)
	}
	return values, nil
}

func logout(ctx context.Context, c *console, a *App, name string) error {
	if _, err := a.destination(name); err != nil {
		return err
	}
	if err := a.forgetSecrets(ctx, name); err != nil {
		return err
	}
	fmt.Fprintf(c.err, "The secret of %s is gone.\n", name)
	return nil
}

func (a *App) forgetSecrets(ctx context.Context, name string) error {
	var errs []error
	for _, field := range secret.Fields {
		errs = append(errs, a.secrets.Delete(ctx, name, field))
	}
	a.forget(name)
	return errors.Join(errs...)
}

func removeDestination(ctx context.Context, c *console, a *App, name string) error {
	if err := a.file.Remove(name); err != nil {
		return err
	}
	if err := a.forgetSecrets(ctx, name); err != nil {
		return err
	}
	fmt.Fprintf(c.err, "Removed %s. What was sent stays where it is.\n", name)
	return nil
}

func testDestination(ctx context.Context, c *console, a *App, name string) error {
	dest, err := a.destination(name)
	if err != nil {
		return err
	}
	failed := false
	a.probe(ctx, dest, savedSecrets{a, name}, func(s probeStep) {
		if ctx.Err() != nil {
			return
		}
		if s.err == nil {
			fmt.Fprintf(c.out, "ok      %s\n", s.name)
			return
		}
		failed = true
		f := fault.As(s.err)
		fmt.Fprintf(c.out, "failed  %s: %s\n        %s [%s]\n", s.name, printable(f.Message()), printable(hintFor(f, name)), f.Code)
		if s.policy != "" {
			fmt.Fprintf(c.out, "        This policy allows it:\n%s\n", s.policy)
		}
	})
	switch {
	case ctx.Err() != nil:
		return errInterrupted
	case failed:
		return errSomeFailed
	}
	return nil
}
