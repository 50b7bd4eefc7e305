package ui

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/words"
	"chute/uploader/sign"
)

// offerCard shows one destination of a destination file, with the fields that
// the user fills in.
type offerCard struct {
	widget.BaseWidget
	w      *Window
	offer  Offer
	card   *kit.Card
	fields map[string]*kit.Field
	entry  map[string]*kit.Entry
}

func newOfferCard(w *Window, o Offer) *offerCard {
	c := &offerCard{w: w, offer: o, fields: map[string]*kit.Field{}, entry: map[string]*kit.Entry{}}
	d := o.Destination
	title := d.Name
	if o.Taken != "" {
		title = o.Taken
	}
	objects := []fyne.CanvasObject{heading(displayName(title))}
	say := func(fill fyne.ThemeColorName, text string) {
		objects = append(objects, kit.NewCard(fill, look.Clear, kit.NewPara(kit.Span{Text: text, Color: look.Text})))
	}
	if o.Known {
		say(look.OKSoft, lang.L("You have this destination already."))
	}
	if plainHTTP(d) {
		say(look.ErrSoft, lang.L("Without TLS: anybody on the way can read your files and keys, and change them."))
	}
	for _, f := range w.offerFacts(o) {
		objects = append(objects, newFactRow(f.label, f.value))
	}
	if !o.Known {
		if o.Taken != "" {
			say(look.WarnSoft, lang.L("You have another destination called {{.Name}}, which stays as it is.", map[string]any{"Name": displayName(o.Taken)}))
		}
		objects = append(objects, c.questions(d)...)
	}
	c.card = kit.NewCard(look.Surface, look.Border, kit.NewColumn(look.Space2, objects...))
	c.ExtendBaseWidget(c)
	return c
}

// HeightFor is the height at a width.
func (c *offerCard) HeightFor(width float32) float32 { return c.card.HeightFor(width) }

// CreateRenderer is for Fyne.
func (c *offerCard) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.card) }

// questions are the fields that the user fills in: the name, and the secrets
// where the destination needs some.
func (c *offerCard) questions(d Destination) []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	add := func(name, label string, e *kit.Entry) {
		c.entry[name], c.fields[name] = e, kit.NewField(label, e)
		objects = append(objects, c.fields[name])
	}
	name := kit.NewEntry(lang.L("as you want to see it"))
	name.Text = d.Name
	add("name", lang.L("Name"), name)
	later := lang.L("if you have it; Chute can ask later")
	switch {
	case d.Type == typeS3 && d.Credentials != "aws":
		add(fieldAccessKey, lang.L("Access key"), kit.NewEntry(later))
		add(fieldSecretKey, lang.L("Secret key"), kit.NewSecret(lang.L("kept in the system keyring")))
	case needsSecret(d) && d.Auth == "basic":
		add(fieldUser, lang.L("User"), kit.NewEntry(later))
		add(fieldSecret, lang.L("Password"), kit.NewSecret(lang.L("kept in the system keyring")))
	case needsSecret(d):
		add(fieldSecret, secretLabel(d.Auth), kit.NewSecret(later))
	}
	return objects
}

func needsSecret(d Destination) bool {
	return d.Type == typeBackend && d.Auth != "" && d.Auth != "none"
}

func (c *offerCard) text(name string) string {
	if e := c.entry[name]; e != nil {
		return strings.TrimSpace(e.Text)
	}
	return ""
}

// accepted is the offer under the name that the user gave it.
func (c *offerCard) accepted() Offer {
	o := c.offer
	o.Destination.Name = c.text("name")
	return o
}

func (c *offerCard) secrets() Secrets {
	s := Secrets{AccessKey: c.text(fieldAccessKey), SecretKey: c.text(fieldSecretKey), Backend: c.text(fieldSecret)}
	if s.Backend != "" && c.entry[fieldUser] != nil {
		s.Backend = c.text(fieldUser) + ":" + s.Backend
	}
	return s
}

// check shows what is wrong below each field, and reports whether all is well.
// It adds its name to those that are taken, in lower case.
func (c *offerCard) check(taken map[string]bool) bool {
	if c.offer.Known {
		return true
	}
	wrong := map[string]string{}
	if text := c.w.host.Check(c.accepted().Destination)["name"]; text != "" {
		wrong["name"] = text
	}
	name := strings.ToLower(c.text("name"))
	if taken[name] {
		wrong["name"] = lang.L("There is a destination of this name already.")
	}
	taken[name] = true
	one := func(a, b, needA, needB string) {
		switch {
		case c.text(a) == "" && c.text(b) != "":
			wrong[a] = needA
		case c.text(a) != "" && c.text(b) == "":
			wrong[b] = needB
		}
	}
	one(fieldAccessKey, fieldSecretKey, lang.L("Enter the access key."), lang.L("Enter the secret key."))
	if c.entry[fieldUser] != nil {
		one(fieldUser, fieldSecret, lang.L("Enter the name of the user, without a colon."), lang.L("Enter the secret."))
		if strings.Contains(c.text(fieldUser), ":") {
			wrong[fieldUser] = lang.L("Enter the name of the user, without a colon.")
		}
	}
	for name, field := range c.fields {
		field.SetError(wrong[name])
	}
	return len(wrong) == 0
}

// forget drops the secrets that were typed.
func (c *offerCard) forget() {
	for name, e := range c.entry {
		if name != "name" {
			e.SetText("")
		}
	}
}

// plainHTTP reports whether files or secrets would travel readable for others.
func plainHTTP(d Destination) bool {
	if d.AllowHTTP {
		return true
	}
	for _, address := range []string{d.Endpoint, d.URL} {
		u, err := url.Parse(address)
		if err == nil && u.Scheme == "http" && !sign.IsLoopback(u.Hostname()) {
			return true
		}
	}
	return false
}

// fact is something that a destination does, in words.
type fact struct{ label, value string }

// offerFacts says all that a destination would do: whoever reads them knows
// where files go, who signs, and what else is sent or trusted.
func (w *Window) offerFacts(o Offer) []fact {
	d := o.Destination
	var facts []fact
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, fact{label, value})
		}
	}
	switch d.Type {
	case typeLocal:
		add(lang.L("Files go to"), lang.L("Files stay here; links open on this computer"))
	case typeS3:
		w.bucketFacts(d, add)
	case typeBackend:
		w.serviceFacts(d, add)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Headers)) {
		add(lang.L("Sends along"), name+": "+d.Headers[name])
	}
	for _, name := range slices.Sorted(maps.Keys(d.Vars)) {
		add(lang.L("Value"), name+" = "+d.Vars[name])
	}
	add(lang.L("Stored as"), d.Key)
	if d.PublicURL != "" {
		add(lang.L("Links"), lang.L("Begin with {{.URL}} and do not end", map[string]any{"URL": d.PublicURL}))
	} else if o.Life > 0 {
		add(lang.L("Links last"), words.Life(o.Life))
	}
	add(lang.L("Part size"), d.PartSize)
	if len(o.Authorities) > 0 {
		add(lang.L("Trusts"), strings.Join(o.Authorities, "\n"))
	} else {
		add(lang.L("Trusts"), d.CAFile)
	}
	return facts
}

func (w *Window) bucketFacts(d Destination, add func(label, value string)) {
	where := d.Endpoint
	for _, p := range w.host.Providers() {
		if p.ID == d.Provider && where == "" {
			where = p.Title
		}
	}
	if where == "" {
		where = "Amazon S3"
	}
	add(lang.L("Files go to"), where)
	add(lang.L("Bucket"), d.Bucket)
	add(lang.L("Region"), d.Region)
	switch {
	case d.Credentials != "aws":
		add(lang.L("Signed by"), lang.L("This computer, with an access key of yours"))
	case d.AWSProfile != "":
		add(lang.L("Signed by"), lang.L("This computer, with the profile {{.Profile}} of your AWS configuration", map[string]any{"Profile": d.AWSProfile}))
	default:
		add(lang.L("Signed by"), lang.L("This computer, with your AWS configuration"))
	}
}

func (w *Window) serviceFacts(d Destination, add func(label, value string)) {
	host := d.URL
	if u, err := url.Parse(d.URL); err == nil && u.Host != "" {
		host = u.Host
	}
	add(lang.L("Files go to"), lang.L("Where {{.Host}} says, each time", map[string]any{"Host": host}))
	add(lang.L("Signed by"), d.URL)
	kind := d.Dialect
	for _, k := range w.host.Dialects() {
		if k.Name == d.Dialect {
			kind = kindTitle(k)
		}
	}
	add(lang.L("Service"), kind)
	add(lang.L("Bucket"), d.Bucket)
	switch name, isHeader := strings.CutPrefix(d.Auth, "header:"); {
	case isHeader:
		add(lang.L("Sign-in"), lang.L("A secret of yours, in the header {{.Name}}", map[string]any{"Name": name}))
	case d.Auth == "bearer":
		add(lang.L("Sign-in"), lang.L("Bearer token"))
	case d.Auth == "basic":
		add(lang.L("Sign-in"), lang.L("User and password"))
	default:
		add(lang.L("Sign-in"), lang.L("No sign-in"))
	}
}

// factRow is a label and what it says, which may take several lines.
type factRow struct {
	widget.BaseWidget
	label, value *kit.Para
}

func newFactRow(label, value string) *factRow {
	r := &factRow{
		label: kit.NewPara(kit.Span{Text: label, Color: look.Muted}),
		value: kit.NewPara(kit.Span{Text: value, Color: look.Text}),
	}
	r.ExtendBaseWidget(r)
	return r
}

// factLabel is the width of the labels: that of a form's, except where the room
// is scarce.
func factLabel(width float32) float32 {
	if width < 480 {
		return 110
	}
	return 150
}

// HeightFor is the height at a width.
func (r *factRow) HeightFor(width float32) float32 {
	label := factLabel(width)
	return max(r.label.HeightFor(label), r.value.HeightFor(width-label))
}

// CreateRenderer is for Fyne.
func (r *factRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(factLayout{r}, r.label, r.value))
}

type factLayout struct{ r *factRow }

func (l factLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, l.r.HeightFor(l.r.Size().Width))
}

func (l factLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	label := factLabel(size.Width)
	put(l.r.label, 0, 0, label, size.Height)
	put(l.r.value, label, 0, size.Width-label, size.Height)
}
