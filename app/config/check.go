package config

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"chute/uploader/fault"
	"chute/uploader/sign"

	"golang.org/x/net/http/httpguts"
)

// MaxSignedLink is how long a signed link can last, a limit of AWS Signature
// Version 4.
const MaxSignedLink = 7 * 24 * time.Hour

// The sizes that a part of a multipart upload may have, limits of S3.
const (
	MinPartSize = 5 << 20
	MaxPartSize = 5 << 30
)

// Known lists the names that other packages give meaning to. A nil func allows
// every name.
type Known struct {
	Providers func() []string
	Dialects  func() []string
}

// Check reports what is wrong with d by itself. It does no I/O: ca_file is
// read when it is used.
func (d Destination) Check(known Known) []fault.Mistake {
	d.setDefaults()
	var c checker
	c.name(d.Name)
	c.oneOf("type", d.Type, []string{TypeS3, TypeBackend, TypeLocal})
	c.url("endpoint", d.Endpoint, d.Endpoint == "")
	c.tls("endpoint", d.Endpoint, d.AllowHTTP)
	if d.Type == TypeS3 && d.Bucket == "" {
		c.say("bucket", fault.NeedsBucket, fault.Phrase{})
	}
	if d.Provider != "" && known.Providers != nil {
		c.oneOf("provider", d.Provider, known.Providers())
	}
	c.oneOf("credentials", d.Credentials, []string{CredentialsKeyring, CredentialsAWS})
	c.url("url", d.URL, d.URL == "" && d.Type != TypeBackend)
	c.tls("url", d.URL, d.AllowHTTP)
	if d.Type == TypeBackend && d.Dialect == "" {
		c.say("dialect", fault.NeedsDialect, dialects(known))
	} else if d.Dialect != "" && known.Dialects != nil {
		c.oneOf("dialect", d.Dialect, known.Dialects())
	}
	c.auth(d.Auth)
	c.headers(d.Headers)
	for _, name := range slices.Sorted(maps.Keys(d.Vars)) {
		c.plain("vars", name+d.Vars[name], fault.VisibleText)
	}
	c.key(d.Key)
	c.linkExpiry(d)
	c.url("public_url", d.PublicURL, d.PublicURL == "")
	if d.PartSize != "" {
		if n, err := ParseSize(d.PartSize); err != nil || n < MinPartSize || n > MaxPartSize {
			c.say("part_size", fault.NotAPartSize.With("Value", strconv.Quote(d.PartSize)), fault.FromTo.With("From", "5MiB", "To", "5GiB"))
		}
	}
	for _, f := range d.fields() {
		if v, ok := f.value().(string); ok && !slices.ContainsFunc(c, func(m fault.Mistake) bool { return m.Field == f.name }) {
			c.plain(f.name, v, fault.VisibleText)
		}
	}
	return c
}

func dialects(known Known) fault.Phrase {
	if known.Dialects == nil {
		return fault.Phrase{}
	}
	return list(known.Dialects())
}

// list is names that are the same in every language.
func list(names []string) fault.Phrase { return fault.Plain(strings.Join(names, ", ")) }

type checker []fault.Mistake

func (c *checker) say(field string, what, allowed fault.Phrase) {
	*c = append(*c, fault.Mistake{Field: field, What: what, Allowed: allowed})
}

func (c *checker) oneOf(field, value string, allowed []string) {
	if !slices.Contains(allowed, value) {
		c.say(field, fault.UnknownValue.With("Value", strconv.Quote(value)), list(allowed))
	}
}

const addressForm = "http(s)://host[:port][/path]"

func (c *checker) url(field, value string, empty bool) {
	if empty {
		return
	}
	u, err := url.Parse(value)
	// The value stays out of the message where it holds a password.
	switch {
	case err == nil && u.User != nil:
		c.say(field, fault.AddressSecret, fault.PlainAddress.With("Form", addressForm))
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		c.say(field, fault.NotAnAddress, fault.Plain(addressForm))
	}
}

// tls refuses an address to which files and keys would travel readable for
// others, unless that is wanted. Nothing leaves this computer to reach itself.
func (c *checker) tls(field, value string, allowed bool) {
	if u, err := url.Parse(value); err == nil && u.Scheme == "http" && u.Hostname() != "" && !allowed && !sign.IsLoopback(u.Hostname()) {
		c.say(field, fault.AddressNoTLS, fault.TLSOrAllowed)
	}
}

func (c *checker) auth(auth string) {
	name, isHeader := strings.CutPrefix(auth, "header:")
	if isHeader && httpguts.ValidHeaderFieldName(name) || slices.Contains([]string{"none", "bearer", "basic"}, auth) {
		return
	}
	c.say("auth", fault.UnknownValue.With("Value", strconv.Quote(auth)), fault.Plain("none, bearer, basic, header:NAME"))
}

// secretHeaders carry what belongs into the keyring.
var secretHeaders = []string{"Authorization", "Cookie", "Proxy-Authorization"}

func (c *checker) headers(h map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			c.say("headers", fault.NotTheHeader.With("Name", strconv.Quote(name)), fault.LettersDashes)
		case slices.Contains(secretHeaders, http.CanonicalHeaderKey(name)):
			c.say("headers", fault.SecretHeader.With("Name", name), fault.SecretInKeyring)
		case !httpguts.ValidHeaderFieldValue(h[name]) || hasInvisible(h[name]):
			c.say("headers", fault.HeaderValue.With("Name", name), fault.OneLine)
		}
	}
}

func (c *checker) linkExpiry(d Destination) {
	life, err := ParseDuration(d.LinkExpiry)
	switch {
	case err != nil || life <= 0:
		c.say("link_expiry", fault.NotALife.With("Value", strconv.Quote(d.LinkExpiry)), fault.AndTheLike.With("Examples", "30m, 24h, 7d"))
	case life > MaxSignedLink && d.PublicURL == "" && d.Type != TypeBackend:
		c.say("link_expiry", fault.LifeTooLong.With("Value", d.LinkExpiry), fault.AtMost.With("Most", "7d", "Examples", fault.OneOrOther.With("One", "30m, 24h", "Other", "7d")))
	}
}

func (c *checker) name(name string) {
	switch {
	case name == "":
		c.say("name", fault.NeedsName, fault.Phrase{})
	case strings.TrimSpace(name) != name:
		c.say("name", fault.SpaceInName, fault.VisibleName)
	default:
		c.plain("name", name, fault.VisibleName)
	}
}

// plain refuses what cannot be seen.
func (c *checker) plain(field, text string, allowed fault.Phrase) {
	if hasInvisible(text) {
		c.say(field, fault.Invisible.With("Value", strconv.Quote(text)), allowed)
	}
}

func hasInvisible(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) || r == unicode.ReplacementChar })
}
