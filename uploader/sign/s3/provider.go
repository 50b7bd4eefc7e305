package s3

import (
	_ "embed"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"chute/uploader/fault"

	"github.com/BurntSushi/toml"
)

// Provider is a preset for an S3 service, for people to choose from.
type Provider struct {
	ID    string // the value of provider in a configuration
	Title string
	// Endpoint may hold {region} and {account}; empty: AWS, or see NeedsEndpoint.
	Endpoint string
	Regions  []string // known ones; the service may take others
	// NeedsEndpoint says that the user must give the address.
	NeedsEndpoint bool
}

// Providers lists the presets, the best known first.
func Providers() []Provider {
	var list []Provider
	for _, p := range presets() {
		list = append(list, Provider{p.ID, p.Title, p.Endpoint, slices.Clone(p.Regions), p.NeedsEndpoint})
	}
	return list
}

// preset is what providers.toml, which explains the fields, says of a service.
type preset struct {
	ID            string   `toml:"id"`
	Title         string   `toml:"title"`
	Endpoint      string   `toml:"endpoint"`
	NeedsEndpoint bool     `toml:"needs_endpoint"`
	Regions       []string `toml:"regions"`
	Region        string   `toml:"region"`
	Hosts         []string `toml:"hosts"`
	PathStyle     bool     `toml:"path_style"`
	EqualParts    bool     `toml:"equal_parts"`
	MinPart       int64    `toml:"min_part"`
	MaxPart       int64    `toml:"max_part"`
	MaxObject     int64    `toml:"max_object"`
	MaxParts      int      `toml:"max_parts"`
	OpaqueParts   bool     `toml:"opaque_parts"`
	Price         float64  `toml:"price"`
}

const (
	providerAWS   = "aws"
	providerOther = "other"

	regionVariable  = "{region}"
	accountVariable = "{account}"
	// regionFallback is what stores without regions expect, and where AWS
	// answers for buckets of all regions.
	regionFallback = "us-east-1"
)

//go:embed providers.toml
var providersTOML string

var presets = sync.OnceValue(func() []preset {
	list, err := parsePresets(providersTOML)
	if err != nil {
		panic(err) // the file is part of the program, and tested
	}
	return list
})

func parsePresets(text string) ([]preset, error) {
	var file struct {
		Provider []preset `toml:"provider"`
	}
	meta, err := toml.Decode(text, &file)
	if err != nil {
		return nil, fmt.Errorf("providers.toml: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("providers.toml: unknown field %s", unknown[0])
	}
	return file.Provider, nil
}

func presetByID(id string) (preset, bool) {
	i := slices.IndexFunc(presets(), func(p preset) bool { return p.ID == id })
	if i < 0 {
		return preset{}, false
	}
	return presets()[i], true
}

// recognise finds the preset of a host, and the region that the host names.
func recognise(host string) (p preset, region string) {
	for _, p := range presets() {
		if region, ok := p.match(host); ok {
			return p, region
		}
	}
	p, _ = presetByID(providerOther)
	return p, ""
}

func (p preset) match(host string) (region string, ok bool) {
	for _, pattern := range p.Hosts {
		expr := strings.NewReplacer(`\*`, `.+`, `\{region\}`, `([a-z0-9-]+)`).Replace(regexp.QuoteMeta(pattern))
		if m := regexp.MustCompile("^" + expr + "$").FindStringSubmatch(strings.ToLower(host)); m != nil {
			return strings.Join(m[1:], ""), true
		}
	}
	return "", false
}

// place is where a bucket is.
type place struct {
	preset    preset
	endpoint  string // empty: AWS's own for the region
	region    string
	pathStyle bool
}

// locate puts together what the user said and what the preset knows.
// sharedRegion is that of the shared AWS configuration.
func locate(c Config, sharedRegion string) (place, error) {
	at := place{endpoint: strings.TrimRight(c.Endpoint, "/")}
	host, err := endpointHost(at.endpoint)
	if err != nil {
		return place{}, err
	}
	recognised, hostRegion := recognise(host)
	switch {
	case c.Provider != "":
		var ok bool
		if at.preset, ok = presetByID(c.Provider); !ok {
			return place{}, wrong("provider", fault.UnknownProvider.With("Value", strconv.Quote(c.Provider), "Names", strings.Join(providerIDs(), ", ")))
		}
		hostRegion, _ = at.preset.match(host)
	case at.endpoint == "":
		at.preset, _ = presetByID(providerAWS)
	default:
		at.preset = recognised
	}

	at.region = firstOf(c.Region, hostRegion, at.preset.Region)
	if at.endpoint == "" {
		if at.endpoint, err = at.preset.address(at.region); err != nil {
			return place{}, err
		}
	}
	at.region = firstOf(at.region, sharedRegion, regionFallback)
	at.pathStyle = c.PathStyle || at.preset.PathStyle || plainHost(host)
	return at, nil
}

// address is the endpoint of the service in a region.
func (p preset) address(region string) (string, error) {
	if p.NeedsEndpoint {
		return "", wrong("endpoint", fault.NeedsEndpoint.With("Name", strconv.Quote(p.ID), "Form", "http(s)://host[:port]"))
	}
	if strings.Contains(p.Endpoint, accountVariable) {
		return "", wrong("endpoint", fault.NeedsAccount.With("Name", strconv.Quote(p.ID), "Form", p.Endpoint))
	}
	if strings.Contains(p.Endpoint, regionVariable) && region == "" {
		return "", wrong("region", fault.NeedsRegion.With("Name", strconv.Quote(p.ID), "Names", strings.Join(p.Regions, ", ")))
	}
	return strings.ReplaceAll(p.Endpoint, regionVariable, region), nil
}

func endpointHost(endpoint string) (string, error) {
	if endpoint == "" {
		return "", nil
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		// The value stays out: it may hold a password.
		return "", wrong("endpoint", fault.EndpointNoAddress.With("Form", "http(s)://host[:port][/path]"))
	}
	return u.Hostname(), nil
}

// plainHost reports whether no name can be put before the host: an IP address,
// or a name without a domain, as localhost or a machine of the local network.
func plainHost(host string) bool {
	return host != "" && (net.ParseIP(host) != nil || !strings.Contains(host, "."))
}

func providerIDs() []string {
	var ids []string
	for _, p := range presets() {
		ids = append(ids, p.ID)
	}
	return ids
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// wrong is a mistake in a field of the destination.
func wrong(field string, what fault.Phrase) error {
	return fault.Wrong(nil, fault.Mistake{Field: field, What: what})
}
