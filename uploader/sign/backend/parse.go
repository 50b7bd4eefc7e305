package backend

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
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
	needs   []string // answers: one of them must be there
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
var baseVars = []string{"name", "key", "asked_key", "content_type", "bucket", "expires"}

var sectionNames = func() []string {
	var names []string
	for _, g := range grammars {
		names = append(names, g.name)
	}
	return names
}()

var topNames = slices.Concat([]string{"name", "title", "vars", "limits", "session", "errors", "probe"}, sectionNames)

var dialectName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// Parse reads a dialect from the text of a file. A mistake makes the dialect
// useless; all of them are reported, in the order of the file.
func Parse(file string, data []byte) (*Dialect, []Problem) {
	p := &parser{file: file}
	if len(data) > maxFile {
		return nil, []Problem{{File: file, Text: "the file is larger than a dialect can be"}}
	}
	root, wrong, ok := decodeTOML(data)
	if !ok {
		wrong.File = file
		return nil, []Problem{wrong}
	}
	d := p.dialect(root)
	if len(p.wrong) > 0 {
		return nil, p.problems()
	}
	return d, nil
}

func (p *parser) dialect(root node) *Dialect {
	top := p.table(root, topNames...)
	d := &Dialect{Vars: map[string]string{}}
	d.Name, d.Title = p.str(top["name"]), p.str(top["title"])
	stem := strings.TrimSuffix(p.file, ".toml")
	switch n, there := top["name"]; {
	case !there:
		p.say(root, "a dialect needs a name", `name = "`+stem+`", the name of the file`)
	case d.Name != stem || !dialectName.MatchString(d.Name):
		p.say(n, fmt.Sprintf("%q is not the name of this file", d.Name), "the file's name without .toml, of a-z, 0-9, - and _")
	}
	if d.Title == "" {
		p.say(root, "a dialect needs a title", `title = "what people call the service"`)
	}
	for name, n := range top["vars"].fields {
		d.Vars[name] = p.str(n)
		if slices.Contains(baseVars, name) || !variable.MatchString("{"+name+"}") {
			p.say(n, "this name is taken, or no name for a variable", "letters, digits and _")
		}
	}
	p.table(top["vars"], sortedKeys(d.Vars)...)
	p.limits(top["limits"], d)
	d.session = p.session(top["session"], d)
	d.errors = p.errors(top["errors"])

	kept := p.kept(top)
	for _, g := range grammars {
		n, there := top[g.name]
		if !there {
			continue
		}
		s := p.section(n, g, d, kept)
		*d.sectionAt(g.name) = &s
	}
	d.probe = p.probe(top["probe"], d)
	p.together(root, d)
	return d
}

func (d *Dialect) sectionAt(name string) **section {
	return map[string]**section{
		"single": &d.single, "create": &d.create, "part": &d.part, "batch": &d.batch, "list": &d.list,
		"complete": &d.complete, "abort": &d.abort, "link": &d.link, "credentials": &d.credentials,
	}[name]
}

// together checks what sections mean to each other.
func (p *parser) together(root node, d *Dialect) {
	at := func(name string) node {
		n := root.fields[name]
		n.field = name
		return n
	}
	if d.credentials != nil {
		for _, s := range d.sections() {
			if s != d.credentials {
				p.say(at(s.name), "a dialect with credentials signs everything itself", "credentials alone")
			}
		}
		return
	}
	if d.single == nil && d.create == nil {
		p.say(root, "the dialect uploads nothing", "[single], [create] or [credentials]")
	}
	multi := d.create.has("upload_id")
	for _, s := range []*section{d.part, d.batch, d.list, d.complete, d.abort} {
		if s != nil && !multi {
			p.say(at(s.name), "this needs a multipart upload", "together with [create] and its answer upload_id")
		}
	}
	if !multi {
		return
	}
	if d.part == nil && d.batch == nil && !d.create.has("urls") {
		p.say(at("create"), "nothing gives the requests of the parts", "[part], [batch], or the answer urls here")
	}
	if d.complete == nil {
		p.say(at("create"), "nothing completes the upload", "[complete]")
	}
	for s, answer := range map[*section]string{d.complete: "complete_url", d.abort: "abort_url"} {
		if s != nil && s.path == nil && !d.create.has(answer) {
			p.say(at(s.name), "no request", "path, or the answer "+answer+" in [create]")
		}
	}
}

// kept lists the names that the sections' keep tables define.
func (p *parser) kept(top map[string]node) []string {
	var names []string
	for _, g := range grammars {
		names = append(names, sortedKeys(top[g.name].fields["keep"].fields)...)
	}
	return names
}

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
				p.say(k.fields[name], "not a name for a variable", "letters, digits and _")
			}
			s.keep[name] = p.strs(k.fields[name])
		}
	}
	if v, there := fields["parts"]; there {
		t := p.table(v, "number", "etag", "size")
		s.parts = partNames{number: p.str(t["number"]), etag: p.str(t["etag"]), size: p.str(t["size"])}
		if s.parts.number == "" || s.parts.etag == "" {
			p.say(v, "a part needs a number and an ETag", `{ number = "PartNumber", etag = "ETag" }`)
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
		p.say(n, "the fields of a part have no names", `parts = { number = "PartNumber", etag = "ETag" }`)
	}
	if s.path == nil && s.url == nil && !(s.signed != "" && (g.name == "complete" || g.name == "abort")) {
		p.say(n, "no request", "path")
	}
	if s.signed != "" && s.path != nil && !s.has("url") {
		p.say(n, "a signed request needs its address", "answer = { url = … }")
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
			p.say(v, "json and form", "one of them")
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
		p.say(n, fmt.Sprintf("unknown method %q", m), strings.Join(methods, ", "))
	}
	return m
}

// template reads a URI template.
func (p *parser) template(n node, known []string) *uritemplate.Template {
	raw := p.str(n)
	t, err := uritemplate.New(raw)
	if err != nil {
		p.say(n, err.Error(), `a URI template (RFC 6570), as in "/sign/{key}"`)
		return nil
	}
	p.variables(n, t.Varnames(), known)
	return t
}

func (p *parser) variables(n node, used, known []string) {
	for _, name := range used {
		if !slices.Contains(known, name) {
			p.say(n, "unknown variable {"+name+"}", "{"+strings.Join(known, "} {")+"}")
		}
	}
}

// pairs reads a table of templates.
func (p *parser) pairs(n node, known []string) []pair {
	if n.fields == nil {
		p.say(n, "this is "+kind(n.value), `a table of texts, as in { a = "{key}" }`)
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
			p.say(f, "not the name of a header", "letters, digits and -")
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
		p.say(fields["numbers"], "numbers without urls", "both")
	}
	inXML := s.signed != "" && (g.name == "create" || g.name == "list")
	if inXML {
		// S3's own answer, after the backend's: where its values are is known.
		s.answer["upload_id"] = places{}
		return
	}
	if len(g.needs) > 0 && s.url == nil && !slices.ContainsFunc(g.needs, s.has) {
		p.say(n.orAt(g.name), "a value is missing that this needs", strings.Join(g.needs, " or "))
	}
}

// orAt gives a node that is not there a name for messages.
func (n node) orAt(section string) node {
	if n.field == "" {
		n.field = section + ".answer"
	}
	return n
}

func (p *parser) limits(n node, d *Dialect) {
	fields := p.table(n, "max_size", "part_size", "equal_parts")
	if v, there := fields["max_size"]; there {
		d.maxSize = p.size(v)
	}
	if v, there := fields["part_size"]; there {
		d.partSize = p.size(v)
	}
	if v, there := fields["equal_parts"]; there {
		d.equalParts = p.flag(v)
	}
}

func (p *parser) session(n node, d *Dialect) *session {
	if n.fields == nil {
		return nil
	}
	known := slices.Concat([]string{"bucket"}, sortedKeys(d.Vars))
	fields := p.table(n, "headers", "path", "token", "header", "renew")
	s := &session{token: p.str(fields["token"]), header: p.str(fields["header"])}
	if v, there := fields["headers"]; there {
		s.headers = p.headers(v, known)
	}
	if v, there := fields["path"]; there {
		for _, path := range p.strs(v) {
			s.paths = append(s.paths, p.template(node{field: v.field, line: v.line, value: path}, known))
		}
	}
	if v, there := fields["renew"]; there {
		s.renew = p.statuses(v)
	}
	from, name, _ := strings.Cut(s.token, ":")
	if s.token != "" && (!slices.Contains([]string{"cookie", "meta", "json"}, from) || name == "") {
		p.say(fields["token"], fmt.Sprintf("%q is not a place of a token", s.token), "cookie:NAME, meta:NAME, json:PATH")
	}
	if (s.token == "") != (s.header == "") || s.token != "" && len(s.paths) == 0 {
		p.say(n, "a token needs a request that gives it and a header that carries it", "path, token and header together")
	}
	if s.header != "" && !httpguts.ValidHeaderFieldName(s.header) {
		p.say(fields["header"], "not the name of a header", "letters, digits and -")
	}
	return s
}

// refusals are the codes that a backend's own may stand for.
var refusals = []fault.Code{fault.TooLarge, fault.WrongType, fault.Denied, fault.Expired, fault.Throttled}

func (p *parser) errors(n node) errorRules {
	allowed := []string{"code", "message"}
	for _, c := range refusals {
		allowed = append(allowed, string(c))
	}
	fields := p.table(n, allowed...)
	r := errorRules{codes: map[string]fault.Code{}}
	for _, name := range sortedKeys(fields) {
		list := p.strs(fields[name])
		switch name {
		case "code":
			r.code = list
		case "message":
			r.message = list
		default:
			for _, theirs := range list {
				r.codes[theirs] = fault.Code(name)
			}
		}
	}
	return r
}

func (p *parser) probe(n node, d *Dialect) *probe {
	if n.fields == nil {
		return nil
	}
	fields := p.table(n, "method", "path", "json", "form", "status", "needs")
	b := &probe{section: section{name: "probe"}, status: []int{http.StatusOK}}
	p.request(n, fields, &b.section, sortedKeys(d.Vars))
	if v, there := fields["status"]; there {
		b.status = p.statuses(v)
	}
	if v, there := fields["needs"]; there {
		b.needs = p.strs(v)
	}
	if b.path == nil {
		p.say(n, "no request", "path")
	}
	return b
}
