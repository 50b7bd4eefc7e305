package app

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"chute/app/config"
)

// The files of crashes: what the runtime writes while a process dies, in
// whatever goroutine, and what of it is kept for the user, without secrets.
func crashLog(home config.Home) string { return filepath.Join(filepath.Dir(home.Log()), "crash.log") }

func crashKept(home config.Home) string { return filepath.Join(filepath.Dir(home.Log()), "crash.txt") }

// maxCrash bounds what is kept of a crash. It begins with what matters.
const maxCrash = 128 << 10

// keepCrashes makes the runtime write down a crash of this process.
func keepCrashes(home config.Home) error {
	f, err := os.OpenFile(crashLog(home), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // the runtime keeps its own
	return debug.SetCrashOutput(f, debug.CrashOptions{})
}

// collectCrash takes what an earlier process wrote while it died, and returns
// what is kept of crashes; empty where there was none. The first one since the
// user was last asked stays: others often follow from it.
func collectCrash(home config.Home, r redactor) (string, error) {
	f, err := os.OpenFile(crashLog(home), os.O_RDWR, 0)
	if os.IsNotExist(err) {
		return keptCrash(home), nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxCrash))
	if err != nil || len(raw) == 0 {
		return keptCrash(home), err
	}
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	// Taken away before anything else: it may hold what was in memory.
	if err := f.Truncate(0); err != nil {
		return "", err
	}
	if kept := keptCrash(home); kept != "" {
		return kept, nil
	}
	text := strings.ToValidUTF8(string(raw), string(utf8.RuneError))
	text = fmt.Sprintf("Chute %s, collected by %s\nended %s\n\n%s", "crash", Version, info.ModTime().UTC().Format(time.RFC3339), r.text(text))
	return text, os.WriteFile(crashKept(home), []byte(text), 0o600)
}

func keptCrash(home config.Home) string {
	b, err := os.ReadFile(crashKept(home))
	if err != nil {
		return ""
	}
	return string(b)
}

// forgetCrash removes what is kept.
func forgetCrash(home config.Home) error {
	err := os.Remove(crashKept(home))
	if os.IsNotExist(err) {
		return nil
	}
	return err
}
