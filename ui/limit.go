package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
)

// limitFields are the speed limit and its hours in the settings. What is
// entered holds as soon as it makes sense.
func (s *settings) limitFields() []fyne.CanvasObject {
	set := s.w.host.Settings()
	limit, from, until := kit.NewEntry(lang.L("none")), kit.NewEntry("07:00"), kit.NewEntry("19:00")
	limit.Text, from.Text, until.Text = set.Limit, set.LimitFrom, set.LimitUntil
	limitField := s.preference("limit", lang.L("Speed limit"), limit)
	fromField, untilField := s.preference("limit_from", lang.L("Limit from"), from), s.preference("limit_until", lang.L("Limit until"), until)
	changed := func(string) {
		v := s.w.host.Settings()
		v.Limit, v.LimitFrom, v.LimitUntil = strings.TrimSpace(limit.Text), strings.TrimSpace(from.Text), strings.TrimSpace(until.Text)
		limitOK, hoursOK := s.w.host.CheckLimit(v)
		say(limitField, limitOK, lang.L("Enter a speed such as 2.5 MB/s, or nothing for no limit."))
		say(untilField, hoursOK, lang.L("Enter two times such as 07:00 and 19:00, or none for the whole day."))
		if limitOK && hoursOK {
			s.w.host.SetSettings(v)
		}
		s.page.Refresh()
	}
	limit.OnChanged, from.OnChanged, until.OnChanged = changed, changed, changed
	return []fyne.CanvasObject{limitField, fromField, untilField}
}

// say shows a problem with a field, or takes it away.
func say(f *kit.Field, ok bool, problem string) {
	if ok {
		problem = ""
	}
	f.SetError(problem)
}
