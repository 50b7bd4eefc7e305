package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"chute/uploader/fault"
)

// Machine is a file that an administrator set up for all users of the computer.
// What it says cannot be changed by a user's own file. The zero value is none.
type Machine struct {
	Path string
	// Read returns its text; ok is false where there is none that may be used.
	Read  func() (text string, ok bool)
	Known Known // names that it may refer to
}

func (m Machine) read() (string, bool) {
	if m.Read == nil {
		return "", false
	}
	return m.Read()
}

// Below makes m's destinations the first ones, which the file cannot replace.
// It returns f, and is called before any other method.
func (f *DestinationsFile) Below(m Machine) *DestinationsFile {
	f.machine = m
	return f
}

// machineWide reads the administrator's destinations; there may be none.
func (f *DestinationsFile) machineWide() (Destinations, error) {
	text, ok := f.machine.read()
	if !ok {
		return Destinations{}, nil
	}
	all, err := NewDestinationsFile(f.machine.Path, f.machine.Known).named(text, nil)
	for i := range all.All {
		if d := &all.All[i]; d.CAFile != "" && !filepath.IsAbs(d.CAFile) {
			d.CAFile = filepath.Join(filepath.Dir(f.machine.Path), d.CAFile)
		}
	}
	return all, err
}

// merge puts the user's own destinations behind those of the administrator.
func merge(machine, own Destinations) Destinations {
	all := Destinations{All: slices.Clone(machine.All), machine: len(machine.All), Default: own.Default}
	for _, d := range own.All {
		if machine.index(d.Name) >= 0 {
			all.Hidden = append(all.Hidden, d.Name)
		} else {
			all.All = append(all.All, d)
		}
	}
	if all.Default != "" && all.index(all.Default) < 0 {
		all.Gone, all.Default = all.Default, ""
	}
	if all.Default == "" {
		all.Default = machine.Default
	}
	if all.Default == "" {
		all.Default = all.All[0].Name
	}
	return all
}

// Managed reports whether an administrator set up the destination of that name,
// so that it cannot be changed or removed.
func (d Destinations) Managed(name string) bool {
	i := d.index(name)
	return i >= 0 && i < d.machine
}

// refuseManaged fails for what an administrator set up.
func (f *DestinationsFile) refuseManaged(name string) error {
	machine, err := f.machineWide()
	if err == nil && machine.index(name) >= 0 {
		err = wrong(fault.ForAllUsers.With("Name", strconv.Quote(name)))
	}
	return err
}

// Below makes what m says the defaults, and fixes what it locks. It returns f,
// and is called before any other method.
func (f *SettingsFile) Below(m Machine) *SettingsFile {
	f.machine = m
	return f
}

// Locked names the settings that an administrator fixed, as settings.toml calls
// them.
func (f *SettingsFile) Locked() []string {
	_, locked, _ := f.machineWide() // Load tells what is wrong
	return locked
}

// machineWide reads the administrator's settings. Beside the settings his file
// has the list of those that are locked.
func (f *SettingsFile) machineWide() (base Settings, locked []string, err error) {
	base = DefaultSettings()
	text, ok := f.machine.read()
	if !ok {
		return base, nil, nil
	}
	data, l, mistakes := decode(text)
	if mistakes != nil {
		return base, nil, mistakesIn(f.machine.Path, mistakes)
	}
	t := base.text()
	known := names(t.fields())
	given, isList := data["locked"].([]any)
	if _, there := data["locked"]; there && !isList {
		mistakes = append(mistakes, fault.Mistake{Field: "locked", What: wrongKind(data["locked"]), Allowed: fault.SettingsList.With("Names", strings.Join(known, ", "))})
	}
	for _, v := range given {
		name, _ := v.(string)
		if !slices.Contains(known, name) {
			mistakes = append(mistakes, fault.Mistake{Field: "locked", What: fault.NoSuchSetting.With("Name", fmt.Sprintf("%q", v)), Allowed: list(known)})
		}
		locked = append(locked, name)
	}
	delete(data, "locked")
	mistakes = append(mistakes, putAll(t.fields(), data)...)
	s, more := t.settings()
	if mistakes = append(mistakes, more...); len(mistakes) > 0 {
		for i := range mistakes {
			mistakes[i].Line = l.lineOf(mistakes[i].Field)
		}
		return base, nil, mistakesIn(f.machine.Path, mistakes)
	}
	return s, locked, nil
}

// keeping returns s with the locked settings of base.
func (s Settings) keeping(base Settings, locked []string) Settings {
	t, fixed := s.text(), base.text()
	to, from := t.fields(), fixed.fields()
	for i := range to {
		if slices.Contains(locked, to[i].name) {
			to[i].put(from[i].value())
		}
	}
	kept, _ := t.settings() // both were free of problems
	return kept
}
