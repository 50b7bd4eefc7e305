package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"

	"chute/uploader/fault"
)

// Put adds d or, where old is not empty, replaces the destination named old,
// whose name may change with it. Of a replaced one only the values that
// changed are written. A value that became the default is written as such, so
// that comments beside it stay. The first destination that is added to a file
// that named none is written below this-computer, which so stays.
func (f *DestinationsFile) Put(old string, d Destination) error {
	if mistakes := d.Check(f.known); len(mistakes) > 0 {
		return fault.Wrong(nil, mistakes...)
	}
	for _, name := range []string{old, d.Name} {
		if err := f.refuseManaged(name); err != nil {
			return err
		}
	}
	if old == "" {
		return f.edit(func(text string, now *Destinations) (string, error) {
			if now.index(d.Name) >= 0 {
				return "", wrong(fault.NameTaken.With("Name", strconv.Quote(d.Name)))
			}
			if err := f.refuseList(text); err != nil {
				return "", err
			}
			return f.add(text, now, d), nil
		})
	}
	return f.edit(func(text string, now *Destinations) (string, error) {
		i := now.index(old)
		switch {
		case i < 0:
			return "", wrong(fault.NoSuchName.With("Name", strconv.Quote(old)))
		case d.Name != old && now.index(d.Name) >= 0:
			return "", wrong(fault.NameTaken.With("Name", strconv.Quote(d.Name)))
		}
		return f.change(text, now, i, d), nil
	})
}

// Remove takes a destination out. Where it was the default, the first of the
// others becomes it; where it was the last, this-computer is what is left.
func (f *DestinationsFile) Remove(name string) error {
	if err := f.refuseManaged(name); err != nil {
		return err
	}
	return f.edit(func(text string, now *Destinations) (string, error) {
		i := now.index(name)
		if i < 0 {
			return "", wrong(fault.NoSuchName.With("Name", strconv.Quote(name)))
		}
		if scan(text).find("destination", strconv.Itoa(i)) < 0 {
			return "", wrong(fault.BuiltIn.With("Name", strconv.Quote(name)))
		}
		if err := f.refuseList(text); err != nil {
			return "", err
		}
		text = removeTable(text, "destination", strconv.Itoa(i))
		now.All = slices.Delete(now.All, i, i+1)
		if now.Default == name {
			now.Default = ""
			if len(now.All) > 0 {
				now.Default = now.All[0].Name
			}
			if scan(text).find("default", "destination") >= 0 {
				text = setValue(text, now.Default, "default", "destination")
			}
		}
		if len(now.All) == 0 {
			*now, _, _ = f.parse("")
		}
		return text, nil
	})
}

// refuseList refuses a file in which the destinations are one value: there are
// no blocks to add to or take from.
func (f *DestinationsFile) refuseList(text string) error {
	l := scan(text)
	if i := l.find("destination"); i >= 0 {
		return fault.Wrong(nil, fault.Mistake{
			File: filepath.Base(f.file.path), Line: l.line(l.nodes[i].start), Field: "destination", What: fault.OneValue.With("Block", blockHeader),
		})
	}
	return nil
}

// SetDefault makes a destination the one that is used where none is named.
func (f *DestinationsFile) SetDefault(name string) error {
	machine, err := f.machineWide()
	if err != nil {
		return err
	}
	return f.edit(func(text string, now *Destinations) (string, error) {
		if now.index(name) < 0 && machine.index(name) < 0 {
			return "", wrong(fault.NoSuchName.With("Name", strconv.Quote(name)))
		}
		return setDefault(text, now, name), nil
	})
}

func setDefault(text string, now *Destinations, name string) string {
	if now.Default == name {
		return text
	}
	now.Default = name
	l := scan(text)
	if l.find("default") < 0 && l.find("default", "destination") < 0 {
		return l.appendBlock([]string{"[default]", "destination = " + literal(name)})
	}
	return setValue(text, name, "default", "destination")
}

// edit lets change edit the text and tell in now what it will then say. That
// the new text says so is checked before anything is written; a file with
// mistakes is not touched.
func (f *DestinationsFile) edit(change func(text string, now *Destinations) (string, error)) error {
	return f.file.edit(func(text string) (string, error) {
		now, _, err := f.parse(text)
		if err != nil {
			return "", err
		}
		edited, err := change(text, &now)
		if err != nil {
			return "", err
		}
		after, _, err := f.parse(edited)
		if err != nil {
			return "", err
		}
		if !after.equal(now) {
			return "", fault.New(fault.Internal, "", nil, fmt.Errorf("editing %s would have changed its meaning", f.file.path))
		}
		return edited, nil
	})
}

// add appends d to the text.
func (f *DestinationsFile) add(text string, now *Destinations, d Destination) string {
	l := scan(text)
	if l.find("destination", "0") < 0 && len(now.All) > 0 { // what was there without being written
		text = l.appendBlock(block(now.All[0]))
		l = scan(text)
	}
	text = l.appendBlock(block(d))
	d.setDefaults()
	now.All = append(now.All, d.clone())
	return text
}

// blockHeader begins a destination.
const blockHeader = "[[destination]]"

// block writes a destination, without what is the default anyway.
func block(d Destination) []string {
	var usual Destination
	usual.setDefaults()
	plain := usual.fields()
	lines := []string{blockHeader}
	for i, field := range d.fields() {
		if !field.isZero() && !same(field, plain[i]) {
			lines = append(lines, field.name+" = "+literal(field.value()))
		}
	}
	return lines
}

func same(a, b field) bool {
	if m, ok := a.value().(map[string]string); ok {
		return maps.Equal(m, b.value().(map[string]string))
	}
	return a.value() == b.value()
}

// change writes what differs between destination i and d into the text.
func (f *DestinationsFile) change(text string, now *Destinations, i int, d Destination) string {
	was := &now.All[i]
	if scan(text).find("destination", strconv.Itoa(i)) < 0 { // not written yet
		text = scan(text).appendBlock(block(*was))
	}
	old := was.Name
	d = d.clone()
	d.setDefaults()
	before, after := was.fields(), d.fields()
	path := []string{"destination", strconv.Itoa(i)}
	for j, field := range after {
		if same(before[j], field) {
			continue
		}
		if texts, ok := field.value().(map[string]string); ok {
			old, _ := before[j].value().(map[string]string)
			text = changeTexts(text, old, texts, append(path, field.name))
		} else {
			text = setValue(text, field.value(), append(path, field.name)...)
		}
	}
	*was = d
	if now.Default == old && d.Name != old {
		now.Default = d.Name
		if scan(text).find("default", "destination") >= 0 {
			text = setValue(text, d.Name, "default", "destination")
		}
	}
	return text
}

// changeTexts makes the table at path hold after instead of before.
func changeTexts(text string, before, after map[string]string, path []string) string {
	for _, k := range slices.Sorted(maps.Keys(before)) {
		if _, ok := after[k]; !ok {
			text = removeValue(text, slices.Concat(path, []string{k})...)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(after)) {
		if v, ok := before[k]; !ok || v != after[k] {
			text = setValue(text, after[k], slices.Concat(path, []string{k})...)
		}
	}
	return text
}
