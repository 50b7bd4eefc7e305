package ui

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/words"
)

// This file is how long new links last.

// lives are the link lives to choose from; 0 is the destination's own.
var lives = []time.Duration{0, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}

// longestLife is that of a signed link, a limit of S3's signatures; leastLife
// is what still can be read and typed.
const (
	longestLife = 7 * 24 * time.Hour
	leastLife   = time.Minute
)

func (h *header) lifeOptions() []kit.Option {
	now := h.w.host.LinkLife()
	var o []kit.Option
	preset := false
	for _, d := range lives {
		preset = preset || d == now
		o = append(o, kit.Option{Label: lifeLabel(d), Current: d == now, Run: func() { h.setLife(d) }})
	}
	custom := lang.L("Custom…")
	if !preset {
		custom = lang.L("Custom: {{.Life}}…", map[string]any{"Life": words.Life(now)})
	}
	o = append(o, kit.Option{Label: custom, Current: !preset, Run: h.askLife})
	if h.w.host.FixedSetting("one_page") {
		return o
	}
	one := h.w.host.Settings().OnePage
	return append(o, kit.Option{}, kit.Option{Label: lang.L("Several files: one link for all"), Current: one, Run: func() {
		h.w.changeSettings(func(v *Settings) { v.OnePage = !one })
	}})
}

func (h *header) setLife(d time.Duration) {
	h.w.host.SetLinkLife(d)
	h.update()
}

// The units that a life is entered in.
var lifeUnits = []struct {
	value string
	unit  time.Duration
	label func() string
}{
	{"m", time.Minute, func() string { return lang.L("minutes") }},
	{"h", time.Hour, func() string { return lang.L("hours") }},
	{"d", 24 * time.Hour, func() string { return lang.L("days") }},
}

// askLife asks for a life that is not among the usual ones, and says what limits it.
func (h *header) askLife() {
	c := h.w.win.Canvas()
	amount, unit := kit.NewEntry("36"), "h"
	if d := h.w.host.LinkLife(); d > 0 {
		for _, u := range lifeUnits {
			if d%u.unit == 0 {
				amount.Text, unit = strconv.FormatInt(int64(d/u.unit), 10), u.value
			}
		}
	}
	var values, labels []string
	for _, u := range lifeUnits {
		values, labels = append(values, u.value), append(labels, u.label())
	}
	units := kit.NewSelect(values, labels, unit, func(v string) { unit = v })
	field := kit.NewField(lang.L("Links last"), kit.NewRow(look.Space2, kit.Boxed(amount), units))
	column := kit.NewColumn(look.Space3, field, kit.NewCaption(kit.Span{Text: h.lifeLimits(), Color: look.Muted}))

	var pop *widget.PopUp
	set := func() {
		d, ok := parseLife(amount.Text, unit)
		if !ok {
			field.SetError(lang.L("Enter a time from one minute to 7 days."))
			pop.Resize(pop.Content.MinSize()) // for the line below the field
			pop.Refresh()
			return
		}
		pop.Hide()
		h.setLife(d)
	}
	amount.OnSubmitted = func(string) { set() }
	cancel := kit.NewButton(kit.Outlined, lang.L("Cancel"), func() { pop.Hide() })
	pop = popUp(c, lang.L("How long should links last?"), column, cancel, kit.NewButton(kit.Filled, lang.L("Set"), set))
	c.Focus(fyne.Focusable(amount))
}

// parseLife reads what was entered.
func parseLife(amount, unit string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(amount), ",", ".", 1), 64)
	for _, u := range lifeUnits {
		if u.value == unit && err == nil && n > 0 && n <= float64(longestLife/u.unit) {
			d := time.Duration(n * float64(u.unit)).Round(time.Second)
			return d, d >= leastLife
		}
	}
	return 0, false
}

// lifeLimits says honestly what a life can mean at the current destination.
func (h *header) lifeLimits() string {
	all, current := h.w.host.Destinations()
	for _, d := range all {
		if d.Name != current {
			continue
		}
		switch {
		case d.Type == typeLocal:
			return lang.L("Links to this computer work here, as long as Chute runs, for 7 days at most.")
		case d.PublicURL != "":
			return lang.L("{{.Name}} gives public addresses: its links do not expire, whatever is set here.", map[string]any{"Name": displayName(d.Name)})
		case d.Type == typeBackend:
			return lang.L("{{.Name}} decides itself how long its links last; it may not follow what is set here.", map[string]any{"Name": displayName(d.Name)})
		case d.Type == typeS3 && d.Credentials == "aws":
			return lang.L("Signed links last 7 days at most. With temporary keys, as roles and single sign-on have them, they end when the keys do, often within hours.")
		}
	}
	return lang.L("Signed links last 7 days at most: that is a limit of S3. With a session token they end when the token does.")
}

func lifeLabel(d time.Duration) string {
	if d == 0 {
		return lang.L("As the destination says")
	}
	return words.Life(d)
}
