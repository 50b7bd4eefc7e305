package ui

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// This file has what a destination's form asks about an upload service, and how
// it finds out what it need not ask.

const fieldDetect = "detect"

// buildService makes the fields of an upload service.
func (f *destinationForm) buildService() {
	d := f.draft
	address := kit.NewEntry("https://files.example.org/api")
	address.Text = d.URL
	address.OnChanged = func(string) { f.addressChanged() }
	address.OnSubmitted = func(string) { f.detect() }
	f.entries["url"] = address
	f.detecting = kit.NewButton(kit.Outlined, lang.L("Detect"), f.detect)
	f.field("url", lang.L("Address"), kit.NewRow(look.Space2, kit.Boxed(address), f.detecting))
	f.detected = kit.NewPara(detectHint())
	f.field(fieldDetect, "", f.detected)

	f.kind = kit.NewPicker(kit.Outlined, f.kindOptions)
	f.kind.Wide = true
	f.kind.Text = lang.L("Choose what it is")
	if d.Dialect != "" {
		f.kind.Text = f.titleOf(d.Dialect)
	}
	f.field("dialect", lang.L("Service"), f.kind)
	for _, k := range f.kinds {
		for _, v := range k.Vars {
			if _, ok := f.entries[varField(v)]; !ok {
				f.entry(varField(v), v, "", d.Vars[v])
			}
		}
	}
	f.headers = newHeaderRows(f.changed)
	for _, name := range slices.Sorted(maps.Keys(d.Headers)) {
		f.headers.add(name, d.Headers[name])
	}
	f.field("headers", lang.L("Headers"), f.headers.column)
	f.plainHTTP = kit.NewCheck(lang.L("Allow addresses without TLS (http)"), d.AllowHTTP, func(on bool) { f.draft.AllowHTTP = on; f.changed() })
	f.field("allow_http", "", f.plainHTTP)
}

// secretLabel is how the secret of a way to sign in is called.
func secretLabel(auth string) string {
	switch auth {
	case "bearer":
		return lang.L("Token")
	case "basic":
		return lang.L("Password")
	}
	return lang.L("Secret")
}

func detectHint() kit.Span {
	return kit.Span{Text: lang.L("Finds out what the service is, without changing anything there."), Color: look.Muted}
}

// kindTitle is how a kind of service is called; the user's own say so.
func kindTitle(k Dialect) string {
	if k.Own {
		return lang.L("{{.Title}} (your own)", map[string]any{"Title": k.Title})
	}
	return k.Title
}

func varField(name string) string { return "vars." + name }

// titleOf is the title of a kind, or the name of one that is not known (any more).
func (f *destinationForm) titleOf(name string) string {
	for _, k := range f.kinds {
		if k.Name == name {
			return kindTitle(k)
		}
	}
	return name
}

// kindOptions are the kinds to choose from: first those that were found.
func (f *destinationForm) kindOptions() []kit.Option {
	var first, rest []kit.Option
	for _, c := range f.found {
		first = append(first, kit.Option{
			Label: f.titleOf(c.Dialect), Current: c.Dialect == f.draft.Dialect, Run: func() { f.adopt(c) },
		})
	}
	for _, k := range f.kinds {
		if !slices.ContainsFunc(f.found, func(c Detected) bool { return c.Dialect == k.Name }) {
			rest = append(rest, kit.Option{
				Label: kindTitle(k), Current: k.Name == f.draft.Dialect, Run: func() { f.chooseKind(k.Name) },
			})
		}
	}
	if len(first) > 0 && len(rest) > 0 {
		first = append(first, kit.Option{})
	}
	return append(first, rest...)
}

// chooseKind takes a kind of service.
func (f *destinationForm) chooseKind(name string) {
	f.draft.Dialect = name
	f.kind.SetText(f.titleOf(name))
	f.changed()
}

// adopt takes what was found, with its address.
func (f *destinationForm) adopt(c Detected) {
	f.entries["url"].SetText(c.URL)
	if c.NeedsSecret && f.draft.Auth == "none" {
		f.draft.Auth = "bearer"
		f.auth.SetText(lang.L("Bearer token"))
	}
	f.suggestName(hostOf(c.URL))
	f.chooseKind(c.Dialect)
}

// addressChanged forgets what was found at another address.
func (f *destinationForm) addressChanged() {
	address := f.text("url")
	if !slices.ContainsFunc(f.found, func(c Detected) bool { return c.URL == address }) {
		f.found = nil
		f.detected.Set(detectHint())
	}
	f.changed()
}

// chosen is the kind of service that is entered; its zero value is none.
func (f *destinationForm) chosen() Dialect {
	if i := slices.IndexFunc(f.kinds, func(k Dialect) bool { return k.Name == f.draft.Dialect }); i >= 0 {
		return f.kinds[i]
	}
	return Dialect{}
}

// vars are the values of the kind's own variables, as entered. Those of a kind
// that is not known stay as they are.
func (f *destinationForm) vars() map[string]string {
	if f.chosen().Name == "" {
		return f.draft.Vars
	}
	var vars map[string]string
	for _, name := range f.chosen().Vars {
		if text := f.text(varField(name)); text != "" {
			if vars == nil {
				vars = map[string]string{}
			}
			vars[name] = text
		}
	}
	return vars
}

// detect asks the service what it is.
func (f *destinationForm) detect() {
	address := f.text("url")
	if address == "" {
		f.fields["url"].SetError(lang.L("Enter the address first."))
		f.page.Update()
		return
	}
	f.detecting.Disable()
	f.say(lang.L("Asking …"))
	d, host, ctx := f.destination(), f.s.w.host, f.ctx
	go func() {
		found, err := host.Detect(ctx, d)
		fyne.Do(func() {
			if f.ctx.Err() != nil {
				return // the form was left meanwhile
			}
			f.detecting.Enable()
			if f.text("url") == address {
				f.take(found, err)
			}
		})
	}()
}

// take fills in what was found.
func (f *destinationForm) take(found []Detected, err error) {
	switch {
	case err != nil:
		message, hint := f.s.w.host.Explain(err)
		f.say(strings.TrimSpace(message + " " + hint))
		return
	case len(found) == 0:
		f.say(lang.L("Nothing there answers like a service that Chute knows. Check the address, or choose what it is."))
		return
	}
	f.found = found
	best := found[0]
	f.adopt(best)
	title := map[string]any{"Title": f.titleOf(best.Dialect)}
	var text string
	switch {
	case best.NeedsSecret:
		text = lang.L("It wants a secret, and is probably this: {{.Title}}.", title)
	case len(found) > 1:
		text = lang.L("It is probably this: {{.Title}}.", title)
	default:
		text = lang.L("Found: {{.Title}}.", title)
	}
	if len(found) > 1 {
		var others []string
		for _, c := range found[1:] {
			others = append(others, f.titleOf(c.Dialect))
		}
		text += " " + lang.L("If it is one of these, choose it: {{.Others}}.", map[string]any{"Others": strings.Join(others, ", ")})
	}
	f.say(text)
	if best.NeedsSecret {
		f.focusFirst()
	}
}

func (f *destinationForm) say(text string) {
	f.detected.Set(kit.Span{Text: text, Color: look.Text})
	f.page.Update()
}

// checkService adds to wrong what only the form can know to be wrong.
func (f *destinationForm) checkService(wrong map[string]string) {
	if f.draft.Dialect == "" {
		wrong["dialect"] = lang.L("Choose what it is, or have it detected.")
	}
	for _, name := range f.chosen().Needs {
		if f.text(varField(name)) == "" {
			wrong[varField(name)] = lang.L("This kind of service needs it. Ask whoever runs the service.")
		}
	}
	if f.has(fieldHeader) && f.text(fieldHeader) == "" {
		delete(wrong, "auth")
		wrong[fieldHeader] = lang.L("Enter the name of the header.")
	}
	if _, twice := f.headers.values(); twice != "" {
		wrong["headers"] = lang.L("{{.Name}} is there twice.", map[string]any{"Name": twice})
	}
	if !f.has(fieldSecret) {
		return
	}
	// For a destination that signed in before, empty means unchanged.
	needed := f.old == "" || cmp.Or(f.start.Auth, "none") == "none"
	user, secret := f.text(fieldUser), f.text(fieldSecret)
	if secret == "" && (needed || f.has(fieldUser) && user != "") {
		wrong[fieldSecret] = lang.L("Enter the secret.")
	}
	if f.has(fieldUser) && (user == "" && (needed || secret != "") || strings.Contains(user, ":")) {
		wrong[fieldUser] = lang.L("Enter the name of the user, without a colon.")
	}
}
