package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"chute/app/config"
	"chute/app/secret"
	"chute/ui"
	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign/backend"
	"chute/uploader/sign/s3"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
)

// appID names the program to the desktop.
const appID = "io.github.chute.Chute"

func runWindow(ctx context.Context, c *console, args []string) error {
	flags := flag.NewFlagSet("chute", flag.ContinueOnError)
	to := flags.String("to", "", "destination")
	paths, err := parse(flags, args)
	if err != nil {
		return err
	}
	for i, p := range paths {
		if strings.Contains(p, "://") {
			continue // a web address: the window says so
		}
		if paths[i], err = filepath.Abs(p); err != nil {
			return err
		}
	}
	if err := needDisplay(); err != nil {
		return err
	}
	h := &host{groups: newGroups()}
	app, err := Open(ctx, Options{KeepFailed: true, Notice: h.notice})
	if err != nil {
		return err
	}
	defer app.Close()
	h.app = app
	if err := h.load(*to); err != nil {
		return err
	}
	h.watcher = app.engine.Watch()
	defer h.watcher.Close()

	fyneapp.SetMetadata(fyne.AppMetadata{ID: appID, Name: "Chute", Version: Version, Migrations: map[string]bool{"fyneDo": true}})
	f := fyneapp.NewWithID(appID)
	h.open = func(u *url.URL) error { return f.OpenURL(u) }
	w := ui.New(f, h, ui.Options{Size: h.size()})
	h.show(w)
	stop := context.AfterFunc(ctx, func() { fyne.Do(f.Quit) })
	defer stop()
	h.goOn()
	if len(paths) > 0 {
		h.Add(paths)
	}
	w.Show()
	size := w.Fyne().Canvas().Size()
	w.Fyne().SetCloseIntercept(func() {
		size = w.Fyne().Canvas().Size()
		f.Quit()
	})
	f.Run()
	h.remember(size)
	return nil
}

// host is the program as the window sees it: it implements ui.Host.
type host struct {
	app     *App
	groups  *groups
	watcher *uploader.Watcher
	open    func(*url.URL) error

	mu       sync.Mutex
	window   *ui.Window
	early    []string // notices from before the window was there
	current  string
	settings config.Settings
}

var _ ui.Host = (*host)(nil)

// notice shows the user something to know.
func (h *host) notice(text string) {
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

// show makes w the place for notices, those from before included.
func (h *host) show(w *ui.Window) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.window = w
	for _, text := range h.early {
		w.Notice(text)
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
	return nil
}

// Add implements ui.Host.
func (h *host) Add(paths []string) {
	h.mu.Lock()
	name, life := h.current, h.settings.LinkLife
	h.mu.Unlock()
	dest, err := h.app.destination(name)
	if err != nil {
		h.notice(fault.As(err).Message())
		return
	}
	adder := h.app.newAdder(dest, addOptions{life: life})
	h.groups.begin(adder.batch)
	go func() {
		defer h.groups.end(adder.batch)
		for _, p := range paths {
			group := uploader.GroupID(h.app.newID())
			adder.item(0)
			for f := range uploader.Walk(p) {
				if f.Folder != "" {
					adder.group = group
					h.groups.found(group, f.Folder)
				}
				adder.add(context.Background(), f)
			}
			h.groups.scanned(group)
		}
		if dest.Type == config.TypeLocal {
			h.app.noKeyring()
		}
	}()
}

// goOn takes up what an earlier process left unfinished.
func (h *host) goOn() {
	h.mu.Lock()
	wanted := h.settings.Resume
	h.mu.Unlock()
	if !wanted {
		return
	}
	go func() {
		if err := h.app.resumeAll(context.Background()); err != nil {
			h.app.log.Error("resuming", "cause", err)
		}
	}()
}

// Pause implements ui.Host.
func (h *host) Pause(ids ...uploader.ID) { h.app.engine.Pause(ids...) }

// Resume implements ui.Host.
func (h *host) Resume(ids ...uploader.ID) { h.app.engine.Resume(ids...) }

// Cancel implements ui.Host.
func (h *host) Cancel(ids ...uploader.ID) { h.app.engine.Cancel(ids...) }

// Retry implements ui.Host.
func (h *host) Retry(ids ...uploader.ID) { h.app.engine.Retry(ids...) }

// Remove implements ui.Host.
func (h *host) Remove(ids ...uploader.ID) { h.app.engine.Remove(ids...) }

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

// Destinations implements ui.Host.
func (h *host) Destinations() ([]ui.Destination, string) {
	all, err := h.app.file.Load()
	if err != nil {
		h.notice(fault.As(err).Message())
		return nil, ""
	}
	list := make([]ui.Destination, len(all.All))
	known := false
	for i, d := range all.All {
		list[i] = ui.Destination(d)
		known = known || d.Name == h.using()
	}
	if !known {
		h.use(all.Default)
	}
	return list, h.using()
}

func (h *host) using() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.current
}

func (h *host) use(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.current = name
}

// Use implements ui.Host.
func (h *host) Use(name string) {
	h.use(name)
	if err := h.app.file.SetDefault(name); err != nil {
		h.notice(fault.As(err).Message())
	}
}

// LinkLife implements ui.Host.
func (h *host) LinkLife() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.settings.LinkLife
}

// SetLinkLife implements ui.Host.
func (h *host) SetLinkLife(d time.Duration) {
	h.change(func(s *config.Settings) { s.LinkLife = d })
}

// change changes the settings, in memory at once and then in the file.
func (h *host) change(f func(*config.Settings)) {
	h.mu.Lock()
	f(&h.settings)
	h.mu.Unlock()
	if err := h.app.settings.Update(f); err != nil {
		h.notice(fault.As(err).Message())
	}
}

// Settings implements ui.Host.
func (h *host) Settings() ui.Settings {
	h.mu.Lock()
	defer h.mu.Unlock()
	return ui.Settings{
		CopyLinks: h.settings.CopyLinks, Resume: h.settings.Resume, Theme: h.settings.Theme, Speed: h.settings.Speed,
	}
}

// SetSettings implements ui.Host.
func (h *host) SetSettings(s ui.Settings) {
	h.change(func(c *config.Settings) {
		c.CopyLinks, c.Resume, c.Theme, c.Speed = s.CopyLinks, s.Resume, s.Theme, s.Speed
	})
	h.app.engine.SetSpeed(speeds[s.Speed])
}

func (h *host) size() fyne.Size {
	h.mu.Lock()
	defer h.mu.Unlock()
	return fyne.NewSize(float32(h.settings.WindowWidth), float32(h.settings.WindowHeight))
}

func (h *host) remember(s fyne.Size) {
	if s.IsZero() {
		return
	}
	h.change(func(c *config.Settings) { c.WindowWidth, c.WindowHeight = int(s.Width), int(s.Height) })
}

// Providers implements ui.Host.
func (h *host) Providers() []ui.Provider {
	var list []ui.Provider
	for _, p := range s3.Providers() {
		list = append(list, ui.Provider(p))
	}
	return list
}

// Dialects implements ui.Host.
func (h *host) Dialects() []ui.Dialect {
	var list []ui.Dialect
	for _, d := range h.app.dialects {
		list = append(list, ui.Dialect{
			Name: d.Name, Title: d.Title, Own: !d.Builtin, NeedsBucket: d.UsesBucket(), Vars: slices.Sorted(maps.Keys(d.Vars)),
		})
	}
	return list
}

// Detect implements ui.Host.
func (h *host) Detect(ctx context.Context, address string) ([]ui.Detected, error) {
	road, err := h.app.transport(config.Destination{})
	if err != nil {
		return nil, err
	}
	found, err := backend.Detect(ctx, address, &http.Client{Transport: road}, h.app.dialects)
	if err != nil {
		return nil, err
	}
	var list []ui.Detected
	for _, c := range found {
		list = append(list, ui.Detected{Dialect: c.Dialect.Name, URL: c.URL, NeedsSecret: c.NeedsSecret})
	}
	return list, nil
}

// Check implements ui.Host.
func (h *host) Check(d ui.Destination) map[string]string {
	problems := make(map[string]string)
	for _, p := range config.Destination(d).Check(h.app.known()) {
		if _, ok := problems[p.Field]; !ok {
			problems[p.Field] = p.Text
			if p.Allowed != "" {
				problems[p.Field] += ": " + p.Allowed
			}
		}
	}
	return problems
}

// Save implements ui.Host.
func (h *host) Save(ctx context.Context, old string, d ui.Destination, s ui.Secrets) (string, error) {
	a := h.app
	if old != "" && old != d.Name {
		if err := a.moveSecrets(ctx, old, d.Name); err != nil {
			return "", err
		}
	}
	if err := a.file.Put(old, config.Destination(d)); err != nil {
		return "", err
	}
	for field, value := range fieldsOf(s) {
		if value != "" {
			if err := a.secrets.Set(ctx, d.Name, field, value); err != nil {
				return "", err
			}
		}
	}
	a.forget(old)
	a.forget(d.Name)
	if a.secrets.Kind() == secret.Memory {
		f := secret.MissingNotice()
		return f.Message() + " " + f.Hint(), nil
	}
	return "", nil
}

func fieldsOf(s ui.Secrets) map[secret.Field]secret.Secret {
	return map[secret.Field]secret.Secret{
		secret.AccessKeyID: secret.Secret(s.AccessKey), secret.SecretAccessKey: secret.Secret(s.SecretKey),
		secret.SessionToken: secret.Secret(s.SessionToken), secret.Backend: secret.Secret(s.Backend),
	}
}

// moveSecrets keeps the secrets of a destination that gets another name.
func (a *App) moveSecrets(ctx context.Context, old, name string) error {
	for _, field := range secret.Fields {
		value, err := a.secrets.Get(ctx, old, field)
		if errors.Is(err, secret.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := a.secrets.Set(ctx, name, field, value); err != nil {
			return err
		}
	}
	return a.forgetSecrets(ctx, old)
}

// Delete implements ui.Host.
func (h *host) Delete(ctx context.Context, name string) error {
	if err := h.app.file.Remove(name); err != nil {
		return err
	}
	return h.app.forgetSecrets(ctx, name)
}

// Test implements ui.Host.
func (h *host) Test(ctx context.Context, d ui.Destination, s ui.Secrets, report func(ui.TestStep)) {
	dest := config.Destination(d)
	h.app.probe(ctx, dest, typedSecrets{fieldsOf(s), savedSecrets{h.app, d.Name}}, func(p probeStep) {
		t := ui.TestStep{Name: p.name, OK: p.err == nil, Policy: p.policy}
		if p.err != nil {
			t.Message, t.Hint = h.Explain(p.err)
		}
		report(t)
	})
}

// typedSecrets are those of a form, and for what was left empty the saved ones.
type typedSecrets struct {
	typed map[secret.Field]secret.Secret
	saved savedSecrets
}

func (t typedSecrets) get(ctx context.Context, f secret.Field) (secret.Secret, error) {
	if v := t.typed[f]; v != "" {
		return v, nil
	}
	if f == secret.SessionToken && t.typed[secret.AccessKeyID] != "" {
		return "", secret.ErrNotFound // a new key without a token has none
	}
	return t.saved.get(ctx, f)
}

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
	f := fault.As(err)
	return f.Message(), f.Hint()
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
