package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"chute/app/config"
	"chute/app/instance"
	"chute/ui"
	"chute/uploader"
	"chute/uploader/fault"

	"fyne.io/fyne/v2"
)

// appID names the program to the desktop.
const appID = "io.github.chute.Chute"

// minimisedFlag starts the program without a window.
const minimisedFlag = "minimised"

func runWindow(ctx context.Context, c *console, args []string) error {
	flags := flag.NewFlagSet("chute", flag.ContinueOnError)
	to := flags.String("to", "", "destination")
	hidden := flags.Bool(minimisedFlag, false, "start without a window where there is a tray")
	paths, err := parse(flags, args)
	if err != nil {
		return err
	}
	for i, p := range paths {
		if paths[i], err = localPath(p); err != nil {
			return err
		}
	}
	first, handed, alone := claimWindow(ctx, instance.Message{Paths: paths, To: *to, Hidden: *hidden})
	if handed || errors.Is(alone, context.Canceled) {
		return alone
	}
	if first != nil {
		defer first.Close()
	}
	if err := needDisplay(); err != nil {
		return err
	}
	h := newHost()
	app, err := Open(ctx, Options{Window: true, Notice: h.notice, Ended: h.pages.ended})
	if err != nil {
		return tellFailure(ctx, c, err)
	}
	defer app.Close()
	h.app = app
	if alone != nil {
		app.log.Warn("a second start opens a second window", "cause", alone)
	}
	if err := h.load(*to); err != nil {
		return tellFailure(ctx, c, err)
	}
	h.watcher = app.engine.Watch()
	defer h.watcher.Close()

	onOpened(func(paths []string) { h.receive(instance.Message{Paths: paths}) })
	f := newFyne()
	h.open = func(u *url.URL) error { return f.OpenURL(u) }
	w := ui.New(f, h, ui.Options{Size: h.size()})
	h.show(w)
	h.notifier = newNotifier(f, w.Raise)
	defer h.notifier.close()
	away, home := context.WithCancel(ctx)
	defer home()
	h.tray = newTray(away, f, w.Fyne().Icon(), w.Raise, w.Show)
	stop := context.AfterFunc(ctx, func() {
		w.Ending()
		fyne.Do(w.End)
	})
	defer stop()
	h.goOn()
	w.Take(paths)
	h.keepAtLogin(ctx)
	defer h.begin(w, *hidden)()
	h.tellEarly()
	w.OfferCrash()
	w.Fyne().SetCloseIntercept(w.Close)
	if first != nil {
		first.Serve(h.receive)
	}
	f.Run()
	if first != nil {
		first.End()
	}
	h.remember(w.Size())
	return nil
}

// host is the program as the window sees it: it implements ui.Host.
type host struct {
	app     *App
	groups  *groups
	pages   *pages
	watcher *uploader.Watcher
	open    func(*url.URL) error
	// Both are there before the window is shown.
	tray     *tray
	notifier *notifier

	fixed []string // settings that an administrator fixed

	mu       sync.Mutex
	window   *ui.Window
	early    []string // notices from before the window was there
	current  string
	settings config.Settings
	first    bool                       // the user has not said yet where files should go
	strays   map[string]leftBehind      // as listed last, by ID
	drops    map[uploader.BatchID]*drop // that are in the journal
}

var _ ui.Host = (*host)(nil)

func newHost() *host {
	return &host{groups: newGroups(), pages: newPages(), strays: make(map[string]leftBehind), drops: make(map[uploader.BatchID]*drop)}
}

// notice shows the user something to know.
func (h *host) notice(f *fault.Error) {
	text := spoken(f)
	h.mu.Lock()
	w := h.window
	if w == nil {
		h.early = append(h.early, text)
	}
	h.mu.Unlock()
	if w != nil {
		fyne.Do(func() { w.Notice(text) })
	}
}

// spoken is a failure in the user's language, as one text.
func spoken(f *fault.Error) string {
	message, hint := f.In(ui.Say)
	if strings.Contains(message, "\n") {
		return message + "\n" + hint
	}
	return message + " " + hint
}

// show makes w the place for notices.
func (h *host) show(w *ui.Window) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.window = w
}

// tellEarly tells the notices from before the window was there. Some lie over
// it, and so need it to have its size.
func (h *host) tellEarly() {
	for _, text := range h.early {
		h.window.Notice(text)
	}
	h.early = nil
}

// load reads what the window starts with; to names the destination to use.
func (h *host) load(to string) error {
	dest, err := h.app.destination(to)
	if err != nil {
		return err
	}
	h.current = dest.Name
	h.settings, _ = h.app.settings.Load() // Open has told what is wrong with it
	h.fixed = h.app.settings.Locked()
	h.first = to == "" && h.isFirst(context.Background())
	return nil
}

// Pause implements ui.Host.
func (h *host) Pause(ids ...uploader.ID) { h.app.engine.Pause(ids...) }

// Resume implements ui.Host.
func (h *host) Resume(ids ...uploader.ID) { h.app.engine.Resume(ids...) }

// Cancel implements ui.Host.
func (h *host) Cancel(ids ...uploader.ID) {
	h.leaveOut(ids)
	h.app.cancel(ids...)
}

// Retry implements ui.Host.
func (h *host) Retry(ids ...uploader.ID) { h.app.engine.Retry(ids...) }

// Remove implements ui.Host.
func (h *host) Remove(ids ...uploader.ID) {
	h.leaveOut(ids)
	h.app.engine.Remove(ids...)
	h.pages.removed(ids)
}

// Changes implements ui.Host.
func (h *host) Changes(dst []uploader.Snapshot) []uploader.Snapshot { return h.watcher.Next(dst) }

// Parts implements ui.Host.
func (h *host) Parts(dst []uploader.Part, id uploader.ID) []uploader.Part {
	return h.app.engine.Parts(dst, id)
}

// Group implements ui.Host.
func (h *host) Group(id uploader.GroupID) ui.Group {
	g := h.groups.get(id)
	return ui.Group{Name: g.name, Files: g.files, Scanning: g.scanning}
}

// Adding implements ui.Host.
func (h *host) Adding(b uploader.BatchID) bool { return h.groups.isAdding(b) }

// Open implements ui.Host.
func (h *host) Open(link string) {
	u, err := url.Parse(link)
	if err != nil {
		return
	}
	if err := h.open(u); err != nil {
		h.app.log.Warn("no browser", "cause", err)
	}
}

// Explain implements ui.Host.
func (h *host) Explain(err error) (message, hint string) {
	return fault.As(err).In(ui.Say)
}

// Details implements ui.Host.
func (h *host) Details(id uploader.ID) string {
	s, ok := h.app.engine.Snapshot(id)
	if !ok {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Chute %s\ntransfer %s of %d bytes, %d of %d parts, %d retries\ndestination %s, key %s\n",
		Version, s.ID, s.Size, s.PartsDone, s.Parts, s.Retries, s.Destination, s.Key)
	if s.Err != nil {
		fmt.Fprintf(&b, "%s\nHTTP status %d\n", s.Err.Error(), s.Err.Status)
	}
	return b.String()
}
