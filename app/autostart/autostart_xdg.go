//go:build unix && !darwin

package autostart

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"github.com/rymdport/portal/background"

	"chute/uploader/fault"
)

// flatpakInfo is there in every Flatpak, and nowhere else.
const flatpakInfo = "/.flatpak-info"

func inFlatpak() bool {
	_, err := os.Stat(flatpakInfo)
	return err == nil
}

func (e Entry) file(config string) string { return filepath.Join(config, "autostart", e.ID+".desktop") }

func (e Entry) enabled() (on, known bool) {
	if inFlatpak() {
		return false, false // the portal does not tell
	}
	xdg.Reload()
	for _, dir := range append([]string{xdg.ConfigHome}, xdg.ConfigDirs...) {
		if text, err := os.ReadFile(e.file(dir)); err == nil {
			return !switchedOff(string(text)), true // the first one counts
		}
	}
	return false, true
}

// switchedOff reads the two ways by which desktops keep an entry that is off.
func switchedOff(text string) bool {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch strings.TrimSpace(name) + "=" + strings.TrimSpace(value) {
		case "Hidden=true", "X-GNOME-Autostart-enabled=false":
			return true
		}
	}
	return false
}

func (e Entry) set(ctx context.Context, on bool) error {
	if inFlatpak() {
		return e.ask(ctx, on)
	}
	xdg.Reload()
	own := e.file(xdg.ConfigHome)
	if on {
		path, err := program()
		if err != nil {
			return err
		}
		return replace(own, e.desktopEntry(append([]string{path}, e.Args...)))
	}
	for _, dir := range xdg.ConfigDirs {
		if _, err := os.Stat(e.file(dir)); err == nil { // an administrator's, which only an own one hides
			return replace(own, "[Desktop Entry]\nType=Application\nName="+e.Name+"\nHidden=true\n")
		}
	}
	if err := os.Remove(own); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (e Entry) desktopEntry(command []string) string {
	quoted := make([]string, len(command))
	for i, arg := range command {
		quoted[i] = quote(arg)
	}
	return fmt.Sprintf("[Desktop Entry]\nType=Application\nName=%s\nExec=%s\nIcon=%s\nTerminal=false\nX-GNOME-Autostart-enabled=true\n",
		e.Name, strings.Join(quoted, " "), e.ID)
}

// quote writes an argument as the key Exec has it: in quotes, with what is
// special there escaped, and once more as every text in such a file.
func quote(arg string) string {
	arg = strings.NewReplacer(`"`, `\"`, "`", "\\`", "$", `\$`, `\`, `\\`, "%", "%%").Replace(arg)
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(`"` + arg + `"`)
}

// ask asks the desktop, by its portal, which asks the user.
func (e Entry) ask(ctx context.Context, on bool) error {
	type answer struct {
		result *background.RequestResult
		err    error
	}
	done := make(chan answer, 1)
	go func() {
		result, err := background.RequestBackground("", &background.RequestOptions{
			Reason: e.Name, Autostart: on, Commandline: append([]string{"chute"}, e.Args...),
		})
		done <- answer{result, err}
	}()
	select {
	case a := <-done:
		if a.err != nil {
			return a.err
		}
		if a.result == nil || on && !a.result.Autostart {
			return fault.DesktopRefused
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
