package fault

import (
	"strings"
	"testing"
	"time"
)

// TestIn translates as a window does: text and facts apart, missing facts in
// the language too.
func TestIn(t *testing.T) {
	german := map[string]string{
		"There is no bucket named {{.Bucket}}.":                        "Es gibt keinen Bucket namens {{.Bucket}}.",
		"Check the bucket's name and the endpoint of the destination.": "Bitte den Namen prüfen.",
		"that name":                        "diesem Namen",
		"This is a {{.Kind}}, not a file.": "Das ist keine Datei: {{.Kind}}.",
		"folder":                           "Ordner",
		"This computer's clock is wrong by {{.Skew}}.": "Die Uhr geht um {{.Skew}} falsch.",
		"a minute":            "eine Minute",
		"{{.Number}} minutes": "{{.Number}} Minuten",
		"{{.Number}} hours":   "{{.Number}} Stunden",
		"{{.Number}} days":    "{{.Number}} Tage",
	}
	translate := func(text string, facts ...any) string {
		text = german[text]
		for _, all := range facts {
			for name, v := range all.(map[string]any) {
				text = strings.ReplaceAll(text, "{{."+name+"}}", v.(string))
			}
		}
		return text
	}
	for bucket, want := range map[string]string{
		"media": "Es gibt keinen Bucket namens media.", "": "Es gibt keinen Bucket namens diesem Namen.",
	} {
		message, hint := New(NoBucket, "", Facts{"Bucket": bucket}, nil).In(translate)
		if message != want || hint != "Bitte den Namen prüfen." {
			t.Errorf("%q: %q, %q", bucket, message, hint)
		}
	}
	for want, err := range map[string]*Error{
		"Das ist keine Datei: Ordner.":        New(Unreadable, NotAFile, Facts{"Kind": "folder"}, nil),
		"Die Uhr geht um eine Minute falsch.": New(ClockSkew, "", Facts{"Skew": roundSkew(-80 * time.Second)}, nil),
		"Die Uhr geht um 2 Minuten falsch.":   New(ClockSkew, "", Facts{"Skew": roundSkew(2 * time.Minute)}, nil),
		"Die Uhr geht um 2 Stunden falsch.":   New(ClockSkew, "", Facts{"Skew": roundSkew(2 * time.Hour)}, nil),
		"Die Uhr geht um 2 Tage falsch.":      New(ClockSkew, "", Facts{"Skew": roundSkew(-48 * time.Hour)}, nil),
	} {
		if message, _ := err.In(translate); message != want {
			t.Errorf("%q, want %q", message, want)
		}
	}
	found := map[string]bool{}
	for text := range Texts() {
		found[text] = true
	}
	for text := range german {
		if !found[text] {
			t.Errorf("Texts lacks %q", text)
		}
	}
}
