package backend

import (
	"cmp"
	"embed"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"chute/uploader/fault"

	"github.com/yosida95/uritemplate/v3"
)

// Dialect is how one kind of presign backend is spoken to. It is read from a
// file, complete in itself, and does not change.
type Dialect struct {
	Name  string // as in destinations.toml
	Title string // what the user sees
	// Builtin is false for a file of the user's.
	Builtin bool
	// Vars are the variables that a destination may set, with their defaults.
	// One without a default must be set.
	Vars map[string]string

	partSize, maxSize int64
	equalParts        bool

	single, create, part, batch, list, complete, abort, link, credentials *section

	session *session
	errors  errorRules
	probe   *probe
}

// section is one kind of request to the backend, and what its answer holds.
type section struct {
	name   string
	method string
	path   *uritemplate.Template // nil: nothing is asked
	json   *tree
	form   []pair
	// answer leads to the values in the answer, by their names in answerNames.
	answer map[string]places
	// headerPlaces are where the headers of the upload request come from.
	headerPlaces []headerPlace
	// keep are values of the answer that later requests use as variables.
	keep map[string]places
	// headers are what the upload request itself carries.
	headers []pair
	parts   partNames
	// signed is the method of the S3 request that the answer's url is for:
	// then the backend's part is to sign it and ours to send it.
	signed string
	// url makes a link without asking.
	url *uritemplate.Template
}

// pair is a name with a template for its value.
type pair struct {
	name  string
	value text
}

// headerPlace is one entry of answer.headers: a header's name, or the
// beginning of the names of several and a "*", and where the values are.
type headerPlace struct {
	name   string
	places places
}

// errorRules tell from a refusal what was refused.
type errorRules struct {
	code, message places
	codes         map[string]fault.Code
}

// session is what a backend wants with every request besides authorisation.
type session struct {
	headers []pair
	paths   []*uritemplate.Template // asked first, until one gives the token
	token   string                  // where the token is: "cookie:NAME", "meta:NAME", "json:PATH"
	header  string                  // the header that carries it
	renew   []int                   // statuses that ask for a new session
}

// probe is a request without consequences that tells whether a backend speaks
// the dialect.
type probe struct {
	section
	status []int
	needs  []string // places in the answer, all of which must be there
}

//go:embed dialects/*.toml
var files embed.FS

var builtin = sync.OnceValue(func() []*Dialect {
	all, err := readAll(files, "dialects", true)
	if err != nil {
		panic(err) // a test reads them all
	}
	return all
})

// Builtin returns the dialects that come with the program, by name.
func Builtin() []*Dialect { return slices.Clone(builtin()) }

// Load returns all dialects by name: those of the *.toml files in dir, which
// may be nil, and the built-in ones that no file replaces. Files with mistakes
// are left out, together with a built-in one of the same name, and reported:
// the error, code fault.Config, has each mistake with file, line, field and what
// is allowed.
func Load(dir fs.FS) ([]*Dialect, error) {
	if dir == nil {
		return Builtin(), nil
	}
	own, err := readAll(dir, ".", false)
	broken := brokenNames(err)
	all := own
	for _, d := range builtin() {
		if !slices.ContainsFunc(own, func(o *Dialect) bool { return o.Name == d.Name }) && !slices.Contains(broken, d.Name) {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b *Dialect) int { return cmp.Compare(a.Name, b.Name) })
	return all, err
}

// Find returns the dialect of that name, or nil.
func Find(all []*Dialect, name string) *Dialect {
	i := slices.IndexFunc(all, func(d *Dialect) bool { return d.Name == name })
	if i < 0 {
		return nil
	}
	return all[i]
}

// maxFile is the largest dialect file: the built-in ones are under 3 KiB.
const maxFile = 1 << 20

func readAll(dir fs.FS, root string, builtin bool) ([]*Dialect, error) {
	names, err := fs.Glob(dir, path.Join(root, "*.toml"))
	if err != nil {
		return nil, mistakesIn([]fault.Mistake{{File: root, What: fault.Says(err)}})
	}
	var all []*Dialect
	var wrong []fault.Mistake
	for _, file := range names {
		data, err := fs.ReadFile(dir, file)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				wrong = append(wrong, fault.Mistake{File: path.Base(file), What: fault.Says(err)})
			}
			continue
		}
		d, mistakes := Parse(path.Base(file), data)
		if len(mistakes) > 0 {
			wrong = append(wrong, mistakes...)
			continue
		}
		d.Builtin = builtin
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b *Dialect) int { return cmp.Compare(a.Name, b.Name) })
	return all, mistakesIn(wrong)
}

// mistakesIn makes one failure of all mistakes; nil of none.
func mistakesIn(wrong []fault.Mistake) error {
	if len(wrong) == 0 {
		return nil
	}
	return fault.WrongIn(wrong[0].File, nil, wrong...)
}

// brokenNames are the dialects that the files with mistakes stand for: a
// mistake in the user's own must not bring back the built-in one unnoticed.
func brokenNames(err error) []string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return nil
	}
	var names []string
	for _, m := range f.Mistakes {
		names = append(names, strings.TrimSuffix(m.File, ".toml"))
	}
	return names
}

// Capabilities are what a dialect can do, for tables and for choosing.
type Capabilities struct {
	Single, Multipart bool
	// Form says that a single upload may be a form POST.
	Form bool
	// Resume says that the store can be asked for the parts it has. Without it
	// an upload goes on by the journal alone.
	Resume bool
	Abort  bool
	Link   bool
	// Resign says that a request that ran out is signed anew.
	Resign bool
	// Local says that the backend hands out temporary credentials and this
	// program signs with them.
	Local bool
}

// Capabilities says what d can do.
func (d *Dialect) Capabilities() Capabilities {
	if d.credentials != nil {
		return Capabilities{Single: true, Multipart: true, Resume: true, Abort: true, Link: true, Resign: true, Local: true}
	}
	c := Capabilities{
		Single: d.single != nil || d.create.has("url"), Multipart: d.create != nil,
		Form:   d.single.has("fields"),
		Resume: d.list != nil, Abort: d.abort != nil,
		Resign: d.part != nil || d.batch != nil || d.create == nil,
	}
	for _, s := range []*section{d.single, d.create, d.part, d.complete} {
		c.Link = c.Link || s.has("link")
	}
	c.Link = c.Link || d.link != nil
	return c
}

// UsesBucket says that the destination's bucket means something to d.
func (d *Dialect) UsesBucket() bool {
	for _, s := range d.sections() {
		if slices.Contains(s.names(), "bucket") {
			return true
		}
	}
	return false
}

func (d *Dialect) sections() []*section {
	all := []*section{d.single, d.create, d.part, d.batch, d.list, d.complete, d.abort, d.link, d.credentials}
	return slices.DeleteFunc(all, func(s *section) bool { return s == nil })
}

func (s *section) has(answer string) bool { return s != nil && s.answer[answer] != nil }

// names lists the variables that the section uses.
func (s *section) names() []string {
	var names []string
	for _, t := range []*uritemplate.Template{s.path, s.url} {
		if t != nil {
			names = append(names, t.Varnames()...)
		}
	}
	if s.json != nil {
		names = append(names, s.json.names()...)
	}
	for _, p := range slices.Concat(s.form, s.headers) {
		names = append(names, p.value.names()...)
	}
	return names
}

func (s *section) uses(names ...string) bool {
	if s == nil {
		return false
	}
	return slices.ContainsFunc(s.names(), func(n string) bool { return slices.Contains(names, n) })
}
