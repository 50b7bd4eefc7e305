package app

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"chute/app/config"
	"chute/app/machine"
	"chute/uploader/fault"
	"chute/uploader/sign/backend"
)

// machineFolder is where an administrator sets up what holds for all users.
var machineFolder = machine.Default()

// machineText returns what is to be read of one of an administrator's files.
// That something is there which cannot be believed is told once.
func (a *App) machineText(name string) (text string, ok bool) {
	text, ok, err := machineFolder.Read(name)
	if err != nil {
		a.mu.Lock()
		told := a.untrusted[name]
		a.untrusted[name] = true
		a.mu.Unlock()
		if !told {
			a.notice(notTrusted(machineFolder.Path(name), err))
		}
	}
	return text, ok && err == nil
}

func notTrusted(path string, err error) error {
	why := err
	if u, ok := errors.AsType[machine.Untrusted](err); ok {
		path, why = u.Path, u.Why
	}
	f := fault.Wrong(err, fault.Mistake{What: fault.Says(why)})
	f.Variant, f.Facts = fault.NotTrusted, fault.Facts{"Path": path}
	return f
}

// above is one of the administrator's files, as the user's own is read below it.
func (a *App) above(name string) config.Machine {
	return config.Machine{
		Path:  machineFolder.Path(name),
		Read:  func() (string, bool) { return a.machineText(name) },
		Known: config.Known{Providers: providerIDs, Dialects: func() []string { return dialectNames(a.dialects().machine) }},
	}
}

// dialects are the kinds of services.
type dialects struct {
	all []*backend.Dialect
	// machine are those that an administrator's destinations may use.
	machine []*backend.Dialect
}

// loadDialects reads the kinds of services. Those of an administrator cannot be
// replaced by a user's, and his destinations know no others but the built-in
// ones: else a file of the user's could send their files elsewhere.
func (a *App) loadDialects() (d dialects) {
	var err error
	if d.machine, err = backend.Load(machineFiles{a, machine.Dialects}); err != nil {
		a.notice(err) // the others work
	}
	own, err := backend.Load(os.DirFS(a.home.Dialects()))
	if err != nil {
		a.notice(err)
	}
	for _, m := range d.machine {
		if !m.Builtin {
			d.all = append(d.all, m)
		}
	}
	fixed := len(d.all)
	for _, o := range own {
		if backend.Find(d.all[:fixed], o.Name) == nil {
			d.all = append(d.all, o)
		} else if !o.Builtin {
			a.notice(fault.New(fault.Config, fault.OwnDialect, fault.Facts{"Name": o.Name}, nil))
		}
	}
	return d
}

// ownDialects reports whether there are others than the built-in ones, which are
// read when they are needed: most users send to none of them.
func (a *App) ownDialects() bool {
	for _, dir := range []string{machineFolder.Path(machine.Dialects), a.home.Dialects()} {
		if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

// dialectOf finds the kind of service of a destination.
func (a *App) dialectOf(dest config.Destination) *backend.Dialect {
	if all, err := a.file.Load(); err == nil && all.Managed(dest.Name) {
		return backend.Find(a.dialects().machine, dest.Dialect)
	}
	return backend.Find(a.dialects().all, dest.Dialect)
}

// tellHidden says which of the user's own words are not followed.
func (a *App) tellHidden() {
	all, err := a.file.Load()
	if err != nil {
		return // whoever needs it says so
	}
	for _, name := range all.Hidden {
		a.notice(fault.New(fault.Config, fault.OwnDestination, fault.Facts{"Name": name}, nil))
	}
	if all.Gone != "" {
		a.notice(fault.New(fault.Config, fault.NoDestination, fault.Facts{"Name": all.Gone, "Default": all.Default}, nil))
	}
}

// lockedLife is how long links last, where an administrator fixed that; the
// command line cannot say otherwise.
func (a *App) lockedLife(wanted lifeFlag) (lifeFlag, error) {
	if !a.locked("link_life") {
		return wanted, nil
	}
	settings, _ := a.settings.Load() // with an error they are still the administrator's
	if wanted.value != 0 && wanted.value != settings.LinkLife {
		return wanted, fault.New(fault.Config, fault.Locked, fault.Facts{"Setting": "link_life"}, nil)
	}
	return lifeFlag{settings.LinkLife}, nil
}

// locked reports whether an administrator fixed a setting.
func (a *App) locked(setting string) bool {
	return slices.Contains(a.settings.Locked(), setting)
}

// machineFiles are the administrator's files of one folder, without those that
// cannot be believed.
type machineFiles struct {
	a   *App
	dir string
}

// Open implements fs.FS.
func (m machineFiles) Open(name string) (fs.File, error) {
	if name == "." {
		return os.Open(machineFolder.Path(m.dir))
	}
	text, ok := m.a.machineText(path.Join(m.dir, name))
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return textFile{strings.NewReader(text)}, nil
}

// textFile is a file that was read.
type textFile struct{ *strings.Reader }

// Stat says nothing that is of use.
func (textFile) Stat() (fs.FileInfo, error) { return nil, errors.ErrUnsupported }

// Close does nothing.
func (textFile) Close() error { return nil }
