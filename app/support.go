package app

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"chute/app/config"
	"chute/app/secret"
	"chute/uploader"
)

// maxLogTail is how much of the log's end goes into a bundle.
const maxLogTail = 192 << 10

// maxBundleParts bounds how many parts of one transfer are listed: the slow and
// the failed ones first.
const maxBundleParts = 50

// Names of states, as the bundle has them.
var (
	stateNames = [...]string{"queued", "preparing", "sending", "retrying", "offline", "paused", "finishing", "done", "failed", "cancelled"}
	partNames  = [...]string{"waiting", "sending", "retrying", "done"}
)

// support writes what helps to find out what is wrong on this computer. It holds
// no secrets and no signed addresses, and goes nowhere by itself.
func (a *App) support(w io.Writer) error {
	var b bytes.Buffer
	a.supportVersions(&b)
	a.supportSettings(&b)
	a.supportDestinations(&b)
	if a.engine != nil {
		a.supportTransfers(&b)
	}
	if text := keptCrash(a.home); text != "" {
		fmt.Fprintf(&b, "\n== last crash\n%s\n", text)
	}
	fmt.Fprintf(&b, "\n== log\n%s", logTail(a.home.Log()))
	// Once more over all of it: whatever was missed above is taken out here.
	_, err := io.WriteString(w, a.redactor().text(strings.ToValidUTF8(b.String(), "?")))
	return err
}

// redactor knows the secrets that this process has used.
func (a *App) redactor() redactor {
	a.mu.Lock()
	defer a.mu.Unlock()
	return newRedactor(slices.Collect(maps.Keys(a.revealed)))
}

func (a *App) supportVersions(w io.Writer) {
	fmt.Fprintf(w, "Chute %s, %s\n%s %s/%s, %s\n", Version, time.Now().UTC().Format(time.RFC3339), runtime.Version(), runtime.GOOS, runtime.GOARCH, systemName())
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if slices.Contains([]string{"fyne.io/fyne/v2", "github.com/aws/aws-sdk-go-v2/service/s3", "github.com/versity/versitygw", "modernc.org/sqlite"}, m.Path) {
				fmt.Fprintf(w, "%s %s\n", m.Path, m.Version)
			}
		}
	}
	for _, name := range []string{"XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "LANG", "FLATPAK_ID"} {
		if v := os.Getenv(name); v != "" {
			fmt.Fprintf(w, "%s=%s\n", name, v)
		}
	}
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "APPIMAGE", config.HomeEnv} {
		if os.Getenv(name) != "" || os.Getenv(strings.ToLower(name)) != "" {
			fmt.Fprintf(w, "%s is set\n", name)
		}
	}
	keyring := "keyring of the system, as far as it was used"
	if a.secrets.Kind() == secret.Memory {
		keyring = "no keyring: secrets in memory"
	}
	fmt.Fprintln(w, keyring)
}

// systemName is what the operating system calls itself.
func systemName() string {
	f, err := os.Open("/etc/os-release")
	if err != nil {
		return runtime.GOOS
	}
	defer f.Close()
	for lines := bufio.NewScanner(io.LimitReader(f, 64<<10)); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "PRETTY_NAME="); ok {
			return strings.Trim(name, `"`)
		}
	}
	return runtime.GOOS
}

func (a *App) supportSettings(w io.Writer) {
	fmt.Fprintf(w, "\n== settings\n")
	s, err := a.settings.Load()
	if err != nil {
		fmt.Fprintln(w, err)
	}
	fmt.Fprintf(w, "%+v\n", s)
	if locked := a.settings.Locked(); len(locked) > 0 {
		fmt.Fprintf(w, "fixed for all users: %s\n", strings.Join(locked, ", "))
	}
}

func (a *App) supportDestinations(w io.Writer) {
	fmt.Fprintf(w, "\n== destinations\n")
	all, err := a.file.Load()
	if err != nil {
		fmt.Fprintln(w, err)
	}
	for _, d := range all.All {
		fmt.Fprintf(w, "%s: type=%s", d.Name, d.Type)
		for _, f := range []struct{ name, value string }{
			{"endpoint", hostOf(d.Endpoint)},
			{"url", hostOf(d.URL)},
			{"region", d.Region},
			{"provider", d.Provider},
			{"dialect", d.Dialect},
			{"auth", d.Auth},
			{"credentials", d.Credentials},
			{"key", d.Key},
			{"link_expiry", d.LinkExpiry},
			{"public_url", hostOf(d.PublicURL)},
			{"part_size", d.PartSize},
			{"ca_file", filepath.Base(d.CAFile)},
			{"headers", strings.Join(slices.Sorted(maps.Keys(d.Headers)), "+")},
			{"vars", strings.Join(slices.Sorted(maps.Keys(d.Vars)), "+")},
		} {
			if f.value != "" && f.value != "." {
				fmt.Fprintf(w, ", %s=%s", f.name, f.value)
			}
		}
		if d.PathStyle {
			fmt.Fprint(w, ", path_style")
		}
		if d.AllowHTTP {
			fmt.Fprint(w, ", allow_http")
		}
		if all.Managed(d.Name) {
			fmt.Fprint(w, " (for all users)")
		}
		if d.Name == all.Default {
			fmt.Fprint(w, " (default)")
		}
		fmt.Fprintln(w)
	}
}

// hostOf is the host of an address, with its port.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func (a *App) supportTransfers(w io.Writer) {
	watcher := a.engine.Watch()
	defer watcher.Close()
	fmt.Fprintf(w, "\n== transfers\n")
	for _, s := range watcher.Next(nil) {
		fmt.Fprintf(w, "%s %s to %s: %d of %d bytes, %d of %d parts of %d, %d active, %d retries, %d sent again, %d resumed",
			s.ID, stateNames[s.State], s.Destination, s.Sent, s.Size, s.PartsDone, s.Parts, s.PartSize, s.Active, s.Retries, s.Again, s.Resumed)
		if !s.Started.IsZero() {
			end := s.Ended
			if end.IsZero() {
				end = time.Now()
			}
			fmt.Fprintf(w, ", %.1f s", end.Sub(s.Started).Seconds())
		}
		fmt.Fprintln(w)
		if s.Err != nil {
			fmt.Fprintf(w, "  %s: HTTP %d, server %q, request %q\n", s.Err.Code, s.Err.Status, s.Err.Server, s.Err.RequestID)
		}
		a.supportParts(w, s.ID, s.Parts)
	}
}

// supportParts lists the parts of a transfer, those that needed most tries and
// were slowest first.
func (a *App) supportParts(w io.Writer, id uploader.ID, count int) {
	parts := a.engine.Details(nil, id, 1, count)
	slices.SortStableFunc(parts, func(p, q uploader.PartDetail) int {
		return cmp.Or(cmp.Compare(q.Attempts, p.Attempts), cmp.Compare(p.Speed, q.Speed))
	})
	for i, p := range parts {
		if i == maxBundleParts {
			fmt.Fprintf(w, "  and %d parts more\n", len(parts)-i)
			break
		}
		fmt.Fprintf(w, "  part %d: %s, %d of %d bytes, %d tries", p.Number, partNames[p.State], p.Sent, p.Size, p.Attempts)
		if p.Speed > 0 {
			fmt.Fprintf(w, ", last try %.1f s at %.0f bytes/s", float64(p.Sent)/p.Speed, p.Speed)
		}
		if p.Err != nil {
			fmt.Fprintf(w, ", last %s (HTTP %d)", p.Err.Code, p.Err.Status)
		}
		fmt.Fprintln(w)
	}
}

// logTail is the end of the log, from the beginning of a line on.
func logTail(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error() + "\n"
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > maxLogTail {
		f.Seek(-maxLogTail, io.SeekEnd)
		_, rest, _ := bytes.Cut(readAll(f), []byte("\n"))
		return string(rest)
	}
	return string(readAll(f))
}

func readAll(r io.Reader) []byte {
	b, _ := io.ReadAll(io.LimitReader(r, maxLogTail)) // as much as can be read
	return b
}

// runSupport prints the bundle.
func runSupport(ctx context.Context, c *console, args []string) error {
	if len(args) > 0 {
		return wrongUse("support takes no arguments")
	}
	a, err := open(ctx, Options{Notice: c.notice}, needConfig)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.support(c.out)
}
