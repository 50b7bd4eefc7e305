//go:build windows || darwin

package app

import "fyne.io/fyne/v2"

// notifier shows Fyne's notifications. On Windows it makes a PowerShell script
// of them: nothing that a stranger chose, such as a file's name, may get there.
type notifier struct{ app fyne.App }

func newNotifier(f fyne.App, _ func()) *notifier { return &notifier{f} }

// send shows a notification.
func (n *notifier) send(title, text string) error {
	n.app.SendNotification(fyne.NewNotification(title, text))
	return nil
}

func (n *notifier) close() {}
