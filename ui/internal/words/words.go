// Package words makes sizes, speeds, durations and times readable, in the
// user's language.
package words

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"
	humanize "github.com/dustin/go-humanize"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"chute/assets"
)

// numbers writes the digits and marks of numbers as the user's locale does. Where
// the window has no texts in that language, they are English as the texts are.
var numbers = printer(language.Make(lang.SystemLocale().String()))

func printer(locale language.Tag) *message.Printer {
	files, _ := assets.Translations.ReadDir("translation")
	base, _ := locale.Base()
	for _, file := range files {
		if known, _ := tagOf(file.Name()).Base(); known == base {
			return message.NewPrinter(locale)
		}
	}
	return message.NewPrinter(language.English)
}

// Count says how many, by the plural rules of the language; key is the English
// with {{.N}} for the number. Further names in key get their values from pairs.
func Count(key string, n int, pairs ...string) string {
	data := map[string]any{"N": Number(n)}
	for pair := range slices.Chunk(pairs, 2) {
		data[pair[0]] = pair[1]
	}
	return lang.N(key, n, data)
}

// Of says "n of total".
func Of(n, total string) string {
	return lang.L("{{.N}} of {{.Total}}", map[string]any{"N": n, "Total": total})
}

// Number groups the digits of n.
func Number(n int) string { return numbers.Sprintf("%d", n) }

// Decimal says v with as many digits after the mark; -1: as many as v has.
func Decimal(v float64, digits int) string {
	if digits < 0 {
		_, fraction, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
		digits = len(fraction)
	}
	return numbers.Sprintf("%.*f", digits, v)
}

// Size says bytes in powers of 1000 with at most three figures: "18.2 GB".
func Size(bytes int64) string {
	if bytes < 1000 {
		return fmt.Sprintf("%d B", max(bytes, 0))
	}
	v, prefix := humanize.ComputeSI(float64(bytes))
	// Rounding may reach the next prefix: 999.95 kB is 1.0 MB.
	if math.Round(v) >= 1000 {
		v, prefix = humanize.ComputeSI(math.Round(v) * float64(bytes) / v)
	}
	if math.Round(v*10) >= 1000 || prefix == "k" && v >= 10 {
		return numbers.Sprintf("%.0f %sB", v, prefix)
	}
	return numbers.Sprintf("%.1f %sB", v, prefix)
}

// Binary says bytes in powers of 1024, as part sizes are: "8 MiB".
func Binary(bytes int64) string {
	number, unit, _ := strings.Cut(humanize.IBytes(uint64(max(bytes, 0))), " ")
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return number + " " + unit
	}
	return Decimal(v, -1) + " " + unit
}

// Mebibytes says bytes in MiB without the unit, with a fraction only where there
// is one: "17,368", "0.5".
func Mebibytes(bytes int64) string {
	if tenths := math.Round(float64(bytes) / (1 << 20) * 10); math.Mod(tenths, 10) != 0 {
		return Decimal(tenths/10, 1)
	}
	return Decimal(float64(bytes)/(1<<20), 0)
}

// Speed says bytes a second: "41.3 MB/s".
func Speed(perSecond float64) string { return Size(int64(perSecond)) + "/s" }

// Percent says part of whole as exactly as one cares to know: "0.02 %".
func Percent(part, whole int64) string {
	if whole <= 0 {
		return "0 %"
	}
	p := 100 * float64(part) / float64(whole)
	switch {
	case p >= 9.95 || p == 0:
		return numbers.Sprintf("%.0f %%", p)
	case p >= 0.995:
		return numbers.Sprintf("%.1f %%", p)
	case p < 0.01:
		return "< 0.01 %"
	}
	return numbers.Sprintf("%.2f %%", p)
}

// Left says how long something will still take: "8 min left". The steps are
// coarse, so that the phrase does not flicker.
func Left(d time.Duration) string {
	return lang.L("{{.Time}} left", map[string]any{"Time": Span(d)})
}

// Span says a length of time with one or two units: "15 min", "2 h 5 min".
func Span(d time.Duration) string {
	data := func(v, w int) map[string]any { return map[string]any{"N": v, "M": w} }
	switch {
	case d <= time.Second:
		return lang.L("{{.N}} s", data(1, 0))
	case d < time.Minute:
		return lang.L("{{.N}} s", data(int(d.Round(time.Second)/time.Second), 0))
	case d < time.Hour-30*time.Second:
		return lang.L("{{.N}} min", data(int(d.Round(time.Minute)/time.Minute), 0))
	case d < 24*time.Hour:
		m := int(d.Round(time.Minute) / time.Minute)
		if m%60 == 0 {
			return lang.L("{{.N}} h", data(m/60, 0))
		}
		return lang.L("{{.N}} h {{.M}} min", data(m/60, m%60))
	}
	return Count("{{.N}} days", int(d.Round(24*time.Hour)/(24*time.Hour)))
}

// Life says how long links last: "1 day", "7 days", "1 hour".
func Life(d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0:
		return Count("{{.N}} days", int(d/(24*time.Hour)))
	case d%time.Hour == 0:
		return Count("{{.N}} hours", int(d/time.Hour))
	}
	return Span(d)
}

// Moment says when t is, seen from now: "18:04" today, "tomorrow, 15:04",
// "Friday, 15:04" within a week, else with the date. Both are taken in now's
// time zone.
func Moment(t, now time.Time) string {
	t = t.In(now.Location())
	clock := map[string]any{"Time": t.Format("15:04")}
	switch days := daysBetween(now, t); {
	case days == 0:
		return clock["Time"].(string)
	case days == 1:
		return lang.L("tomorrow, {{.Time}}", clock)
	case days == -1:
		return lang.L("yesterday, {{.Time}}", clock)
	case days > 1 && days < 7:
		// Fyne translates the names of the days.
		clock["Day"] = lang.X(strings.ToLower(t.Weekday().String()), t.Weekday().String())
		return lang.L("{{.Day}}, {{.Time}}", clock)
	}
	date := map[string]any{"Day": t.Day(), "Month": month(t.Month()), "Year": t.Year(), "Time": clock["Time"]}
	if t.Year() != now.Year() {
		return lang.L("{{.Day}} {{.Month}} {{.Year}}", date)
	}
	return lang.L("{{.Day}} {{.Month}}, {{.Time}}", date)
}

// month is the name of a month as it stands in a date.
func month(m time.Month) string {
	switch m {
	case time.January:
		return lang.L("January")
	case time.February:
		return lang.L("February")
	case time.March:
		return lang.L("March")
	case time.April:
		return lang.L("April")
	case time.May:
		return lang.L("May")
	case time.June:
		return lang.L("June")
	case time.July:
		return lang.L("July")
	case time.August:
		return lang.L("August")
	case time.September:
		return lang.L("September")
	case time.October:
		return lang.L("October")
	case time.November:
		return lang.L("November")
	}
	return lang.L("December")
}

// Past says when something was, seen from now: "today, 14:58", "yesterday,
// 15:04", else with the date.
func Past(t, now time.Time) string {
	if daysBetween(now, t.In(now.Location())) == 0 {
		return lang.L("today, {{.Time}}", map[string]any{"Time": t.In(now.Location()).Format("15:04")})
	}
	return Moment(t, now)
}

// daysBetween counts midnights, so that summer time does not shift a day.
func daysBetween(from, to time.Time) int {
	midnight := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(to).Sub(midnight(from)) / (24 * time.Hour))
}
