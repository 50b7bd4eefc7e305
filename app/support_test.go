package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"chute/app/config"
	"chute/app/secret"
	"chute/uploader"
	"chute/uploader/fault"
)

// planted are secrets, and texts that hold them as they might come along.
var planted = map[string]string{
	"0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9": "https://media.s3.eu-west-1.amazonaws.com/2026/a%20b.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261121&X-Amz-Signature=0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
	"AKIAIOSFODNN7EXAMPLE":                     "the key AKIAIOSFODNN7EXAMPLE is not known",
	"ASIAY34FZKBOKMUTVV7A":                     "keyid=ASIAY34FZKBOKMUTVV7A",
	"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY": "secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	"Zr3pL9qVnB5sW1xT8kYd":                     "X-Amz-Security-Token: Zr3pL9qVnB5sW1xT8kYd",
	"s3cr3t-bearer":                            `Authorization: Bearer s3cr3t-bearer`,
	"dXNlcjpwYXNz":                             `headers map[Authorization:[Basic dXNlcjpwYXNz]]`,
	"eyJhbGciOi.eyJzdWIiOi.c2lnbmF0":           "got eyJhbGciOi.eyJzdWIiOi.c2lnbmF0",
	"hunter2":                                  "dial https://ada:hunter2@files.example.org/x",
	"sig-query-value":                          "GET https://files.example.org/link?sig=sig-query-value",
	"capability-in-the-path":                   "PUT https://files.example.org/upload/capability-in-the-path",
	"sid-value":                                "Cookie: session=sid-value",
	"json-secret":                              `{"secret_access_key":"json-secret","x":1}`,
	"quoted secret":                            `password="quoted secret"`,
	"frag-value":                               "http://127.0.0.1:41001/#frag-value",
	"Q7mD2vX9cRb4Nz6Lk8Tw":                     "a token by itself: Q7mD2vX9cRb4Nz6Lk8Tw.",
}

func checkClean(t *testing.T, text string) {
	t.Helper()
	for secret := range planted {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in\n%s", secret, text)
		}
	}
	for _, sign := range []string{"X-Amz-Signature=0", "X-Amz-Credential=A"} {
		if strings.Contains(text, sign) {
			t.Errorf("%q is in the text", sign)
		}
	}
}

func TestRedact(t *testing.T) {
	r := newRedactor(nil)
	for secret, text := range planted {
		if got := r.text(text); strings.Contains(got, secret) {
			t.Errorf("%q became %q", text, got)
		}
	}
	// What helps to find a mistake stays.
	for _, text := range []string{
		"time=2026-11-21T15:04:05.000Z level=WARN msg=\"not all was cleaned up\" cause=\"context deadline exceeded\"",
		"https://files.example.org",
		"dial tcp 192.0.2.1:443: connect: connection refused",
		"goroutine 1 [running]:\nchute/app.(*host).Add(0xc000123456)\n\tchute/app/window.go:123 +0x1a5",
		"golang.org/x/sync@v0.24.0/errgroup/errgroup.go",
		"part 3: sending, 1048576 of 8388608 bytes, 2 tries",
		"no-bucket: HTTP 404, server \"NoSuchBucket\"",
	} {
		if got := r.text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	if got := newRedactor([]string{"correct horse"}).text("said correct horse here"); got != "said [removed] here" {
		t.Errorf("a known secret: %q", got)
	}
	if home, err := os.UserHomeDir(); err == nil {
		if got := r.text(filepath.Join(home, "x")); got != filepath.Join("~", "x") {
			t.Errorf("the home folder: %q", got)
		}
	}
}

// Redacting ends, and what it made holds nothing more to take out.
func FuzzRedact(f *testing.F) {
	for _, text := range planted {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := newRedactor([]string{"correct horse"})
		once := r.text(text)
		for _, key := range accessKey.FindAllString(once, -1) {
			t.Errorf("%q is left in %q", key, once)
		}
		if strings.Contains(once, "correct horse") {
			t.Errorf("a known secret is left in %q", once)
		}
	})
}

// Secrets are planted wherever something might have put them: in the log, a
// crash, the configuration, the keyring, a failure. None comes out.
func TestSupportHoldsNoSecrets(t *testing.T) {
	a := openedAt(t, `
[[destination]]
name = "studio"
type = "backend"
url = "https://files.example.org/api/capability-in-the-path"
dialect = "presign"
auth = "basic"
headers = { X-Team = "s3cr3t-bearer" }
vars = { route = "hunter2" }
public_url = "https://cdn.example.org/capability-in-the-path"
ca_file = "missing.pem"
`)
	for _, text := range planted {
		a.log.Error("planted", slog.String("cause", text), slog.Any("more", []string{text}))
	}
	a.log.Info("the user's own: ada:correct-horse and " + base64.StdEncoding.EncodeToString([]byte("ada:correct-horse")))
	var crash strings.Builder
	for _, text := range planted {
		fmt.Fprintf(&crash, "panic: %s\n", text)
	}
	if err := os.WriteFile(crashLog(a.home), []byte(crash.String()+"goroutine 7 [running]:\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.note(secret.Secret("ada:correct-horse"))
	text, err := collectCrash(a.home, a.redactor())
	if err != nil || !strings.Contains(text, "goroutine 7") {
		t.Fatalf("%q, %v", text, err)
	}
	checkClean(t, text)

	ended := make(chan uploader.Snapshot, 1)
	a.options.Ended = func(s uploader.Snapshot) { ended <- s }
	a.engine.Add(uploader.Job{
		Source: uploader.NewPipe("a.pdf", strings.NewReader("a")), Destination: "studio", Key: "capability-in-the-path",
		Open: func(context.Context) (uploader.Target, error) {
			return uploader.Target{}, fault.New(fault.Backend, fault.BackendRefused, fault.Facts{"Reason": planted["sid-value"]}, errors.New(planted["hunter2"]))
		},
	})
	<-ended
	var b bytes.Buffer
	if err := a.support(&b); err != nil {
		t.Fatal(err)
	}
	checkClean(t, b.String())
	for _, bad := range []string{"correct-horse", base64.StdEncoding.EncodeToString([]byte("ada:correct-horse")), "/home/ada", "a.pdf"} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("%q is in\n%s", bad, b.String())
		}
	}
	for _, want := range []string{
		"Chute dev", "== settings", "Speed:normal", "studio: type=backend, url=https://files.example.org", "credentials=keyring", "headers=X-Team",
		"vars=route", "failed", "== last crash", "goroutine 7", "== log", "level=ERROR",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

// The names follow the states of the engine.
func TestStateNames(t *testing.T) {
	if len(stateNames) != int(uploader.Cancelled)+1 || len(partNames) != int(uploader.PartDone)+1 ||
		stateNames[uploader.Offline] != "offline" || stateNames[uploader.Done] != "done" || partNames[uploader.PartRetrying] != "retrying" {
		t.Error("other states than names")
	}
}

func TestLogTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chute.log")
	line := strings.Repeat("x", 99) + "\n"
	if err := os.WriteFile(path, []byte("first\n"+strings.Repeat(line, 3*maxLogTail/100)), 0o600); err != nil {
		t.Fatal(err)
	}
	tail := logTail(path)
	if len(tail) > maxLogTail || len(tail) < maxLogTail-200 || strings.Contains(tail, "first") || !strings.HasPrefix(tail, line) {
		t.Errorf("%d bytes, beginning %q", len(tail), tail[:20])
	}
}

// crasher dies as a program with a mistake does, in a goroutine of its own.
func crasher() {
	home, err := config.FindHome()
	if err == nil {
		err = home.Make()
	}
	if err == nil {
		err = keepCrashes(home)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(9)
	}
	go func() { panic(os.Args[1]) }()
	select {}
}

func TestCrashIsKept(t *testing.T) {
	atHome(t, "")
	home, err := config.FindHome()
	if err != nil {
		t.Fatal(err)
	}
	if err := home.Make(); err != nil {
		t.Fatal(err)
	}
	r := newRedactor(nil)
	if text, err := collectCrash(home, r); text != "" || err != nil {
		t.Fatalf("%q, %v", text, err)
	}
	die := func(text string) {
		t.Helper()
		program, err := exec.LookPath("crasher")
		if err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(program, text).CombinedOutput(); err == nil || !strings.Contains(string(out), "panic: "+text) {
			t.Fatalf("it did not die as it should: %v: %s", err, out)
		}
	}
	die("first " + planted["hunter2"])
	text, err := collectCrash(home, r)
	if err != nil || !strings.Contains(text, "panic: first") || !strings.Contains(text, "crasher.func1") || !strings.Contains(text, "ended 20") {
		t.Fatalf("%q, %v", text, err)
	}
	checkClean(t, text)
	if raw, err := os.ReadFile(crashLog(home)); err != nil || len(raw) > 0 {
		t.Errorf("left: %q, %v", raw, err)
	}
	die("second")
	for range 2 { // the first is what is asked about, until it is forgotten
		if again, err := collectCrash(home, r); again != text || err != nil {
			t.Errorf("%q, %v", again, err)
		}
	}
	if err := forgetCrash(home); err != nil {
		t.Fatal(err)
	}
	if err := forgetCrash(home); err != nil {
		t.Fatal(err)
	}
	if text, err := collectCrash(home, r); text != "" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if info, err := os.Stat(crashLog(home)); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v, %v", info, err)
	}
}
