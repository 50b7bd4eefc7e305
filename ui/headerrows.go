package ui

import (
	"net/textproto"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// headerRows edits headers: a row with name and value for each, and a button
// for one more.
type headerRows struct {
	column  *kit.Column
	rows    []*headerRow
	changed func() // after every edit
}

type headerRow struct {
	name, value *kit.Entry
	object      fyne.CanvasObject
}

func newHeaderRows(changed func()) *headerRows {
	h := &headerRows{column: kit.NewColumn(look.Space1), changed: changed}
	h.lay()
	return h
}

// add appends a row.
func (h *headerRows) add(name, value string) *headerRow {
	r := &headerRow{name: kit.NewEntry(lang.L("Name")), value: kit.NewEntry(lang.L("Value"))}
	r.name.Text, r.value.Text = name, value
	for _, e := range []*kit.Entry{r.name, r.value} {
		e.OnChanged = func(string) { h.changed() }
	}
	remove := kit.NewIconButton("close", lang.L("Remove the header"), func() { h.remove(r) })
	r.object = kit.NewRow(look.Space1, container.NewGridWithColumns(2, kit.Boxed(r.name), kit.Boxed(r.value)), remove)
	h.rows = append(h.rows, r)
	h.lay()
	return r
}

func (h *headerRows) remove(r *headerRow) {
	for i := range h.rows {
		if h.rows[i] == r {
			h.rows = append(h.rows[:i], h.rows[i+1:]...)
			break
		}
	}
	h.lay()
	h.changed()
}

func (h *headerRows) lay() {
	objects := make([]fyne.CanvasObject, 0, len(h.rows)+1)
	for _, r := range h.rows {
		objects = append(objects, r.object)
	}
	more := kit.NewButton(kit.Outlined, lang.L("Add header"), func() {
		r := h.add("", "")
		h.changed()
		if c := fyne.CurrentApp().Driver().CanvasForObject(r.name); c != nil {
			c.Focus(r.name)
		}
	})
	h.column.Set(append(objects, container.NewHBox(more))...)
}

// values are the headers as entered, without empty rows. Names differ in more
// than case: twice is one that does not.
func (h *headerRows) values() (all map[string]string, twice string) {
	seen := map[string]bool{}
	for _, r := range h.rows {
		name, value := strings.TrimSpace(r.name.Text), strings.TrimSpace(r.value.Text)
		if name == "" && value == "" {
			continue
		}
		if all == nil {
			all = map[string]string{}
		}
		all[name] = value
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		if seen[canonical] {
			twice = name
		}
		seen[canonical] = true
	}
	return all, twice
}
