package config

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

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
func (d Destination) Check(known Known) []Problem {
	d.setDefaults()
	var c checker
	c.add("name", checkName(d.Name))
	c.oneOf("type", d.Type, []string{TypeS3, TypeBackend, TypeLocal})
	c.url("endpoint", d.Endpoint, d.Endpoint == "")
	c.tls("endpoint", d.Endpoint, d.AllowHTTP)
	if d.Type == TypeS3 && d.Bucket == "" {
		c.say("bucket", "type s3 needs a bucket", "")
	}
	if d.Provider != "" && known.Providers != nil {
		c.oneOf("provider", d.Provider, known.Providers())
	}
	c.oneOf("credentials", d.Credentials, []string{CredentialsKeyring, CredentialsAWS})
	c.url("url", d.URL, d.URL == "" && d.Type != TypeBackend)
	c.tls("url", d.URL, d.AllowHTTP)
	if d.Type == TypeBackend && d.Dialect == "" {
		c.say("dialect", "type backend needs a dialect", dialects(known))
	} else if d.Dialect != "" && known.Dialects != nil {
		c.oneOf("dialect", d.Dialect, known.Dialects())
	}
	c.auth(d.Auth)
	c.headers(d.Headers)
	for _, name := range slices.Sorted(maps.Keys(d.Vars)) {
		c.add("vars", checkPlain(name+d.Vars[name]))
	}
	c.add("key", checkKey(d.Key))
	c.linkExpiry(d)
	c.url("public_url", d.PublicURL, d.PublicURL == "")
	if d.PartSize != "" {
		if n, err := ParseSize(d.PartSize); err != nil || n < MinPartSize || n > MaxPartSize {
			c.say("part_size", fmt.Sprintf("%q is not a part size", d.PartSize), "5MiB to 5GiB")
		}
	}
	for _, f := range d.fields() {
		if v, ok := f.value().(string); ok && !slices.ContainsFunc(c, func(p Problem) bool { return p.Field == f.name }) {
			c.add(f.name, checkPlain(v))
		}
	}
	return c
}

func dialects(known Known) string {
	if known.Dialects == nil {
		return ""
	}
	return strings.Join(known.Dialects(), ", ")
}

type checker []Problem

func (c *checker) say(field, text, allowed string) {
	*c = append(*c, Problem{Field: field, Text: text, Allowed: allowed})
}

func (c *checker) add(field string, p Problem) {
	if p.Text != "" {
		c.say(field, p.Text, p.Allowed)
	}
}

func (c *checker) oneOf(field, value string, allowed []string) {
	if !slices.Contains(allowed, value) {
		c.say(field, fmt.Sprintf("unknown value %q", value), strings.Join(allowed, ", "))
	}
}

func (c *checker) url(field, value string, empty bool) {
	if empty {
		return
	}
	u, err := url.Parse(value)
	// The value stays out of the message where it holds a password.
	switch {
	case err == nil && u.User != nil:
		c.say(field, "an address with a name or password in it", "http(s)://host[:port][/path]; secrets go to the keyring")
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		c.say(field, "not a plain web address", "http(s)://host[:port][/path]")
	}
}

// tls refuses an address to which files and keys would travel readable for
// others, unless that is wanted. Nothing leaves this computer to reach itself.
func (c *checker) tls(field, value string, allowed bool) {
	if u, err := url.Parse(value); err == nil && u.Scheme == "http" && u.Hostname() != "" && !allowed && !sign.IsLoopback(u.Hostname()) {
		c.say(field, "an address without TLS, where others can read what is sent", "https, or allow_http = true")
	}
}

func (c *checker) auth(auth string) {
	name, isHeader := strings.CutPrefix(auth, "header:")
	if isHeader && httpguts.ValidHeaderFieldName(name) || slices.Contains([]string{"none", "bearer", "basic"}, auth) {
		return
	}
	c.say("auth", fmt.Sprintf("unknown value %q", auth), "none, bearer, basic, header:NAME")
}

// secretHeaders carry what belongs into the keyring.
var secretHeaders = []string{"Authorization", "Cookie", "Proxy-Authorization"}

func (c *checker) headers(h map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			c.say("headers", fmt.Sprintf("%q is not the name of a header", name), "letters, digits and -")
		case slices.Contains(secretHeaders, http.CanonicalHeaderKey(name)):
			c.say("headers", name+" would be a secret in this file", "auth, with the secret in the keyring")
		case !httpguts.ValidHeaderFieldValue(h[name]) || checkPlain(h[name]).Text != "":
			c.say("headers", "the value of "+name+" has characters that no header can carry", "text on one line")
		}
	}
}

func (c *checker) linkExpiry(d Destination) {
	const most = "more than 0 and at most 7d, as in 30m, 24h or 7d"
	life, err := ParseDuration(d.LinkExpiry)
	switch {
	case err != nil || life <= 0:
		c.say("link_expiry", fmt.Sprintf("%q is not a time that a link can last", d.LinkExpiry), "30m, 24h, 7d and the like")
	case life > MaxSignedLink && d.PublicURL == "" && d.Type != TypeBackend:
		c.say("link_expiry", d.LinkExpiry+" is longer than signed links can last", most)
	}
}

func checkName(name string) Problem {
	const allowed = "visible characters, with no space at either end"
	switch {
	case name == "":
		return Problem{Text: "a destination needs a name"}
	case strings.TrimSpace(name) != name:
		return Problem{Text: "a space at an end of the name", Allowed: allowed}
	}
	p := checkPlain(name)
	p.Allowed = allowed
	return p
}

// checkPlain refuses what cannot be seen.
func checkPlain(text string) Problem {
	if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) || r == unicode.ReplacementChar }); i >= 0 {
		return Problem{Text: fmt.Sprintf("%q has characters that cannot be seen", text), Allowed: "visible characters"}
	}
	return Problem{}
}
