package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// This file has what a destination's form asks about an upload service, and how
// it finds out what it need not ask.

const fieldDetect = "detect"

// buildService makes the fields of an upload service.
func (f *destinationForm) buildService() {
	d := f.draft
	f.entry("url", lang.L("Address"), "https://files.example.org/api", d.URL)
	f.detecting = kit.NewButton(kit.Outlined, lang.L("Detect"), f.detect)
	f.detected = kit.NewPara(detectHint())
	f.field(fieldDetect, "", kit.NewColumn(4, container.NewHBox(f.detecting), f.detected))

	var names, titles []string
	for _, k := range f.kinds {
		names, titles = append(names, k.Name), append(titles, kindTitle(k))
	}
	f.kind = kit.NewSelect(names, titles, d.Dialect, f.chooseKind)
	if f.kind.Text == "" {
		f.kind.Text = lang.L("Choose what it is")
	}
	f.field("dialect", lang.L("Service"), f.kind)
	for _, k := range f.kinds {
		for _, v := range k.Vars {
			if _, ok := f.entries[varField(v)]; !ok {
				f.entry(varField(v), v, "", d.Vars[v])
			}
		}
	}
	f.plainHTTP = widget.NewCheck(lang.L("Allow addresses without TLS (http)"), func(on bool) { f.draft.AllowHTTP = on; f.changed() })
	f.plainHTTP.Checked = d.AllowHTTP
	f.field("allow_http", "", f.plainHTTP)
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

// chooseKind takes a kind of service.
func (f *destinationForm) chooseKind(name string) {
	f.draft.Dialect = name
	for _, k := range f.kinds {
		if k.Name == name {
			f.kind.SetText(kindTitle(k))
		}
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

// vars are the values of the kind's own variables, as entered.
func (f *destinationForm) vars() map[string]string {
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
	host, ctx := f.s.w.host, f.ctx
	go func() {
		found, err := host.Detect(ctx, address)
		fyne.Do(func() {
			if f.ctx.Err() != nil {
				return // the form was left meanwhile
			}
			f.detecting.Enable()
			f.take(found, err)
		})
	}()
}

// take fills in what was found.
func (f *destinationForm) take(found []Detected, err error) {
	switch {
	case err != nil:
		message, hint := f.s.w.host.Explain(err)
		f.say(message + " " + hint)
		return
	case len(found) == 0:
		f.say(lang.L("Nothing there answers like a service that Chute knows. Check the address, or choose what it is."))
		return
	}
	best := found[0]
	f.entries["url"].SetText(best.URL)
	if best.NeedsSecret && f.draft.Auth == "none" {
		f.draft.Auth = "bearer"
		f.auth.SetText(lang.L("Bearer token"))
	}
	f.chooseKind(best.Dialect)
	title := kindTitle(f.chosen())
	switch {
	case best.NeedsSecret:
		f.say(lang.L("It wants a secret, and is probably this: {{.Title}}.", map[string]any{"Title": title}))
	case len(found) > 1:
		var others []string
		for _, c := range found[1:] {
			for _, k := range f.kinds {
				if k.Name == c.Dialect {
					others = append(others, kindTitle(k))
				}
			}
		}
		f.say(lang.L("It is probably this: {{.Title}}. It could also be: {{.Others}}.", map[string]any{"Title": title, "Others": strings.Join(others, ", ")}))
	default:
		f.say(lang.L("Found: {{.Title}}.", map[string]any{"Title": title}))
	}
}

func (f *destinationForm) say(text string) {
	f.detected.Set(kit.Span{Text: text, Color: look.Muted})
	f.page.Update()
}
