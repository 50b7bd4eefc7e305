package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"chute/uploader"
	"chute/uploader/fault"
)

// This file is what the window can do about a failure, beyond trying again.

// remedyOf is the main button of a failure's card: the one thing that mends
// it, where the window can do that.
func remedyOf(e *fault.Error) (a action, label string) {
	a = actRetry
	switch {
	case e.Variant == fault.DeniedBackend || e.Variant == fault.NoSecret:
		a = actEnterSecret
	case e.Code == fault.Signature || e.Variant == fault.KeysOver:
		a = actEnterKey
	case e.Code == fault.WrongRegion && e.Facts["Region"] != "":
		return actSetRegion, lang.L("Set region to {{.Region}}", map[string]any{"Region": e.Facts["Region"]})
	case e.Variant == fault.SelfSigned:
		a = actAddCA
	case e.Code == fault.Denied:
		a = actShowPolicy
	case e.Code == fault.NoBucket, e.Code == fault.WrongRegion, e.Variant == fault.PlainHTTP, e.Variant == fault.NoSuchHost, e.Variant == fault.NoOperation:
		a = actEditDestination
	}
	_, label = a.button()
	return a, label
}

// remedyFor is remedyOf for a transfer: what its destination has no use for is
// left out.
func (f *facer) remedyFor(s *uploader.Snapshot) (a action, label string) {
	a, label = remedyOf(s.Err)
	if a == actShowPolicy && f.host.Policy(s.Destination) == "" {
		a = actRetry
		_, label = a.button()
	}
	if a == actEnterSecret && !f.signsIn(s.Destination) {
		a = actEditDestination // which has no secret to enter: a way to sign in must be chosen first
		_, label = a.button()
	}
	return a, label
}

// signsIn says whether a destination has a secret.
func (f *facer) signsIn(name string) bool {
	all, _ := f.host.Destinations()
	return !slices.ContainsFunc(all, func(d Destination) bool {
		return d.Name == name && d.Type == typeBackend && cmp.Or(d.Auth, "none") == "none"
	})
}

// mend does what a failure's card offers.
func (w *Window) mend(s *uploader.Snapshot, a action) {
	switch a {
	case actEnterKey, actEnterSecret, actEditDestination:
		w.editDestination(s.Destination)
	case actShowPolicy:
		showPolicy(w.win.Canvas(), w.host.Policy(s.Destination), func(text string) { w.copy(text, nil) })
	case actSetRegion:
		region := s.Err.Facts["Region"]
		w.change(s, func(d *Destination) {
			if d.Region != "" { // providers have it in their addresses
				d.Endpoint = strings.ReplaceAll(d.Endpoint, d.Region, region)
			}
			d.Region = region
		})
	case actAddCA:
		w.chooser.files(func(paths []string) {
			w.change(s, func(d *Destination) { d.CAFile = paths[0] })
		})
	}
}

// change saves a change of the destination of a failed transfer, and tries all
// again that failed there for the same reason.
func (w *Window) change(s *uploader.Snapshot, edit func(*Destination)) {
	name, code, variant := s.Destination, s.Err.Code, s.Err.Variant
	all, _ := w.host.Destinations()
	for _, d := range all {
		if d.Name != name {
			continue
		}
		edit(&d)
		go func() {
			_, err := w.host.Save(context.Background(), name, d, Secrets{})
			fyne.Do(func() {
				if err != nil {
					w.problem(lang.L("The destination was not changed"), err)
					return
				}
				w.DestinationsChanged()
				w.toast.Show(lang.L("Saved"))
				w.host.Retry(w.list.failed(name, code, variant)...)
			})
		}()
	}
}

// failed lists the transfers to a destination that failed for a reason.
func (t *transfers) failed(destination string, code fault.Code, variant fault.Variant) []uploader.ID {
	var ids []uploader.ID
	for _, id := range t.model.All(uploader.Failed) {
		if s := t.model.Item(id); s.Destination == destination && s.Err != nil && s.Err.Code == code && s.Err.Variant == variant {
			ids = append(ids, id)
		}
	}
	return ids
}

// problem says that what the user wanted did not work, and what to do.
func (w *Window) problem(title string, err error) {
	message, hint := w.host.Explain(err)
	tell(w.win.Canvas(), title, errorSpans(message, hint)...)
}

// renew makes new links to what was sent, puts them on the clipboard and says so.
func (w *Window) renew(ids []uploader.ID) {
	go func() {
		var links []string
		var failed error
		for _, id := range ids {
			link, err := w.host.NewLink(context.Background(), id)
			if err != nil {
				failed = err
				break
			}
			links = append(links, link.URL)
		}
		fyne.Do(func() {
			if len(links) > 0 {
				w.pull() // the rows say until when they work
				w.copy(strings.Join(links, "\n"), ids[:len(links)])
			}
			if failed != nil {
				w.problem(lang.L("There is no new link"), failed)
			}
		})
	}()
}
