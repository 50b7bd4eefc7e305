package app

import "fyne.io/fyne/v2"

// notifier shows Fyne's notifications.
type notifier struct{ app fyne.App }

func newNotifier(f fyne.App, _ func()) *notifier { return &notifier{f} }

// send shows a notification.
func (n *notifier) send(title, text string) error {
	n.app.SendNotification(fyne.NewNotification(title, text))
	return nil
}

func (n *notifier) close() {}
