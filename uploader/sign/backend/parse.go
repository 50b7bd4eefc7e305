package backend

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"chute/uploader/fault"

	"golang.org/x/net/http/httpguts"
)

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
func Parse(file string, data []byte) (*Dialect, []fault.Mistake) {
	p := &parser{file: file}
	if len(data) > maxFile {
		return nil, []fault.Mistake{{File: file, What: fault.DialectTooLarge}}
	}
	root, wrong, ok := decodeTOML(data)
	if !ok {
		wrong.File = file
		return nil, []fault.Mistake{wrong}
	}
	d := p.dialect(root)
	if len(p.wrong) > 0 {
		return nil, p.mistakes()
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
		p.say(root, fault.DialectName, fault.FilesNameAs.With("Form", `name = "`+stem+`"`))
	case d.Name != stem || !dialectName.MatchString(d.Name):
		p.say(n, fault.NotTheFilesName.With("Name", strconv.Quote(d.Name)), fault.FilesName)
	}
	if d.Title == "" {
		p.say(root, fault.DialectTitle, fault.TitleAs)
	}
	for name, n := range top["vars"].fields {
		d.Vars[name] = p.str(n)
		if slices.Contains(baseVars, name) || !variable.MatchString("{"+name+"}") {
			p.say(n, fault.VariableTaken, fault.LettersUnder)
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
				p.say(at(s.name), fault.CredentialsOnly, fault.CredentialsAlone)
			}
		}
		return
	}
	if d.single == nil && d.create == nil {
		p.say(root, fault.UploadsNothing, fault.UploadingTables)
	}
	multi := d.create.has("upload_id")
	for _, s := range []*section{d.part, d.batch, d.list, d.complete, d.abort} {
		if s != nil && !multi {
			p.say(at(s.name), fault.NeedsMultipart, fault.WithCreate)
		}
	}
	if !multi {
		return
	}
	if d.part == nil && d.batch == nil && !d.create.has("urls") {
		p.say(at("create"), fault.NoPartRequests, fault.PartTables)
	}
	if d.complete == nil {
		p.say(at("create"), fault.NoCompletion, fault.Plain("[complete]"))
	}
	for s, answer := range map[*section]string{d.complete: "complete_url", d.abort: "abort_url"} {
		if s != nil && s.path == nil && !d.create.has(answer) {
			p.say(at(s.name), fault.NoRequest, fault.PathOrAnswer.With("Name", answer))
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
		p.say(fields["token"], fault.NotATokenPlace.With("Value", strconv.Quote(s.token)), fault.Plain("cookie:NAME, meta:NAME, json:PATH"))
	}
	if (s.token == "") != (s.header == "") || s.token != "" && len(s.paths) == 0 {
		p.say(n, fault.TokenIncomplete, fault.TokenTogether)
	}
	if s.header != "" && !httpguts.ValidHeaderFieldName(s.header) {
		p.say(fields["header"], fault.NotAHeader, fault.LettersDashes)
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
		p.say(n, fault.NoRequest, fault.Plain("path"))
	}
	return b
}
