package ui

import (
	"strings"

	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/model"
	"chute/uploader"
)

// act does what a row's button, menu or key is for.
func (t *transfers) act(k model.Key, a action) {
	m := t.model
	s := m.Item(k.ID)
	switch a {
	case actPause:
		t.host.Pause(m.IDs(k, pausable...)...)
	case actResume:
		t.host.Resume(m.IDs(k, uploader.Paused)...)
	case actCancel:
		t.host.Cancel(m.IDs(k, unended...)...)
	case actRetry:
		ids := m.IDs(k, uploader.Failed)
		if len(ids) == 0 {
			ids = m.IDs(k, uploader.Cancelled)
		}
		t.host.Retry(ids...)
	case actRemove:
		t.remove(m.IDs(k, ended...))
	case actCopy:
		ids := m.IDs(k, uploader.Done)
		t.todo.copy(strings.Join(m.Links(ids), "\n"), ids)
	case actNewLink:
		t.todo.renew(m.IDs(k, uploader.Done))
	case actExpand, actCollapse:
		m.Toggle(k.Group)
		t.list.SetKeys(m.Rows())
		t.redraw(k)
	case actOpenDetails:
		t.openRow(k)
	case actCloseDetails:
		t.openRow(model.Key{})
	default:
		if s != nil {
			t.actOn(s, a)
		}
	}
}

// actOn is act for what concerns one transfer alone.
func (t *transfers) actOn(s *uploader.Snapshot, a action) {
	switch a {
	case actCopyMarkdown:
		t.todo.copy(markdownLink(s.Name, s.Link.URL), nil)
	case actCopyHTML:
		t.todo.copy(htmlLink(s.Name, s.Link.URL), nil)
	case actCopyCurl:
		t.todo.copy(curlCommand(s.Link.URL), nil)
	case actCopyKey:
		t.todo.copy(s.Key, nil)
	case actCopyDetails:
		t.todo.copy(t.host.Details(s.ID), nil)
	case actQR:
		t.todo.qr(s)
	case actOpen:
		t.host.Open(s.Link.URL)
	default:
		t.todo.mend(s, a)
	}
}

// menu lists what can be done with a row, as its context menu has it.
func (t *transfers) menu(k model.Key) []action {
	f := t.face(k)
	var all []action
	if f.main != actNone {
		all = append(all, f.main)
	}
	if f.message != "" {
		all = append(all, f.remedy, actCopyDetails)
	}
	all = append(all, f.actions...)
	if k == t.opened {
		return append(all, actCloseDetails)
	}
	return append(all, actOpenDetails)
}

// label is what an action is called in the menu of a row.
func (t *transfers) label(k model.Key, a action) string {
	f := t.face(k)
	switch a {
	case f.main:
		return f.mainLabel
	case f.remedy:
		if f.message != "" {
			return f.remedyLabel
		}
	case actCopyKey:
		return lang.L("Copy key")
	}
	_, name := a.button()
	return name
}

// rest shows the details of the row that the pointer rests on, unless it shows
// them itself or says what is wrong.
func (t *transfers) rest(r *row) {
	if r.key == t.opened || r.face.message != "" {
		return
	}
	t.peeked = r.key
	k := r.key
	t.peek.Rest(r, rowText, func() [][2]string { return t.glance(k) })
}

// glance is the details of a row as a peek shows them.
func (t *transfers) glance(k model.Key) [][2]string {
	var lines [][2]string
	for _, d := range t.details(k) {
		lines = append(lines, [2]string{d.label, d.value})
	}
	return lines
}
