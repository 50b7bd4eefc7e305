package ui

import (
	"cmp"
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
	typ      *kit.Picker
	fields   map[string]*kit.Field // by the name of the field in destinations.toml
	order    []string
	entries  map[string]*kit.Entry
	region   *kit.Combo
	provider *kit.Picker
	source   *kit.Picker // of credentials
	auth     *kit.Picker
	path     *widget.Check
	more     *kit.Button
	results  *testResults
	outcome  *kit.Field // holds results, in line with the controls
	failure  *kit.Column
	testing  *kit.Button
	saving   *kit.Button

	draft    Destination
	advanced bool
	checked  bool // a Save or Test was tried: from then on mistakes show while typing
	ctx      context.Context
	cancel   context.CancelFunc
}

// Names of the fields that are not those of destinations.toml.
const (
	fieldType      = "type"
	fieldAccount   = "account"
	fieldAccessKey = "access_key"
	fieldSecretKey = "secret_key"
	fieldToken     = "session_token"
	fieldSecret    = "secret"
	fieldHeader    = "auth_header"
)

func newDestinationForm(s *settings, old string, d Destination) *destinationForm {
	f := &destinationForm{
		s: s, old: old, start: d, draft: d,
		fields: map[string]*kit.Field{}, entries: map[string]*kit.Entry{},
		results: newTestResults(s.w), failure: kit.NewColumn(0),
	}
	f.draft.Headers = maps.Clone(d.Headers)
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.outcome = kit.NewField("", f.results)
	f.outcome.Hide()
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
	bar := newBar(false, left, kit.NewButton(kit.Outlined, lang.L("Cancel"), f.s.showList), f.saving)
	return widget.NewSimpleRenderer(container.New(frameLayout{}, kit.NewBox(look.Clear, look.Clear, 0), bar, f.page))
}

// build makes all fields that any destination may have, in their order;
// update shows those that this one has.
func (f *destinationForm) build() {
	d := f.draft
	kept := lang.L("kept in the system keyring")
	if f.old != "" {
		kept = lang.L("unchanged, kept in the system keyring")
	}
	f.typ = kit.NewSelect([]string{typeS3, typeBackend}, []string{lang.L("Bucket with access keys"), lang.L("Upload service of an organisation")}, d.Type,
		func(v string) { f.draft.Type = v; f.changed() })
	f.field(fieldType, lang.L("Kind"), f.typ)

	f.buildProvider()
	f.entry(fieldAccount, lang.L("Account"), "", f.account())
	f.entry("endpoint", lang.L("Address"), "https://s3.example.org", d.Endpoint)
	f.region = kit.NewCombo(d.Region)
	f.region.OnChanged = func(string) { f.changed() }
	f.field("region", lang.L("Region"), f.region)
	f.source = kit.NewSelect([]string{"keyring", "aws"}, []string{lang.L("Entered here"), lang.L("From the AWS configuration")}, cmp.Or(d.Credentials, "keyring"),
		func(v string) { f.draft.Credentials = v; f.changed() })
	f.field("credentials", lang.L("Keys"), f.source)
	f.entry("aws_profile", lang.L("Profile"), "default", d.AWSProfile)
	access := ""
	if f.old != "" {
		access = lang.L("unchanged")
	}
	f.entry(fieldAccessKey, lang.L("Access key"), access, "")
	f.secret(fieldSecretKey, lang.L("Secret key"), kept)
	f.entry("bucket", lang.L("Bucket"), "", d.Bucket)

	f.entry("url", lang.L("Address"), "https://files.example.org/api", d.URL)
	f.entry("dialect", lang.L("Dialect"), "three-endpoint", d.Dialect)
	auth, header, _ := strings.Cut(cmp.Or(d.Auth, "none"), ":")
	f.auth = kit.NewSelect([]string{"none", "bearer", "basic", "header"},
		[]string{lang.L("No sign-in"), lang.L("Bearer token"), lang.L("Name and password"), lang.L("A header of its own")}, auth,
		func(v string) { f.draft.Auth = v; f.changed() })
	f.draft.Auth = auth
	f.field("auth", lang.L("Sign-in"), f.auth)
	f.entry(fieldHeader, lang.L("Header"), "X-Api-Key", header)
	f.secret(fieldSecret, lang.L("Secret"), kept)

	f.entry("name", lang.L("Name"), lang.L("as you want to see it"), d.Name)
	f.more = kit.NewButton(kit.Quiet, lang.L("More settings"), func() { f.advanced = !f.advanced; f.update() })
	f.secret(fieldToken, lang.L("Session token"), lang.L("only for temporary keys"))
	f.path = widget.NewCheck(lang.L("Bucket in the path of the address, not before it"), func(on bool) { f.draft.PathStyle = on; f.changed() })
	f.path.Checked = d.PathStyle
	f.field("path_style", "", f.path)
	f.entry("key", lang.L("Key template"), "{date}/{random}/{name}", d.Key)
	f.entry("link_expiry", lang.L("Links last"), "24h", d.LinkExpiry)
	f.entry("public_url", lang.L("Public address"), lang.L("links without end, where the bucket is public"), d.PublicURL)
	f.entry("part_size", lang.L("Part size"), lang.L("planned for each file"), d.PartSize)
	f.entry("ca_file", lang.L("CA file"), lang.L("path of an extra certificate authority"), d.CAFile)

	f.page = kit.NewPage(640, 10)
}

func (f *destinationForm) field(name, label string, control fyne.CanvasObject) {
	f.fields[name] = kit.NewField(label, control)
	f.order = append(f.order, name)
}

func (f *destinationForm) entry(name, label, hint, value string) {
	e := kit.NewEntry(hint)
	e.Text = value
	e.OnChanged = func(string) { f.changed() }
	f.entries[name] = e
	f.field(name, label, e)
}

func (f *destinationForm) secret(name, label, hint string) {
	e := kit.NewSecret(hint)
	e.OnChanged = func(string) { f.changed() }
	f.entries[name] = e
	f.field(name, label, e)
}

func (f *destinationForm) text(name string) string { return strings.TrimSpace(f.entries[name].Text) }

// advancedFields are shown by More settings only, or when they hold something.
var advancedFields = []string{fieldToken, "path_style", "key", "link_expiry", "public_url", "part_size", "ca_file"}

// has says whether the destination, as entered so far, has a field.
func (f *destinationForm) has(name string) bool {
	switch name {
	case fieldType:
		return f.old == ""
	case "name":
		return f.draft.Type != typeLocal
	case "key", "link_expiry":
		return true
	case "public_url", "part_size", "ca_file":
		return f.draft.Type != typeLocal
	case "provider", "credentials", "path_style":
		return f.draft.Type == typeS3
	case "bucket":
		return f.draft.Type == typeS3 || f.draft.Type == typeBackend && f.draft.Bucket != ""
	case fieldAccount:
		return f.draft.Type == typeS3 && strings.Contains(f.preset().Endpoint, "{account}")
	case "endpoint":
		return f.draft.Type == typeS3 && f.preset().NeedsEndpoint
	case "region":
		p := f.preset()
		return f.draft.Type == typeS3 && (len(p.Regions) > 0 || p.NeedsEndpoint || p.Endpoint == "" || strings.Contains(p.Endpoint, "{region}"))
	case "aws_profile":
		return f.draft.Type == typeS3 && f.draft.Credentials == "aws"
	case fieldAccessKey, fieldSecretKey, fieldToken:
		return f.draft.Type == typeS3 && f.draft.Credentials != "aws"
	case "url", "dialect", "auth":
		return f.draft.Type == typeBackend
	case fieldSecret:
		return f.draft.Type == typeBackend && f.draft.Auth != "none"
	case fieldHeader:
		return f.draft.Type == typeBackend && f.draft.Auth == "header"
	}
	return false
}

// update shows the fields that the destination has.
func (f *destinationForm) update() {
	f.region.SetOptions(f.preset().Regions)
	var objects []fyne.CanvasObject
	for _, name := range f.order {
		if f.has(name) && !slices.Contains(advancedFields, name) {
			objects = append(objects, f.fields[name])
		}
	}
	f.more.Trailing = "right"
	if f.advanced {
		f.more.Trailing = "down"
	}
	f.more.Refresh()
	objects = append(objects, kit.NewField("", container.NewHBox(f.more)))
	for _, name := range advancedFields {
		if f.has(name) && (f.advanced || f.fields[name].Error() != "") {
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
	case typeBackend:
		d.URL, d.Dialect = f.text("url"), f.text("dialect")
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
	if f.has(fieldSecret) && f.old == "" && f.text(fieldSecret) == "" {
		wrong[fieldSecret] = lang.L("Enter the secret.")
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
	for _, b := range []*kit.Button{f.testing, f.saving} {
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
			f.s.saved(notice)
		})
	}()
}

// test tries the destination out and shows each step as it ends.
func (f *destinationForm) test() {
	if !f.ready() {
		return
	}
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
	for _, name := range []string{fieldAccessKey, fieldSecretKey, fieldToken, fieldSecret} {
		f.entries[name].OnChanged = nil
		f.entries[name].SetText("")
	}
}
