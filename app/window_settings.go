package app

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"chute/app/config"
	"chute/app/secret"
	"chute/ui"
	"chute/uploader/sign/backend"
	"chute/uploader/sign/s3"

	"fyne.io/fyne/v2"
)

// Destinations implements ui.Host.
func (h *host) Destinations() ([]ui.Destination, string) {
	all, err := h.app.file.Load()
	if err != nil {
		h.app.notice(err)
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
		h.app.notice(err)
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

// UsualLife implements ui.Host. A service decides for itself, unless its
// destination says otherwise.
func (h *host) UsualLife() time.Duration {
	dest, err := h.app.destination(h.using())
	if err != nil || dest.Type == config.TypeBackend && dest.LinkExpiry == "" {
		return 0
	}
	return dest.LinkLife()
}

// change changes the settings, in memory at once and then in the file.
func (h *host) change(f func(*config.Settings)) {
	h.mu.Lock()
	f(&h.settings)
	h.mu.Unlock()
	if err := h.app.settings.Update(f); err != nil {
		h.app.notice(err)
	}
}

// Settings implements ui.Host.
func (h *host) Settings() ui.Settings {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := ui.Settings{
		CopyLinks: h.settings.CopyLinks, OnePage: h.settings.OnePage, Folders: h.settings.Folders, Resume: h.settings.Resume, KeepAwake: h.settings.KeepAwake, CloseToTray: h.settings.CloseToTray,
		Theme: h.settings.Theme, Speed: h.settings.Speed,
	}
	s.Limit, s.LimitFrom, s.LimitUntil = h.settings.LimitText()
	return s
}

// CheckLimit implements ui.Host.
func (h *host) CheckLimit(s ui.Settings) (limit, hours bool) {
	var c config.Settings
	limitErr, hoursErr := c.SetLimit(s.Limit, s.LimitFrom, s.LimitUntil)
	return limitErr == nil, hoursErr == nil
}

// SetSettings implements ui.Host.
func (h *host) SetSettings(s ui.Settings) {
	h.change(func(c *config.Settings) {
		c.CopyLinks, c.OnePage, c.Folders, c.Resume, c.Theme, c.Speed = s.CopyLinks, s.OnePage, s.Folders, s.Resume, s.Theme, s.Speed
		c.KeepAwake, c.CloseToTray = s.KeepAwake, s.CloseToTray
		c.SetLimit(s.Limit, s.LimitFrom, s.LimitUntil)
	})
	h.app.engine.SetSpeed(speeds[s.Speed])
	h.mu.Lock()
	now := h.settings
	h.mu.Unlock()
	h.app.setLimit(now)
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
	for _, d := range h.app.dialects().all {
		kind := ui.Dialect{
			Name: d.Name, Title: d.Title, Own: !d.Builtin, NeedsBucket: d.UsesBucket(), Vars: slices.Sorted(maps.Keys(d.Vars)),
		}
		for _, name := range kind.Vars {
			if d.Vars[name] == "" {
				kind.Needs = append(kind.Needs, name)
			}
		}
		list = append(list, kind)
	}
	return list
}

// Detect implements ui.Host.
func (h *host) Detect(ctx context.Context, d ui.Destination) ([]ui.Detected, error) {
	road, err := h.app.transport(config.Destination(d))
	if err != nil {
		return nil, err
	}
	found, err := backend.Detect(ctx, d.URL, &http.Client{Transport: road}, h.app.dialects().all)
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
	mistakes := make(map[string]string)
	for _, m := range config.Destination(d).Check(h.app.known()) {
		if _, ok := mistakes[m.Field]; !ok {
			field := m.Field
			m.Field = "" // the form shows it there
			mistakes[field] = m.In(ui.Say)
		}
	}
	return mistakes
}

// Save implements ui.Host.
func (h *host) Save(ctx context.Context, old string, d ui.Destination, s ui.Secrets) (string, error) {
	a := h.app
	if h.FixedDestination(old) {
		return h.keepSecrets(ctx, old, s) // the rest is not the user's
	}
	if old != "" && old != d.Name {
		if err := a.moveSecrets(ctx, old, d.Name); err != nil {
			return "", err
		}
	}
	if err := a.file.Put(old, config.Destination(d)); err != nil {
		return "", err
	}
	a.forget(old)
	return h.keepSecrets(ctx, d.Name, s)
}

// keepSecrets keeps what was entered for a destination that was just written.
func (h *host) keepSecrets(ctx context.Context, name string, s ui.Secrets) (notice string, err error) {
	a := h.app
	h.Welcomed()
	for field, value := range fieldsOf(s) {
		if value != "" {
			if err := a.secrets.Set(ctx, name, field, value); err != nil {
				return "", err
			}
		}
	}
	a.forget(name)
	if a.secrets.Kind() == secret.Memory {
		return spoken(secret.MissingNotice()), nil
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
