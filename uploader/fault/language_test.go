package fault

import (
	"strings"
	"testing"
)

// TestIn translates as a window does: text and facts apart, missing facts in
// the language too.
func TestIn(t *testing.T) {
	german := map[string]string{
		"There is no bucket named {{.Bucket}}.":                        "Es gibt keinen Bucket namens {{.Bucket}}.",
		"Check the bucket's name and the endpoint of the destination.": "Bitte den Namen prüfen.",
		"that name": "diesem Namen",
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
