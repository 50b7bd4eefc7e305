package ui

import (
	"context"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// destinationForm adds or changes a destination. What is entered as a key goes
// to Host.Save and Host.Test and nowhere else, and is forgotten when the form closes.
type destinationForm struct {
	widget.BaseWidget
	s   *settings
	old string // the name of the destination that is changed; empty: a new one
	// start is the destination as it was: fields that the form does not show stay.
	start Destination

	page     *kit.Page
	fields   map[string]*kit.Field // by the name of the field in destinations.toml
	order    []string
	entries  map[string]*kit.Entry
	region   *kit.Combo
	provider *kit.Picker
	source   *kit.Picker // of credentials
	auth     *kit.Picker
	// Of a bucket.
	listing   *kit.Picker
	listHint  *kit.Para
	buckets   []Bucket // that the keys may see
	listed    bool     // the keys as entered were asked
	openList  bool     // show the list as soon as it is there
	located   string   // the region as it was found out
	suggested string   // the name as it was suggested
	// Of an upload service.
	kinds     []Dialect
	kind      *kit.Picker
	detecting *kit.Button
	detected  *kit.Para
	found     []Detected // at the address that is entered
	headers   *headerRows
	plainHTTP *kit.Check

	more    *kit.Button
	results *testResults
	outcome *kit.Field // holds results, in line with the controls
	failure *kit.Column
	testing *kit.Button
	saving  *kit.Button

	draft    Destination
	fixed    bool // by an administrator: the keys alone are the user's
	advanced bool
	checked  bool // a Save or Test was tried: from then on mistakes show while typing
	ctx      context.Context
	cancel   context.CancelFunc
}

func newDestinationForm(s *settings, old string, d Destination) *destinationForm {
	f := &destinationForm{
		s: s, old: old, start: d, draft: d,
		fields: map[string]*kit.Field{}, entries: map[string]*kit.Entry{},
		results: newTestResults(s.w), failure: kit.NewColumn(0),
	}
	f.fixed = old != "" && s.w.host.FixedDestination(old)
	f.advanced = f.fixed
	f.draft.Headers, f.draft.Vars = maps.Clone(d.Headers), maps.Clone(d.Vars)
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.outcome = kit.NewField("", f.results)
	f.outcome.Hide()
	f.kinds = s.w.host.Dialects()
	f.build()
	f.testing = kit.NewButton(kit.Outlined, lang.L("Test"), f.test)
	f.saving = kit.NewButton(kit.Filled, lang.L("Save"), f.save)
	f.ExtendBaseWidget(f)
	f.update()
	return f
}

// CreateRenderer is for Fyne.
func (f *destinationForm) CreateRenderer() fyne.WidgetRenderer {
	left := container.NewHBox(f.testing)
	bar := newBar(false, left, kit.NewButton(kit.Outlined, lang.L("Cancel"), f.s.back), f.saving)
	return widget.NewSimpleRenderer(container.New(frameLayout{}, kit.NewBox(look.Clear, look.Clear, 0), f.page, bar))
}

// update shows the fields that the destination has.
func (f *destinationForm) update() {
	f.region.SetOptions(f.preset().Regions)
	var objects []fyne.CanvasObject
	for _, name := range f.order {
		if f.has(name) && !f.isAdvanced(name) {
			objects = append(objects, f.fields[name])
		}
	}
	f.more.Trailing = "right"
	if f.advanced {
		f.more.Trailing = "down"
	}
	f.more.Refresh()
	f.fields[fieldSecret].SetLabel(secretLabel(f.draft.Auth))
	if !f.fixed {
		objects = append(objects, kit.NewField("", container.NewHBox(f.more)))
	}
	for _, name := range advancedFields {
		if f.has(name) && f.isAdvanced(name) && (f.advanced || f.fields[name].Error() != "") {
			objects = append(objects, f.fields[name])
		}
	}
	objects = append(objects, f.failure, f.outcome)
	f.page.Set(objects...)
}

// changed follows what the user enters.
func (f *destinationForm) changed() {
	if f.page == nil {
		return // still being built
	}
	if f.checked {
		f.check()
	}
	f.update()
}

// destination is what was entered.
func (f *destinationForm) destination() Destination {
	d := f.draft
	if d.Type != typeLocal {
		d.Name = f.text("name")
	}
	d.Key, d.LinkExpiry = f.text("key"), f.text("link_expiry")
	d.PublicURL, d.PartSize, d.CAFile = f.text("public_url"), f.text("part_size"), f.text("ca_file")
	switch d.Type {
	case typeS3:
		d.Bucket = f.text("bucket")
		d.Region = strings.TrimSpace(f.region.Text)
		d.AWSProfile = f.text("aws_profile")
		d.Endpoint = f.endpoint()
		d.URL, d.Dialect, d.Auth = "", "", ""
		d.AllowHTTP = d.AllowHTTP && f.has("allow_http")
	case typeBackend:
		d.URL, d.Vars = f.text("url"), f.vars()
		d.Headers, _ = f.headers.values()
		if f.has("bucket") {
			d.Bucket = f.text("bucket")
		}
		if d.Auth == "header" {
			d.Auth = "header:" + f.text(fieldHeader)
		}
		d.Endpoint, d.Region, d.Provider, d.Credentials, d.AWSProfile, d.PathStyle = "", "", "", "", "", false
	}
	return d
}

// secrets are the keys that were entered.
func (f *destinationForm) secrets() Secrets {
	var s Secrets
	if f.has(fieldAccessKey) {
		s = Secrets{AccessKey: f.text(fieldAccessKey), SecretKey: f.text(fieldSecretKey), SessionToken: f.text(fieldToken)}
	}
	if f.has(fieldSecret) {
		s.Backend = f.text(fieldSecret)
	}
	if f.has(fieldUser) && s.Backend != "" {
		s.Backend = f.text(fieldUser) + ":" + s.Backend
	}
	return s
}

// check shows what is wrong below each field, and reports whether all is well.
func (f *destinationForm) check() bool {
	wrong := maps.Clone(f.s.w.host.Check(f.destination()))
	if wrong == nil {
		wrong = map[string]string{}
	}
	if f.has(fieldAccount) && f.text(fieldAccount) == "" {
		wrong[fieldAccount] = lang.L("Enter the account.")
	}
	// A new destination needs its keys; for an old one empty means unchanged.
	if id, secret := f.text(fieldAccessKey), f.text(fieldSecretKey); f.has(fieldAccessKey) {
		switch {
		case id == "" && (f.old == "" || secret != ""):
			wrong[fieldAccessKey] = lang.L("Enter the access key.")
		case secret == "" && (f.old == "" || id != ""):
			wrong[fieldSecretKey] = lang.L("Enter the secret key.")
		}
	}
	if f.draft.Type == typeBackend {
		f.checkService(wrong)
	}
	var rest []string
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		if f.fields[name] == nil || !f.has(name) {
			rest = append(rest, wrong[name])
		}
	}
	for name, field := range f.fields {
		field.SetError(wrong[name])
	}
	f.fail(strings.Join(rest, " "), "")
	return len(wrong) == 0
}

// fail says what is wrong with the whole.
func (f *destinationForm) fail(message, hint string) {
	if message == "" {
		f.failure.Set()
	} else {
		f.failure.Set(kit.NewCard(look.ErrSoft, look.Clear, kit.NewPara(errorSpans(message, hint)...)))
	}
	f.page.Update()
}

func (f *destinationForm) ready() bool {
	f.checked = true
	ok := f.check()
	f.update()
	return ok
}

func (f *destinationForm) busy(on bool) {
	for _, b := range []*kit.Button{f.testing, f.saving} { // not the fields: what runs has its own copy
		if on {
			b.Disable()
		} else {
			b.Enable()
		}
	}
}

func (f *destinationForm) save() {
	if !f.ready() {
		return
	}
	f.locate(f.store)
}

// store saves what was entered.
func (f *destinationForm) store() {
	f.busy(true)
	d, secrets, host, ctx := f.destination(), f.secrets(), f.s.w.host, f.ctx
	go func() {
		notice, err := host.Save(ctx, f.old, d, secrets)
		fyne.Do(func() {
			if f.ctx.Err() != nil {
				return // the form was left meanwhile
			}
			f.busy(false)
			if err != nil {
				f.fail(host.Explain(err))
				return
			}
			f.s.saved(d.Name, f.old == "", notice)
		})
	}()
}

// test tries the destination out and shows each step as it ends.
func (f *destinationForm) test() {
	if !f.ready() {
		return
	}
	f.locate(f.probe)
}

func (f *destinationForm) probe() {
	f.busy(true)
	f.results.begin()
	f.outcome.Show()
	f.page.Update()
	f.page.ShowEnd()
	d, secrets, host, ctx := f.destination(), f.secrets(), f.s.w.host, f.ctx
	go func() {
		host.Test(ctx, d, secrets, func(step TestStep) {
			fyne.Do(func() {
				if f.ctx.Err() == nil {
					f.results.add(step)
					f.page.Update()
					f.page.ShowEnd()
				}
			})
		})
		fyne.Do(func() {
			if f.ctx.Err() == nil {
				f.busy(false)
				f.results.end()
				f.page.Update()
				f.page.ShowEnd()
			}
		})
	}()
}

// close stops what runs and forgets the keys.
func (f *destinationForm) close() {
	f.cancel()
	for _, name := range []string{fieldAccessKey, fieldSecretKey, fieldToken, fieldUser, fieldSecret} {
		f.entries[name].OnChanged = nil
		f.entries[name].SetText("")
	}
}
