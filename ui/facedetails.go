package ui

import (
	"strings"

	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/model"
	"chute/ui/internal/words"
	"chute/uploader"
)

// details lists what an opened row tells.
func (f *facer) details(k model.Key) []detail {
	var d []detail
	add := func(label, value string) {
		if value != "" {
			d = append(d, detail{label, value})
		}
	}
	if g := f.model.Group(k.Group); g != nil {
		add(lang.L("Done"), words.Of(words.Number(g.Count(uploader.Done)), words.Number(g.Tally.Files)))
		add(lang.L("Size"), words.Size(g.Size))
		add(lang.L("Sent again"), again(g.Again, g.Size))
		if len(g.Members) > 0 {
			add(lang.L("Goes to"), f.model.Item(g.Members[0]).Destination)
		}
		return d
	}
	s := f.model.Item(k.ID)
	if s == nil {
		return nil
	}
	if s.Parts > 1 {
		add(lang.L("Parts"), words.Of(words.Number(s.PartsDone), words.Number(s.Parts)))
		add(lang.L("Part size"), words.Binary(s.PartSize))
	}
	if !s.Started.IsZero() {
		add(lang.L("Sent again"), again(s.Again, s.Size))
	}
	if s.State == uploader.Done && !s.Started.IsZero() {
		add(lang.L("Took"), words.Span(s.Ended.Sub(s.Started)))
	}
	if s.Err != nil && s.State == uploader.Failed {
		add(lang.L("Code"), string(s.Err.Code))
	}
	to := s.Destination
	if s.Key != "" {
		to = strings.TrimPrefix(s.Bucket+"/"+s.Key, "/")
	}
	add(lang.L("Goes to"), to)
	switch s.State {
	case uploader.Done:
		add(lang.L("Link"), s.Link.URL)
	case uploader.Failed, uploader.Cancelled:
		add(lang.L("File"), s.Path)
	}
	return d
}

func again(bytes, size int64) string {
	if bytes <= 0 {
		return lang.L("nothing")
	}
	return words.Size(bytes) + ", " + words.Percent(bytes, size)
}
