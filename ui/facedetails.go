package ui

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/model"
	"chute/ui/internal/words"
	"chute/uploader"
)

// open adds to a face what an opened row tells.
func (f *facer) open(k model.Key, r *face) {
	r.details = f.details(k)
	s := f.model.Item(k.ID)
	if s == nil {
		return
	}
	switch s.State {
	case uploader.Done:
		switch {
		case s.NoLink:
		case f.over(s):
			r.copies = []action{actCopyKey}
		default:
			r.copies = []action{actCopy, actCopyMarkdown, actCopyHTML, actCopyCurl, actCopyKey}
		}
	case uploader.Cancelled:
	default:
		if s.Parts > 1 {
			r.parts = s.Parts
		}
	}
}

// details lists what is known of a row beyond what it always shows.
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
			add(lang.L("Goes to"), displayName(f.model.Item(g.Members[0]).Destination))
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
		add(lang.L("Began"), words.Moment(s.Started, f.now()))
		if s.State == uploader.Done {
			add(lang.L("Took"), words.Span(s.Ended.Sub(s.Started)))
		}
		add(lang.L("Sent again"), again(s.Again, s.Size))
	} else if !s.Added.IsZero() {
		add(lang.L("Added"), words.Moment(s.Added, f.now()))
	}
	if s.Resumed > 0 {
		add(lang.L("Taken over"), words.Size(s.Resumed))
	}
	if s.Err != nil && s.State == uploader.Failed {
		add(lang.L("Code"), string(s.Err.Code))
		add(lang.L("The server said"), s.Err.Server)
	}
	to := displayName(s.Destination)
	if s.Key != "" {
		to = strings.TrimPrefix(s.Bucket+"/"+s.Key, "/")
	}
	add(lang.L("Goes to"), to)
	switch s.State {
	case uploader.Done:
		if !s.Link.Expires.IsZero() { // a narrow row has no room for it
			label := lang.L("Works until")
			if f.over(s) {
				label = lang.L("Worked until")
			}
			add(label, words.Moment(s.Link.Expires, f.now()))
		}
		if s.Checksum != "" {
			add(lang.L("Checksum"), "CRC64NVME "+s.Checksum)
		} else if s.ETag != "" {
			add(lang.L("Checksum"), "ETag "+strings.Trim(s.ETag, `"`))
		}
		// What follows the question mark is the key to the object: nobody reads
		// it, and somebody may look over the shoulder.
		public, _, _ := strings.Cut(s.Link.URL, "?")
		add(lang.L("Link"), public)
	default:
		add(lang.L("File"), cmp.Or(s.Path, s.Name))
	}
	return d
}

func again(bytes, size int64) string {
	if bytes <= 0 {
		return lang.L("nothing")
	}
	return words.Size(bytes) + ", " + words.Percent(bytes, size)
}
