package config

import (
	"maps"
	"time"
)

// The types of destinations.
const (
	TypeS3      = "s3"
	TypeBackend = "backend"
	TypeLocal   = "local"
)

// The values of Destination.Credentials.
const (
	CredentialsKeyring = "keyring"
	CredentialsAWS     = "aws"
)

// ThisComputer is the destination that is there without any configuration.
const ThisComputer = "this-computer"

// Destination is one destination as destinations.toml has it, and as a form
// edits it: texts where the file has texts. An empty text means the default.
type Destination struct {
	Name, Type                           string
	Endpoint, Region, Bucket, Provider   string
	PathStyle                            bool
	Credentials, AWSProfile              string
	URL, Dialect, Auth                   string
	Headers, Vars                        map[string]string
	AllowHTTP                            bool
	Key, LinkExpiry, PublicURL, PartSize string
	CAFile                               string
}

// fields lists the keys of a [[destination]] in the order of the documentation.
func (d *Destination) fields() []field {
	return []field{
		{"name", &d.Name},
		{"type", &d.Type},
		{"endpoint", &d.Endpoint},
		{"region", &d.Region},
		{"bucket", &d.Bucket},
		{"path_style", &d.PathStyle},
		{"provider", &d.Provider},
		{"credentials", &d.Credentials},
		{"aws_profile", &d.AWSProfile},
		{"url", &d.URL},
		{"dialect", &d.Dialect},
		{"auth", &d.Auth},
		{"headers", &d.Headers},
		{"vars", &d.Vars},
		{"allow_http", &d.AllowHTTP},
		{"key", &d.Key},
		{"link_expiry", &d.LinkExpiry},
		{"public_url", &d.PublicURL},
		{"part_size", &d.PartSize},
		{"ca_file", &d.CAFile},
	}
}

// setDefaults fills in what has a default and was left empty.
func (d *Destination) setDefaults() {
	for at, value := range map[*string]string{
		&d.Credentials: CredentialsKeyring,
		&d.Auth:        "none",
		&d.Key:         DefaultKey,
		&d.LinkExpiry:  "24h",
	} {
		if *at == "" {
			*at = value
		}
	}
}

// LinkLife is how long links last. It is 0 where they last for ever, which is
// where public_url is set. The destination must be free of problems.
func (d Destination) LinkLife() time.Duration {
	if d.PublicURL != "" {
		return 0
	}
	d.setDefaults()
	life, _ := ParseDuration(d.LinkExpiry)
	return life
}

// PartBytes is the part size that the user fixed; 0: it is planned. The
// destination must be free of problems.
func (d Destination) PartBytes() int64 {
	if d.PartSize == "" {
		return 0
	}
	n, _ := ParseSize(d.PartSize)
	return n
}

// clone copies d with what it points to.
func (d Destination) clone() Destination {
	d.Headers, d.Vars = maps.Clone(d.Headers), maps.Clone(d.Vars)
	return d
}
