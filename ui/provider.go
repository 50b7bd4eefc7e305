package ui

import (
	"regexp"
	"strings"

	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
)

// This file is the part of the destination form that knows presets: which
// service, and which address follows from it.

func (f *destinationForm) buildProvider() {
	all := f.s.w.host.Providers()
	if f.draft.Type == typeS3 {
		f.draft.Provider = f.guessProvider(all)
	}
	var ids, titles []string
	for _, p := range all {
		ids, titles = append(ids, p.ID), append(titles, p.Title)
	}
	f.provider = kit.NewSelect(ids, titles, f.draft.Provider, func(id string) {
		f.draft.Provider = id
		f.region.Text = ""
		f.region.Refresh()
		f.keysChanged()
	})
	f.field("provider", lang.L("Provider"), f.provider)
}

// guessProvider finds the preset of a destination that names none: the one whose
// address it has, else the first that takes any address.
func (f *destinationForm) guessProvider(all []Provider) string {
	if f.draft.Provider != "" || len(all) == 0 {
		return f.draft.Provider
	}
	for _, p := range all {
		if p.NeedsEndpoint {
			continue
		}
		if _, ok := matchEndpoint(p.Endpoint, f.draft.Endpoint); ok {
			return p.ID
		}
	}
	for _, p := range all {
		if p.NeedsEndpoint {
			return p.ID
		}
	}
	return all[0].ID
}

// preset is the chosen provider. One whose address the user has changed in the
// file asks for the address like one without a preset.
func (f *destinationForm) preset() Provider {
	for _, p := range f.s.w.host.Providers() {
		if p.ID != f.draft.Provider {
			continue
		}
		if f.start.Provider == p.ID && f.start.Endpoint != "" {
			if _, ok := matchEndpoint(p.Endpoint, f.start.Endpoint); !ok {
				p.NeedsEndpoint, p.Endpoint = true, ""
			}
		}
		return p
	}
	return Provider{ID: f.draft.Provider, NeedsEndpoint: true}
}

// endpoint is the address that follows from what was entered.
func (f *destinationForm) endpoint() string {
	p := f.preset()
	if p.NeedsEndpoint {
		return f.text("endpoint")
	}
	if strings.Contains(p.Endpoint, "{region}") && strings.TrimSpace(f.region.Text) == "" {
		return "" // not found out yet
	}
	return strings.NewReplacer("{region}", strings.TrimSpace(f.region.Text), "{account}", f.text(fieldAccount)).Replace(p.Endpoint)
}

// account is the account in the address of the destination as it was.
func (f *destinationForm) account() string {
	found, _ := matchEndpoint(f.preset().Endpoint, f.draft.Endpoint)
	return found["account"]
}

// matchEndpoint says whether an address was made from a template with {region}
// and {account}, and from what.
func matchEndpoint(template, endpoint string) (found map[string]string, ok bool) {
	pattern := regexp.QuoteMeta(template)
	for _, name := range []string{"region", "account"} {
		pattern = strings.Replace(pattern, `\{`+name+`\}`, `(?P<`+name+`>[^./:]+)`, 1)
	}
	re, err := regexp.Compile("^" + pattern + "/?$")
	if err != nil {
		return nil, false
	}
	m := re.FindStringSubmatch(endpoint)
	if m == nil {
		return nil, false
	}
	found = map[string]string{}
	for i, name := range re.SubexpNames() {
		if name != "" {
			found[name] = m[i]
		}
	}
	return found, true
}
