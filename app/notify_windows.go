package app

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"golang.org/x/sys/windows"
)

// notifier shows notifications, by way of the PowerShell that comes with
// Windows: a program of its own that Windows allows to.
//
// The script is always the same, and what it shows is in its environment. Fyne
// writes a script of the texts into a file instead: quotes and dollar signs in
// them would be code, and a profile with a space in its path gets none.
type notifier struct {
	shell string // the program
	app   string // the name that the installer registered
}

func newNotifier(f fyne.App, _ func()) *notifier {
	system, err := windows.GetSystemDirectory()
	if err != nil {
		return &notifier{app: f.UniqueID()} // which send tells
	}
	return &notifier{shell: filepath.Join(system, `WindowsPowerShell\v1.0\powershell.exe`), app: f.UniqueID()}
}

// notifyTimeout is how long PowerShell may take, which starts slowly.
const notifyTimeout = time.Minute

const notifyScript = `$ErrorActionPreference = 'Stop'
[Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime] > $null
[Windows.Data.Xml.Dom.XmlDocument, Windows.Data.Xml.Dom.XmlDocument, ContentType = WindowsRuntime] > $null
$toast = [xml] '<toast><visual><binding template="ToastText02"><text id="1"/><text id="2"/></binding></visual></toast>'
$texts = $toast.GetElementsByTagName('text')
$texts[0].AppendChild($toast.CreateTextNode($env:CHUTE_NOTIFY_TITLE)) > $null
$texts[1].AppendChild($toast.CreateTextNode($env:CHUTE_NOTIFY_TEXT)) > $null
$document = New-Object Windows.Data.Xml.Dom.XmlDocument
$document.LoadXml($toast.OuterXml)
$shown = New-Object Windows.UI.Notifications.ToastNotification $document
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($env:CHUTE_NOTIFY_APP).Show($shown)`

// send shows a notification. It may take some seconds.
func (n *notifier) send(title, text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), notifyTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, n.shell, "-NoProfile", "-NonInteractive", "-Command", notifyScript)
	cmd.Env = append(os.Environ(), "CHUTE_NOTIFY_TITLE="+title, "CHUTE_NOTIFY_TEXT="+text, "CHUTE_NOTIFY_APP="+n.app)
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true} // of the console
	if out, err := cmd.CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("powershell: %w: %s", err, first)
	}
	return nil
}

func (n *notifier) close() {}
