// Command licences collects the licences of all modules that are built into
// the program, on any of the systems it is made for, and of Go itself. It fails
// where a module has none, or one that is not known to allow what is done here:
// to give the program away as a binary, with the texts beside it.
//
// Usage: licences -dir MODULE >FILE
package main

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// systems are those that the program is made for.
var systems = []string{"linux", "windows", "darwin"}

// allowed are the licences, by their SPDX names, whose conditions are met by
// handing on their text. For MPL-2.0 and the fonts that holds because the files
// stay as they were published. GooglePatentsFile and GooglePatentClause
// are grants beside a licence.
var allowed = map[string]bool{
	"0BSD": true, "Apache-2.0": true, "BSD-2-Clause": true, "BSD-3-Clause": true, "CC0-1.0": true, "ISC": true, "MIT": true,
	"MIT-0": true, "MPL-2.0": true, "OFL-1.1": true, "Unlicense": true, "Zlib": true, "CC-BY-4.0": true,
	"CC-BY-3.0": true, "Bitstream-Vera": true, "blessing": true, "GooglePatentClause": true, "GooglePatentsFile": true,
}

// read are texts that are not recognised but were read: the beginning of their
// SHA-256, and what they are.
var read = map[string]string{
	"a30f2466a95cd1ea": "Bitstream-Vera", // DejaVu fonts, in Fyne
	"5ae5bee3072a8413": "CC-BY-3.0",      // logo in the folder of modernc.org/memory; not built in
	"8438c9c89b849131": "blessing",       // SQLite, in the public domain
}

func main() {
	dir := flag.String("dir", ".", "the program's folder")
	flag.Parse()
	out := bufio.NewWriter(os.Stdout)
	err := run(*dir, out)
	if err = errors.Join(err, out.Flush()); err != nil {
		fmt.Fprintf(os.Stderr, "licences: %v\n", err)
		os.Exit(1)
	}
}

func run(dir string, out io.Writer) error {
	modules := make(map[string]*module)
	for _, system := range systems {
		if err := list(dir, system, modules); err != nil {
			return err
		}
	}
	var problems []error
	for _, m := range modules {
		problems = append(problems, m.check())
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	return write(out, modules)
}

// module is a module with the files that state its licences, by their paths
// inside it.
type module struct {
	name, version, dir string
	files              map[string]string
}

// goPackage is what "go list -json" says of a package.
type goPackage struct {
	Dir      string
	Standard bool
	Module   *struct {
		Path, Version, Dir string
		Main               bool
		Replace            *struct{ Path, Version, Dir string }
	}
}

// list adds the modules that the program of a system is built from.
func list(dir, system string, modules map[string]*module) error {
	cmd := exec.Command("go", "list", "-deps", "-json=Dir,Standard,Module", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=1")
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("listing the packages for %s: %w", system, err)
	}
	for d := json.NewDecoder(strings.NewReader(string(text))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		m, from := &module{}, p.Dir
		switch {
		case p.Standard:
			root, err := goRoot()
			if err != nil {
				return err
			}
			*m, from = module{name: "Go", version: "standard library and runtime", dir: root}, root
		case p.Module == nil || p.Module.Main:
			continue
		default:
			*m = module{name: p.Module.Path, version: p.Module.Version, dir: p.Module.Dir}
			if r := p.Module.Replace; r != nil {
				m.version, m.dir = cmp.Or(r.Version, p.Module.Version), r.Dir
			}
		}
		if modules[m.name] == nil {
			m.files = make(map[string]string)
			modules[m.name] = m
		}
		if err := modules[m.name].collect(from, p.Standard); err != nil {
			return err
		}
	}
}

func goRoot() (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	return strings.TrimSpace(string(root)), err
}

// statesLicence tells licences from notices and the like beside them.
var statesLicence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)`)

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|copyright|notice|patents|unlicense)([-._].*)?$`)

// collect reads the files that hold for a package: those in its folder, in the
// folders above it, and in those below it that hold no Go, but C sources or
// fonts.
func (m *module) collect(dir string, flat bool) error {
	for above := dir; ; above = filepath.Dir(above) {
		if err := m.readDir(above); err != nil {
			return err
		}
		if above == m.dir || len(above) <= len(m.dir) {
			break
		}
	}
	if flat {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || path == dir {
			return err
		}
		if goFiles, _ := filepath.Glob(filepath.Join(path, "*.go")); d.Name() == "testdata" || len(goFiles) > 0 {
			return fs.SkipDir
		}
		return m.readDir(path)
	})
}

func (m *module) readDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !licenceName.MatchString(e.Name()) || filepath.Ext(e.Name()) == ".go" {
			continue
		}
		path := filepath.Join(dir, e.Name())
		name, err := filepath.Rel(m.dir, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		m.files[filepath.ToSlash(name)] = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	return nil
}

// licencesOf returns the SPDX names of what a text says.
func licencesOf(text string) []string {
	sum := sha256.Sum256([]byte(text))
	if name, ok := read[hex.EncodeToString(sum[:8])]; ok {
		return []string{name}
	}
	var names []string
	for _, match := range licensecheck.Scan([]byte(text)).Match {
		names = append(names, match.ID)
	}
	return names
}

// licences returns the SPDX names of what the module's files say.
func (m *module) licences() []string {
	var names []string
	for _, text := range m.files {
		names = append(names, licencesOf(text)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (m *module) check() error {
	if len(m.licences()) == 0 {
		return fmt.Errorf("%s %s has no licence that is recognised", m.name, m.version)
	}
	var problems []error
	for file, text := range m.files {
		names := licencesOf(text)
		if len(names) == 0 && statesLicence.MatchString(filepath.Base(file)) {
			problems = append(problems, fmt.Errorf("%s %s: %s is not recognised", m.name, m.version, file))
		}
		for _, name := range names {
			if !allowed[name] {
				problems = append(problems, fmt.Errorf("%s %s is under %s (%s), which is not among those allowed", m.name, m.version, name, file))
			}
		}
	}
	return errors.Join(problems...)
}

// write prints the list of modules and then every text once.
func write(out io.Writer, modules map[string]*module) error {
	var b strings.Builder
	b.WriteString("Chute is built with the modules below. Their licences follow; a text that is\nthe same for several is printed once.\n\n")
	holders := make(map[string][]string) // of a text
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		m := modules[name]
		fmt.Fprintf(&b, "%s %s: %s\n", m.name, m.version, strings.Join(m.licences(), ", "))
		for _, file := range slices.Sorted(maps.Keys(m.files)) {
			text := strings.TrimSpace(m.files[file]) + "\n"
			holders[text] = append(holders[text], m.name+"/"+file)
		}
	}
	texts := slices.SortedFunc(maps.Keys(holders), func(a, b string) int { return cmp.Compare(holders[a][0], holders[b][0]) })
	for _, text := range texts {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s", strings.Repeat("=", 78), strings.Join(holders[text], "\n"), text)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
