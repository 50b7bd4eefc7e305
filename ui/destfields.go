package ui

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/uploader/sign"
)

// This file says which fields a destination's form has.

// Names of the fields that are not those of destinations.toml.
const (
	fieldAccount   = "account"
	fieldAccessKey = "access_key"
	fieldSecretKey = "secret_key"
	fieldToken     = "session_token"
	fieldSecret    = "secret"
	fieldHeader    = "auth_header"
	fieldUser      = "user"
)

// build makes all fields that any destination may have, in their order;
// update shows those that this one has.
func (f *destinationForm) build() {
	d := f.draft
	kept := lang.L("kept in the system keyring")
	if f.old != "" {
		kept = lang.L("unchanged, kept in the system keyring")
	}
	f.buildProvider()
	f.entry(fieldAccount, lang.L("Account"), "", f.account())
	f.entry("endpoint", lang.L("Address"), "https://s3.example.org", d.Endpoint)
	f.region = kit.NewCombo(d.Region)
	f.region.PlaceHolder = lang.L("found out by the bucket")
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
	for _, name := range []string{fieldAccount, "endpoint", fieldAccessKey, fieldSecretKey, "aws_profile"} {
		f.entries[name].OnChanged = func(string) { f.keysChanged() }
	}
	f.buildBucket()
	f.buildService()
	auth, header, _ := strings.Cut(cmp.Or(d.Auth, "none"), ":")
	f.auth = kit.NewSelect([]string{"none", "bearer", "basic", "header"},
		[]string{lang.L("No sign-in"), lang.L("Bearer token"), lang.L("User and password"), lang.L("A header of its own")}, auth,
		func(v string) { f.draft.Auth = v; f.changed() })
	f.draft.Auth = auth
	f.field("auth", lang.L("Sign-in"), f.auth)
	f.entry(fieldHeader, lang.L("Header"), "X-Api-Key", header)
	f.entry(fieldUser, lang.L("User"), access, "")
	f.secret(fieldSecret, secretLabel(auth), kept)

	f.entry("name", lang.L("Name"), lang.L("as you want to see it"), d.Name)
	f.more = kit.NewButton(kit.Quiet, lang.L("More settings"), func() { f.advanced = !f.advanced; f.update() })
	f.secret(fieldToken, lang.L("Session token"), lang.L("only for temporary keys"))
	f.field("path_style", "", kit.NewCheck(lang.L("Bucket in the path of the address, not before it"), d.PathStyle,
		func(on bool) { f.draft.PathStyle = on; f.changed() }))
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

// advancedFields are shown by More settings only, or when something is wrong with them.
var advancedFields = []string{"credentials", "region", fieldToken, "path_style", "key", "link_expiry", "public_url", "part_size", "ca_file", "headers", "allow_http"}

// isAdvanced says whether a field is one that most people need not see.
func (f *destinationForm) isAdvanced(name string) bool {
	switch name {
	case "credentials":
		return f.draft.Credentials != "aws" && f.start.Credentials != "aws"
	case "allow_http": // is asked where it matters
		return !f.plain()
	}
	return slices.Contains(advancedFields, name)
}

// plain says that the address entered is one without TLS, at another computer.
func (f *destinationForm) plain() bool {
	address := f.text("endpoint")
	if f.draft.Type == typeBackend {
		address = f.text("url")
	}
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "http" && u.Hostname() != "" && !sign.IsLoopback(u.Hostname()) && (f.draft.Type == typeBackend || f.has("endpoint"))
}

// secretFields are what the user alone can know.
var secretFields = []string{fieldAccessKey, fieldSecretKey, fieldToken, fieldUser, fieldSecret}

// takesSecrets reports whether a destination has keys of the user's.
func takesSecrets(d Destination) bool {
	return d.Type == typeS3 && d.Credentials != "aws" || needsSecret(d)
}

// has says whether the destination, as entered so far, has a field. Of one that
// an administrator set up there are the secrets only.
func (f *destinationForm) has(name string) bool {
	if f.fixed && !slices.Contains(secretFields, name) {
		return false
	}
	switch name {
	case "name":
		return f.draft.Type != typeLocal
	case "key", "link_expiry":
		return true
	case "public_url", "part_size", "ca_file":
		return f.draft.Type != typeLocal
	case "provider", "credentials", "path_style":
		return f.draft.Type == typeS3
	case "bucket":
		return f.draft.Type == typeS3 || f.draft.Type == typeBackend && (f.chosen().NeedsBucket || f.draft.Bucket != "")
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
	case "url", fieldDetect, "dialect", "auth", "headers":
		return f.draft.Type == typeBackend
	case "allow_http":
		return f.draft.Type != typeLocal
	case fieldSecret:
		return f.draft.Type == typeBackend && f.draft.Auth != "none"
	case fieldUser:
		return f.draft.Type == typeBackend && f.draft.Auth == "basic"
	case fieldHeader:
		return f.draft.Type == typeBackend && f.draft.Auth == "header"
	}
	if v, ok := strings.CutPrefix(name, varField("")); ok {
		return f.draft.Type == typeBackend && slices.Contains(f.chosen().Vars, v)
	}
	return false
}
