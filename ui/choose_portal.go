//go:build !windows && !darwin

package ui

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/lang"
	"github.com/godbus/dbus/v5"
)

// newChooser takes the desktop's own dialogs, by the file chooser portal, and
// Fyne's where no portal answers.
func newChooser(win fyne.Window) chooser { return &portal{win: win, fallback: inCanvas{win}} }

// portal asks org.freedesktop.portal.FileChooser. It speaks D-Bus itself because
// github.com/rymdport/portal unescapes the answer as a query: a "+" in a file
// name would come back as a space.
type portal struct {
	win      fyne.Window
	fallback inCanvas
	open     bool // a dialog is shown: no second one
}

// portalPatience is how long the portal may take to open a dialog. It may have
// to be started first.
const portalPatience = 4 * time.Second

func (p *portal) files(chosen func([]string)) {
	p.ask(lang.L("Add files"), map[string]dbus.Variant{"multiple": dbus.MakeVariant(true)}, chosen, p.fallback.files)
}

func (p *portal) folder(chosen func([]string)) {
	p.ask(lang.L("Add a folder"), map[string]dbus.Variant{
		"multiple": dbus.MakeVariant(true), "directory": dbus.MakeVariant(true),
	}, chosen, p.fallback.folder)
}

func (p *portal) save(name string, chosen func(string)) {
	first := func(paths []string) { chosen(paths[0]) }
	p.call("SaveFile", lang.L("Save as"), map[string]dbus.Variant{"current_name": dbus.MakeVariant(name)}, first, func(func([]string)) {
		p.fallback.save(name, chosen)
	})
}

func (p *portal) ask(title string, options map[string]dbus.Variant, chosen func([]string), fallback func(func([]string))) {
	p.call("OpenFile", title, options, chosen, fallback)
}

// call shows a dialog of the portal's, or the fallback where there is none.
func (p *portal) call(method, title string, options map[string]dbus.Variant, chosen func([]string), fallback func(func([]string))) {
	if p.open {
		return
	}
	p.open = true
	parent := parentHandle(p.win)
	go func() {
		paths, err := fileDialog(method, parent, title, options)
		fyne.Do(func() {
			p.open = false
			switch {
			case err != nil:
				fallback(chosen)
			case len(paths) > 0:
				chosen(paths)
			}
		})
	}()
}

// parentHandle names the window to the portal, so that the dialog stays above
// it; empty where that needs more than a number.
func parentHandle(win fyne.Window) (handle string) {
	if n, ok := win.(driver.NativeWindow); ok {
		n.RunNative(func(c any) {
			if x, ok := c.(driver.X11WindowContext); ok {
				handle = fmt.Sprintf("x11:%x", x.WindowHandle)
			}
		})
	}
	return handle
}

var errNoAnswer = errors.New("the file chooser portal gave no answer")

// fileDialog shows a dialog of the portal's and waits for its end. No paths and no
// error mean that the user closed it.
func fileDialog(method, parent, title string, options map[string]dbus.Variant) ([]string, error) {
	// A connection of its own: signals on the shared one go to others as well.
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	token := "chute" + strings.ToLower(rand.Text())
	options["handle_token"] = dbus.MakeVariant(token)
	// The answer may come before the call returns, so the listening begins first.
	sender := strings.ReplaceAll(strings.TrimPrefix(conn.Names()[0], ":"), ".", "_")
	request := dbus.ObjectPath("/org/freedesktop/portal/desktop/request/" + sender + "/" + token)
	if err := conn.AddMatchSignal(dbus.WithMatchObjectPath(request), dbus.WithMatchInterface("org.freedesktop.portal.Request")); err != nil {
		return nil, err
	}
	signals := make(chan *dbus.Signal, 4)
	conn.Signal(signals)

	ctx, cancel := context.WithTimeout(context.Background(), portalPatience)
	defer cancel()
	desktop := conn.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop")
	if err := desktop.CallWithContext(ctx, "org.freedesktop.portal.FileChooser."+method, 0, parent, title, options).Err; err != nil {
		return nil, err
	}
	for s := range signals {
		if s.Path == request && len(s.Body) == 2 {
			return portalAnswer(s.Body[0], s.Body[1])
		}
	}
	return nil, errNoAnswer
}

// portalAnswer reads the body of a Response signal.
func portalAnswer(status, results any) ([]string, error) {
	switch status {
	case uint32(0):
	case uint32(1):
		return nil, nil
	default:
		return nil, errNoAnswer
	}
	fields, ok := results.(map[string]dbus.Variant)
	if !ok {
		return nil, errNoAnswer
	}
	uris, ok := fields["uris"].Value().([]string)
	if !ok {
		return nil, errNoAnswer
	}
	paths := make([]string, 0, len(uris))
	for _, u := range uris {
		parsed, err := url.Parse(u)
		if err != nil {
			return nil, err
		}
		if parsed.Scheme == "file" {
			u = parsed.Path
		}
		paths = append(paths, u)
	}
	return paths, nil
}
