package backend

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"chute/uploader/fault"

	"github.com/yosida95/uritemplate/v3"
	"golang.org/x/net/http/httpguts"
)

// grammar says what a section may hold.
type grammar struct {
	name    string
	keys    []string // besides method, path, json, form and answer
	answers []string // besides error
	needs   []string // answers, two at most: one of them must be there
	vars    []string // besides those of every section
}

var grammars = []grammar{
	{
		name: "single", keys: []string{"headers", "keep"},
		answers: []string{"url", "method", "headers", "fields", "key", "bucket", "link", "expires_in", "expires_at"},
		needs:   []string{"url"},
		vars:    []string{"size", "md5", "sha256"},
	}, {
		name: "create", keys: []string{"headers", "keep", "signed"},
		answers: []string{
			"upload_id", "url", "method", "headers", "fields", "key", "bucket", "link", "expires_in", "expires_at",
			"part_size", "urls", "numbers", "complete_url", "abort_url",
		},
		needs: []string{"upload_id", "url"},
		vars:  []string{"size", "md5", "sha256", "part_size", "part_count"},
	}, {
		name: "part", keys: []string{"headers"},
		answers: []string{"url", "method", "headers", "link", "expires_in", "expires_at"},
		needs:   []string{"url"},
		vars:    []string{"upload_id", "size", "part_size", "part_count", "part_number"},
	}, {
		name: "batch", keys: []string{"headers"},
		answers: []string{"urls", "numbers", "expires_in", "expires_at"},
		needs:   []string{"urls"},
		vars:    []string{"upload_id", "size", "part_size", "part_count", "part_numbers"},
	}, {
		name: "list", keys: []string{"parts", "signed"},
		answers: []string{"parts", "url"}, needs: []string{"parts", "url"},
		vars: []string{"upload_id"},
	}, {
		name: "complete", keys: []string{"parts", "signed"},
		answers: []string{"url", "key", "etag", "link", "expires_in", "expires_at"},
		vars:    []string{"upload_id", "size", "part_count", "parts"},
	}, {
		name: "abort", keys: []string{"signed"}, answers: []string{"url"}, vars: []string{"upload_id"},
	}, {
		name: "link", keys: []string{"url"},
		answers: []string{"url", "expires_in", "expires_at"}, needs: []string{"url"},
	}, {
		name:    "credentials",
		answers: []string{"credentials", "bucket", "region", "endpoint", "expires_in", "expires_at"},
		needs:   []string{"credentials"},
	},
}

// baseVars are the variables of every section.
var baseVars = []string{"name", "key", "asked_key", "content_type", "media_type", "bucket", "expires"}

func (p *parser) section(n node, g grammar, d *Dialect, kept []string) section {
	fields := p.table(n, slices.Concat([]string{"method", "path", "json", "form", "answer"}, g.keys)...)
	s := section{name: g.name}
	known := slices.Concat(baseVars, g.vars, sortedKeys(d.Vars), kept)
	p.request(n, fields, &s, known)
	if h, there := fields["headers"]; there {
		s.headers = p.headers(h, known)
	}
	if k, there := fields["keep"]; there {
		s.keep = map[string]places{}
		for _, name := range sortedKeys(p.table(k, sortedKeys(k.fields)...)) {
			if !variable.MatchString("{" + name + "}") {
				p.say(k.fields[name], fault.NotAVariable, fault.LettersUnder)
			}
			s.keep[name] = p.strs(k.fields[name])
		}
	}
	if v, there := fields["parts"]; there {
		t := p.table(v, "number", "etag", "size")
		s.parts = partNames{number: p.str(t["number"]), etag: p.str(t["etag"]), size: p.str(t["size"])}
		if s.parts.number == "" || s.parts.etag == "" {
			p.say(v, fault.PartNames, fault.Plain(`{ number = "PartNumber", etag = "ETag" }`))
		}
	}
	if v, there := fields["url"]; there {
		s.url = p.template(v, known)
	}
	if v, there := fields["signed"]; there {
		s.signed = p.method(v)
	}
	p.answer(fields["answer"], g, &s)

	needsParts := g.name == "list" && s.signed == "" || g.name == "complete" && slices.Contains(s.names(), "parts")
	if needsParts && s.parts.number == "" {
		p.say(n, fault.PartsUnnamed, fault.Plain(`parts = { number = "PartNumber", etag = "ETag" }`))
	}
	if s.path == nil && s.url == nil && !(s.signed != "" && (g.name == "complete" || g.name == "abort")) {
		p.say(n, fault.NoRequest, fault.Plain("path"))
	}
	if s.signed != "" && s.path != nil && !s.has("url") {
		p.say(n, fault.SignedAddress, fault.Plain("answer = { url = … }"))
	}
	return s
}

// request reads what is sent to the backend.
func (p *parser) request(n node, fields map[string]node, s *section, known []string) {
	if v, there := fields["path"]; there {
		s.path = p.template(v, known)
	}
	if v, there := fields["json"]; there {
		s.json = &tree{v.value}
		p.variables(v, s.json.names(), known)
	}
	if v, there := fields["form"]; there {
		s.form = p.pairs(v, known)
		if s.json != nil {
			p.say(v, fault.JSONAndForm, fault.OneOfThem)
		}
	}
	s.method = http.MethodGet
	if s.json != nil || s.form != nil {
		s.method = http.MethodPost
	}
	if v, there := fields["method"]; there {
		s.method = p.method(v)
	}
}

var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

func (p *parser) method(n node) string {
	m := p.str(n)
	if !slices.Contains(methods, m) {
		p.say(n, fault.UnknownMethod.With("Value", strconv.Quote(m)), list(methods))
	}
	return m
}

// template reads a URI template.
func (p *parser) template(n node, known []string) *uritemplate.Template {
	raw := p.str(n)
	t, err := uritemplate.New(raw)
	if err != nil {
		p.say(n, fault.TemplateSays.With("Template", err.Error()), fault.URITemplate.With("Example", `"/sign/{key}"`))
		return nil
	}
	p.variables(n, t.Varnames(), known)
	return t
}

func (p *parser) variables(n node, used, known []string) {
	for _, name := range used {
		if !slices.Contains(known, name) {
			p.say(n, fault.UnknownVariable.With("Name", "{"+name+"}"), fault.Plain("{"+strings.Join(known, "} {")+"}"))
		}
	}
}

// pairs reads a table of templates.
func (p *parser) pairs(n node, known []string) []pair {
	if n.fields == nil {
		p.wrongKind(n, fault.TableOfTexts.With("Example", `{ a = "{key}" }`))
		return nil
	}
	list := []pair{}
	for _, name := range sortedKeys(n.fields) {
		value := text(p.str(n.fields[name]))
		p.variables(n.fields[name], value.names(), known)
		list = append(list, pair{name, value})
	}
	return list
}

func (p *parser) headers(n node, known []string) []pair {
	for name, f := range n.fields {
		if !httpguts.ValidHeaderFieldName(name) {
			p.say(f, fault.NotAHeader, fault.LettersDashes)
		}
	}
	return p.pairs(n, known)
}

func (p *parser) answer(n node, g grammar, s *section) {
	fields := p.table(n, slices.Concat(g.answers, []string{"error"})...)
	s.answer = map[string]places{}
	for _, name := range sortedKeys(fields) {
		f := fields[name]
		if name == "headers" && f.fields != nil {
			for _, header := range sortedKeys(f.fields) {
				s.headerPlaces = append(s.headerPlaces, headerPlace{header, p.strs(f.fields[header])})
			}
			continue
		}
		s.answer[name] = p.strs(f)
		if name == "headers" {
			s.headerPlaces = []headerPlace{{"*", s.answer[name]}}
		}
	}
	if s.has("numbers") && !s.has("urls") {
		p.say(fields["numbers"], fault.NumbersAlone, fault.Both)
	}
	inXML := s.signed != "" && (g.name == "create" || g.name == "list")
	if inXML {
		// S3's own answer, after the backend's: where its values are is known.
		s.answer["upload_id"] = places{}
		return
	}
	if len(g.needs) > 0 && s.url == nil && !slices.ContainsFunc(g.needs, s.has) {
		needs := fault.Plain(g.needs[0])
		if len(g.needs) > 1 {
			needs = fault.OneOrOther.With("One", g.needs[0], "Other", g.needs[1])
		}
		p.say(n.orAt(g.name), fault.ValueMissing, needs)
	}
}

// orAt gives a node that is not there a name for messages.
func (n node) orAt(section string) node {
	if n.field == "" {
		n.field = section + ".answer"
	}
	return n
}
