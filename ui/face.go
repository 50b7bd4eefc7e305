package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/model"
	"chute/ui/internal/words"
	"chute/uploader"
)

// face is what a row shows, as plain values. Two rows with equal faces look the
// same, whatever transfer stands behind them.
type face struct {
	icon    string
	tone    tone
	title   string
	caption []kit.Span
	// bar is how much is done, from 0 to 1; below 0 there is no bar.
	bar   float32
	strip bool // the parts instead of the bar

	message, hint string // of a failure; with a message there is an error card
	remedy        action // what the error card's main button does
	remedyLabel   string

	main      action // of the button with a text; actNone: there is none
	mainLabel string
	actions   []action // icon buttons, from left to right
	nested    bool     // a file of a folder
	focused   bool     // the keys act on it

	// What an opened row shows below; without details it is closed.
	details []detail
	copies  []action
	parts   int // how many to list
}

// tone is the colour that goes with a state.
type tone struct{ strong, soft fyne.ThemeColorName }

var (
	toneActive = tone{look.Accent, look.AccentSoft}
	toneDone   = tone{look.OK, look.OKSoft}
	toneWait   = tone{look.Warn, look.WarnSoft}
	toneFailed = tone{look.Err, look.ErrSoft}
	toneQuiet  = tone{look.Muted, look.Track}
)

// detail is a labelled value in an opened row.
type detail struct{ label, value string }

// soonOver is how long before its end a link is marked.
const soonOver = 3 * time.Hour

// facer makes faces.
type facer struct {
	host   Host
	model  *model.Model
	now    func() time.Time
	copied map[uploader.ID]bool // links that the clipboard holds
}

func (f *facer) face(k model.Key) face {
	if g := f.model.Group(k.Group); g != nil {
		return f.group(g)
	}
	if s := f.model.Item(k.ID); s != nil {
		return f.transfer(s)
	}
	return face{bar: -1}
}

// hasBar says whether a row in this state shows progress.
func hasBar(s uploader.State) bool {
	switch s {
	case uploader.Sending, uploader.Retrying, uploader.Offline, uploader.Paused, uploader.Finishing:
		return true
	}
	return false
}

func hasStrip(s *uploader.Snapshot) bool { return hasBar(s.State) && s.Parts > 1 }

func (f *facer) transfer(s *uploader.Snapshot) face {
	r := face{
		icon: look.FileIcon(s.Name), tone: toneActive, title: s.Name, bar: -1,
		nested: s.Group != 0, strip: hasStrip(s),
	}
	if hasBar(s.State) {
		r.bar = fraction(s.Sent, s.Size)
	}
	size := words.Size(s.Size)
	if f.host.IsPage(s.ID) {
		r.icon, r.title, size = "page", pageTitle(s.Name), lang.L("one link for all files")
	}
	progress := words.Of(words.Size(s.Sent), size)
	if s.Size < 0 {
		size, progress = "", words.Size(s.Sent)
	}
	switch s.State {
	case uploader.Queued:
		r.caption = caption(look.Muted, lang.L("Queued"), size)
		r.actions = []action{actCancel}
	case uploader.Preparing:
		r.caption = caption(look.Text, lang.L("Getting ready"), size)
		r.actions = []action{actPause, actCancel}
	case uploader.Sending:
		r.caption = caption(look.Text, progress, moving(s.Speed, s.Left)...)
		if s.Active > 1 {
			r.caption = more(r.caption, words.Count("{{.N}} parts at once", s.Active))
		}
		r.actions = []action{actPause, actCancel}
	case uploader.Retrying:
		r.tone = toneWait
		r.caption = caption(look.Warn, lang.L("Trying again"), f.reason(s), progress)
		r.actions = []action{actPause, actCancel}
	case uploader.Offline:
		r.tone = toneWait
		r.caption = caption(look.Warn, lang.L("Waiting for the network"), lang.L("goes on by itself"), progress)
		r.actions = []action{actCancel}
	case uploader.Paused:
		r.tone = toneQuiet
		r.caption = caption(look.Text, lang.L("Paused"), progress, lang.L("what was sent is kept"))
		r.actions = []action{actResume, actCancel}
	case uploader.Finishing:
		r.caption = caption(look.Text, lang.L("Checking what arrived"), size)
		r.actions = []action{actCancel}
	case uploader.Done:
		r.icon, r.tone = "check", toneDone
		r.caption = f.done(size, s.NoLink, s.Link.Expires, s.Link.URL != "", f.copied[s.ID])
		r.main, r.mainLabel = actCopy, lang.L("Copy link")
		r.actions = []action{actQR, actOpen, actNewLink, actRemove}
		switch {
		case s.NoLink:
			r.mainLabel = lang.L("Copy key")
			r.actions = []action{actRemove}
		case f.over(s):
			r.main, r.mainLabel = actNewLink, lang.L("New link")
			r.actions = []action{actRemove}
		}
	case uploader.Failed:
		r.icon, r.tone = "alert", toneFailed
		r.caption = caption(look.Err, lang.L("Needs you"), size)
		if s.Sent > 0 && s.Size > 0 {
			r.caption = caption(look.Err, lang.L("Needs you"), lang.L("{{.Sent}} of {{.Size}} are safe and will not be sent again",
				map[string]any{"Sent": words.Size(s.Sent), "Size": size}))
		}
		r.actions = []action{actRemove}
		if s.Err != nil {
			r.message, r.hint = f.host.Explain(s.Err)
			r.remedy, r.remedyLabel = f.remedyFor(s)
			if r.remedy != actRetry {
				r.actions = []action{actRetry, actRemove}
			}
		}
	case uploader.Cancelled:
		r.tone = toneQuiet
		r.caption = caption(look.Muted, lang.L("Cancelled"), lang.L("nothing was left in the store"))
		r.actions = []action{actRetry, actRemove}
	}
	return r
}

func (f *facer) group(g *model.Group) face {
	state := g.State()
	files := max(g.Folder.Files, g.Tally.Files)
	r := face{
		icon: "folder", tone: toneActive, bar: -1,
		title: words.Count("{{.Name}}, {{.N}} files", files, "Name", g.Name),
	}
	if hasBar(state) || state == uploader.Queued && g.Sent > 0 || state == uploader.Preparing && g.Sent > 0 {
		r.bar = fraction(g.Sent, g.Size)
	}
	done := lang.L("{{.N}} of {{.Total}} done", map[string]any{
		"N": words.Number(g.Count(uploader.Done)), "Total": words.Number(files),
	})
	size := words.Size(g.Size)
	progress := words.Of(words.Size(g.Sent), size)
	switch state {
	case uploader.Queued, uploader.Preparing:
		phrase := lang.L("Queued")
		if state == uploader.Preparing {
			phrase = lang.L("Getting ready")
		}
		r.caption = caption(look.Muted, phrase, size, done)
		r.actions = []action{actPause, actCancel}
	case uploader.Sending, uploader.Finishing:
		r.caption = more(caption(look.Text, progress, moving(float64(g.Speed), g.Left())...), done)
		r.actions = []action{actPause, actCancel}
	case uploader.Retrying:
		r.tone = toneWait
		r.caption = caption(look.Warn, lang.L("Trying again"), progress, done)
		r.actions = []action{actPause, actCancel}
	case uploader.Offline:
		r.tone = toneWait
		r.caption = caption(look.Warn, lang.L("Waiting for the network"), lang.L("goes on by itself"), done)
		r.actions = []action{actCancel}
	case uploader.Paused:
		r.tone = toneQuiet
		r.caption = caption(look.Text, lang.L("Paused"), progress, done)
		r.actions = []action{actResume, actCancel}
	case uploader.Failed:
		r.icon, r.tone = "alert", toneFailed
		r.caption = caption(look.Err, words.Count("{{.N}} files need you", g.Count(uploader.Failed)), done)
		r.actions = []action{actRetry, actRemove}
	case uploader.Done:
		r.icon, r.tone = "check", toneDone
		first, linked, copied := f.expiry(g)
		r.caption = f.done(size, !linked, first, linked, copied)
		r.actions = []action{actRemove}
	case uploader.Cancelled:
		r.tone = toneQuiet
		r.caption = caption(look.Muted, lang.L("Cancelled"), lang.L("nothing was left in the store"))
		r.actions = []action{actRetry, actRemove}
	}
	if g.Scanning {
		r.caption = more(r.caption, lang.L("still looking"))
	}
	if n := g.Count(uploader.Done); n > 0 && g.Ended() == g.Tally.Files {
		r.main, r.mainLabel = actCopy, words.Count("Copy {{.N}} links", n)
		if first, linked, _ := f.expiry(g); linked && !first.IsZero() && !f.now().Before(first) {
			r.main, r.mainLabel = actNewLink, words.Count("{{.N}} new links", n)
		}
	}
	if g.Expanded {
		r.actions = append(r.actions, actCollapse)
	} else {
		r.actions = append(r.actions, actExpand)
	}
	return r
}

// expiry is when the first link of a folder ends; linked says that there are
// links, and copied that the clipboard holds them all.
func (f *facer) expiry(g *model.Group) (first time.Time, linked, copied bool) {
	copied = true
	for _, id := range g.Members {
		s := f.model.Item(id)
		if s.State != uploader.Done {
			continue
		}
		copied = copied && f.copied[id]
		linked = linked || !s.NoLink
		if e := s.Link.Expires; !e.IsZero() && (first.IsZero() || e.Before(first)) {
			first = e
		}
	}
	return first, linked, copied
}

// done is the caption of what has arrived.
func (f *facer) done(size string, noLink bool, expires time.Time, linked, copied bool) []kit.Span {
	phrase := lang.L("Link ready")
	if copied {
		phrase = lang.L("Link copied")
	}
	switch {
	case noLink:
		phrase = lang.L("Sent")
		if copied {
			phrase = lang.L("Key copied")
		}
		return caption(look.OK, phrase, size, lang.L("this destination gives no links"))
	case !linked:
		return caption(look.OK, lang.L("Sent"), size)
	case expires.IsZero():
		return caption(look.OK, phrase, size, lang.L("does not expire"))
	case !f.now().Before(expires):
		return caption(look.Muted, lang.L("Link is over"), size)
	}
	until := lang.L("works until {{.When}}", map[string]any{"When": words.Moment(expires, f.now())})
	spans := caption(look.OK, phrase, size, until)
	if expires.Sub(f.now()) < soonOver {
		spans[len(spans)-1].Color = look.Warn
	}
	return spans
}

// over says that a transfer's link has ended.
func (f *facer) over(s *uploader.Snapshot) bool {
	return !s.Link.Expires.IsZero() && !f.now().Before(s.Link.Expires)
}

// reason is why a transfer is tried again, to stand in the middle of a line.
func (f *facer) reason(s *uploader.Snapshot) string {
	if s.Err == nil {
		return ""
	}
	message, _ := f.host.Explain(s.Err)
	return strings.TrimSuffix(message, ".")
}

// moving says how fast and how long, as far as that means anything.
func moving(speed float64, left time.Duration) []string {
	var s []string
	if speed >= 1 {
		s = append(s, words.Speed(speed))
	}
	if left >= 0 {
		s = append(s, words.Left(left))
	}
	return s
}

// caption starts with the state in its colour; the rest is muted. Empty pieces
// are left out.
func caption(color fyne.ThemeColorName, phrase string, rest ...string) []kit.Span {
	return more([]kit.Span{{Text: phrase, Color: color}}, rest...)
}

func more(spans []kit.Span, rest ...string) []kit.Span {
	for _, r := range rest {
		if r != "" {
			spans = append(spans, kit.Span{Text: " · ", Color: look.Muted}, kit.Span{Text: r, Color: look.Muted})
		}
	}
	return spans
}

// fraction is how much of size is sent. An empty file is all there at once.
func fraction(sent, size int64) float32 {
	if size <= 0 {
		return 0
	}
	return float32(float64(sent) / float64(size))
}
