package config

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"chute/uploader/fault"
	"chute/uploader/sign/backend"
)

// Destinations is what destinations.toml says.
type Destinations struct {
	// All has at least one element, in the order of the file.
	All []Destination
	// Default names the destination that is used where none is named.
	Default string
	// Hidden names destinations of the user's own file that are not used,
	// because an administrator set up others of the same names.
	Hidden []string
	// Gone is the default that the user's file names, where there is no such
	// destination any more.
	Gone string

	machine int // how many of the first are an administrator's
}

// Get returns the destination with that name, or the default one for "".
func (d Destinations) Get(name string) (Destination, error) {
	if name == "" {
		name = d.Default
	}
	if i := d.index(name); i >= 0 {
		return d.All[i].clone(), nil
	}
	return Destination{}, wrong(fault.NoSuchNameOf.With("Name", strconv.Quote(name), "Names", strings.Join(d.Names(), ", ")))
}

// Names lists the names in order.
func (d Destinations) Names() []string {
	var names []string
	for _, one := range d.All {
		names = append(names, one.Name)
	}
	return names
}

func (d Destinations) index(name string) int {
	return slices.IndexFunc(d.All, func(one Destination) bool { return one.Name == name })
}

// wrong is a failure of the configuration that is no mistake in a line.
func wrong(what fault.Phrase) error { return fault.Wrong(nil, fault.Mistake{What: what}) }

// DestinationsFile is destinations.toml. Its methods may be called from
// several goroutines, and several processes may edit one file: every call
// works on what is in the file then.
type DestinationsFile struct {
	file    file
	known   Known
	machine Machine

	// The last texts that were read and what they say: it is asked for with every
	// file of a folder.
	mu        sync.Mutex
	lastTexts [2]string // the user's own, the administrator's
	last      *Destinations
}

// NewDestinationsFile is the file at path. It need not be there.
func NewDestinationsFile(path string, known Known) *DestinationsFile {
	return &DestinationsFile{file: file{path: path}, known: known}
}

// Load reads the file strictly: the error lists every mistake with its line.
// A file that names no destination, or none at all, gives ThisComputer alone;
// one that names any gives just what it names. Those of an administrator come
// first.
func (f *DestinationsFile) Load() (Destinations, error) {
	text, _, err := f.file.read()
	if err != nil {
		return Destinations{}, err
	}
	wide, _ := f.machine.read()
	f.mu.Lock()
	defer f.mu.Unlock()
	texts := [2]string{text, wide}
	if f.last != nil && f.lastTexts == texts {
		return f.last.clone(), nil
	}
	all, machine, err := f.parse(text)
	if err != nil {
		return all, err
	}
	if len(machine.All) > 0 {
		all = merge(machine, all)
	}
	last := all.clone()
	f.last, f.lastTexts = &last, texts
	return all, nil
}

// clone copies the list; the destinations are values that nobody changes.
func (d Destinations) clone() Destinations {
	d.All = slices.Clone(d.All)
	return d
}

// Path is where the file is.
func (f *DestinationsFile) Path() string { return f.file.path }

// parse reads the user's own destinations in text, beside which stand those of
// the administrator. Where there are none of his, what is left out is filled in.
func (f *DestinationsFile) parse(text string) (own, machine Destinations, err error) {
	if machine, err = f.machineWide(); err != nil {
		return own, machine, err
	}
	if own, err = f.named(text, machine.Names()); err != nil || len(machine.All) > 0 {
		return own, machine, err
	}
	if len(own.All) == 0 {
		this := Destination{Name: ThisComputer, Type: TypeLocal}
		this.setDefaults()
		own.All = []Destination{this}
	}
	if own.Default == "" {
		own.Default = own.All[0].Name
	}
	return own, machine, nil
}

// named reads the destinations that the text itself names. The default may also
// be one of others; where there are such, it may be gone.
func (f *DestinationsFile) named(text string, others []string) (Destinations, error) {
	data, l, mistakes := decode(text)
	if mistakes != nil {
		return Destinations{}, mistakesIn(f.file.path, mistakes)
	}
	var all Destinations
	add := func(ms []fault.Mistake, table ...string) {
		for _, m := range ms {
			m.Line = l.lineOf(append(table, m.Field)...)
			if len(table) > 0 {
				m.Field = table[0] + "." + m.Field
			}
			mistakes = append(mistakes, m)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(data)) {
		if key != "destination" && key != "default" {
			add([]fault.Mistake{{Field: key, What: fault.UnknownField, Allowed: fault.Plain("destination, default")}})
		}
	}
	tables, ok := tablesOf(data["destination"])
	if !ok {
		add([]fault.Mistake{{Field: "destination", What: wrongKind(data["destination"]), Allowed: fault.OnceForEach.With("Block", blockHeader)}})
	}
	for i, table := range tables {
		var d Destination
		ms := putAll(d.fields(), table)
		for _, m := range d.Check(f.known) {
			// What has a wrong type is not also missing.
			if !slices.ContainsFunc(ms, func(other fault.Mistake) bool { return other.Field == m.Field }) {
				ms = append(ms, m)
			}
		}
		if j := all.index(d.Name); j >= 0 && d.Name != "" {
			ms = append(ms, fault.Mistake{Field: "name", What: fault.NameTwice.With("Name", strconv.Quote(d.Name)), Allowed: fault.NameOnce})
		}
		add(ms, "destination", strconv.Itoa(i))
		d.setDefaults()
		all.All = append(all.All, d)
	}
	add(readDefault(data["default"], &all, len(others) > 0), "default")
	if len(mistakes) > 0 {
		return Destinations{}, mistakesIn(f.file.path, mistakes)
	}
	return all, nil
}

// ParseOffer reads a text in the form of destinations.toml that somebody else
// made, to be shown before any of it is taken. It must name a destination; path
// is for the words of an error.
func ParseOffer(path, text string, known Known) (Destinations, error) {
	all, err := NewDestinationsFile(path, known).named(text, nil)
	if err == nil && len(all.All) == 0 {
		err = wrong(fault.NamesNone.With("File", filepath.Base(path), "Block", blockHeader))
	}
	return all, err
}

// Equal reports whether two destinations say the same.
func (d Destination) Equal(other Destination) bool {
	d.setDefaults()
	other.setDefaults()
	return slices.EqualFunc(d.fields(), other.fields(), same)
}

// tablesOf returns the elements of an array of tables, written either way.
func tablesOf(value any) ([]map[string]any, bool) {
	switch v := value.(type) {
	case nil:
		return nil, true
	case []map[string]any:
		return v, true
	case []any:
		var tables []map[string]any
		for _, e := range v {
			table, ok := e.(map[string]any)
			if !ok {
				return nil, false
			}
			tables = append(tables, table)
		}
		return tables, true
	}
	return nil, false
}

// readDefault takes the table [default]. An empty or missing name means that
// the file says nothing about it. The destination may be missing where missing
// is set: it is not in this file's hands.
func readDefault(value any, all *Destinations, missing bool) []fault.Mistake {
	table, ok := value.(map[string]any)
	if value != nil && !ok {
		return []fault.Mistake{{Field: "destination", What: fault.DefaultKind.With("Kind", backend.Kind(value)), Allowed: fault.TheTable.With("Block", "[default]")}}
	}
	if ms := putAll([]field{{"destination", &all.Default}}, table); ms != nil {
		return ms
	}
	names := all.Names()
	if len(names) == 0 {
		names = []string{ThisComputer}
	}
	if all.Default != "" && !missing && !slices.Contains(names, all.Default) {
		return []fault.Mistake{{Field: "destination", What: fault.NoSuchName.With("Name", strconv.Quote(all.Default)), Allowed: list(names)}}
	}
	return nil
}

// equal compares what two files say.
func (d Destinations) equal(other Destinations) bool {
	return d.Default == other.Default && slices.EqualFunc(d.All, other.All, func(a, b Destination) bool {
		return a.Equal(b)
	})
}
