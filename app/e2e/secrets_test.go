//go:build linux

package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chute/uploader/storetest"
)

// wrongSecret is one that the store refuses.
const wrongSecret = "not-the-secret-of-this-store/+="

// TestSecretsStayInTheKeyring goes the whole way with a real Secret Service,
// by the command line: the secret goes in by login, serves to send, and is in
// no file and no output. Nor is a signature, but for the links themselves.
func TestSecretsStayInTheKeyring(t *testing.T) {
	dir, err := os.MkdirTemp("", "chute-") // short, for sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	service := newSecretService(t, dir)
	store := storetest.Start(t)
	c := &cli{t: t, home: filepath.Join(dir, "home"), env: service.env}
	c.env = c.env.with("CHUTE_HOME=" + c.home)

	file, content := filepath.Join(dir, "report.bin"), random(17<<20) // in parts
	write(t, file, string(content))
	destination := filepath.Join(dir, "destination.toml")
	write(t, destination, fmt.Sprintf(`[[destination]]
name = "work"
type = "s3"
endpoint = %q
region = %q
bucket = %q
path_style = true
`, store.Endpoint, storetest.Region, store.Bucket))
	c.run("", 0, "destination", "add", destination)

	c.run(storetest.AccessKey+"\n"+wrongSecret+"\n", 0, "destination", "login", "work")
	c.keeps(service, wrongSecret)
	c.run("", 1, "send", "--to", "work", file)

	c.run(storetest.AccessKey+"\n"+storetest.SecretKey+"\n", 0, "destination", "login", "work")
	c.keeps(service, storetest.SecretKey)
	if slices.ContainsFunc(service.kept(), func(s string) bool { return strings.Contains(s, wrongSecret) }) {
		t.Error("the keyring still has the secret that was replaced")
	}

	for _, flags := range [][]string{nil, {"--json"}} {
		out := c.run("", 0, slices.Concat([]string{"send", "--to", "work"}, flags, []string{file})...)
		link := strings.TrimSpace(out)
		if flags != nil {
			link = linkOf(t, out)
		}
		if _, got := fetch(t, link); !bytes.Equal(got, content) {
			t.Errorf("%d bytes behind the link, not the %d that were sent", len(got), len(content))
		}
	}
	c.run("", 0, "destination", "test", "work")
	c.run("", 0, "destination", "list")

	c.run("", 0, "destination", "logout", "work")
	if slices.ContainsFunc(service.kept(), func(s string) bool { return strings.Contains(s, storetest.SecretKey) }) {
		t.Error("the keyring still has the secret after logout")
	}
	c.run("", 1, "send", "--to", "work", file)
}

// cli runs the program's command line.
type cli struct {
	t    *testing.T
	env  env
	home string
}

// run runs a command, checks its exit code and that it gave away no secret,
// and returns what it printed.
func (c *cli) run(stdin string, code int, args ...string) string {
	c.t.Helper()
	out, errOut, err := run(c.t.Context(), c.env, stdin, program, args...)
	var exit *exec.ExitError
	got := 0
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		c.t.Fatalf("chute %q: %v", args, err)
	}
	if got != code {
		c.t.Fatalf("chute %q ended with %d, want %d\nstdout: %s\nstderr: %s", args, got, code, out, errOut)
	}
	c.checkPrivate(fmt.Sprintf("the messages of chute %q", args), []byte(errOut), true)
	c.checkPrivate(fmt.Sprintf("the output of chute %q", args), []byte(out), args[0] != "send")
	checkOutput(c.t, []byte(errOut))
	c.checkFiles()
	return out
}

// checkFiles looks for secrets and signatures in all that the program keeps.
func (c *cli) checkFiles() {
	c.t.Helper()
	files := 0
	err := filepath.WalkDir(c.home, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		c.checkPrivate("the path "+path, []byte(path), true)
		if !e.Type().IsRegular() {
			return nil
		}
		files++
		content, err := os.ReadFile(path)
		c.checkPrivate(path, content, true)
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	if files == 0 {
		c.t.Fatalf("no file in %s: the program keeps its files elsewhere", c.home)
	}
}

// checkPrivate looks for the secrets, in the usual encodings, in a text, and
// for signatures of requests where there must be none.
func (c *cli) checkPrivate(what string, text []byte, noSignature bool) {
	c.t.Helper()
	for _, secret := range []string{storetest.SecretKey, wrongSecret} {
		for _, form := range []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), hex.EncodeToString([]byte(secret)),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)),
		} {
			if bytes.Contains(text, []byte(form)) {
				c.t.Errorf("the secret is in %s", what)
			}
		}
	}
	if !noSignature {
		return
	}
	for _, sign := range []string{"Signature=", "SignatureProvided", "X-Amz-Credential"} {
		if bytes.Contains(text, []byte(sign)) {
			c.t.Errorf("%s is in %s", sign, what)
		}
	}
}

// keeps checks that the keyring has a secret: else that it is nowhere else
// would prove nothing.
func (c *cli) keeps(s *secretService, secret string) {
	c.t.Helper()
	if !slices.ContainsFunc(s.kept(), func(kept string) bool { return strings.Contains(kept, secret) }) {
		c.t.Fatal("the secret is not in the keyring")
	}
}

// linkOf returns the link in the JSON lines of one file that was sent.
func linkOf(t *testing.T, output string) string {
	t.Helper()
	for line := range strings.Lines(output) {
		var event struct{ Event, Link string }
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if event.Event == "done" {
			return event.Link
		}
	}
	t.Fatalf("nothing was sent:\n%s", output)
	return ""
}
