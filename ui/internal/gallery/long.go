package main

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"chute/assets"
)

// lengthen replaces the English texts by ones that are two fifths longer, as
// translations are, to see what does not fit.
func lengthen() error {
	data, err := fs.ReadFile(assets.Translations, "translation/en.json")
	if err != nil {
		return err
	}
	var texts map[string]any
	if err := json.Unmarshal(data, &texts); err != nil {
		return err
	}
	if data, err = json.Marshal(longer(texts)); err != nil {
		return err
	}
	return lang.AddTranslations(fyne.NewStaticResource("en.json", data))
}

func longer(v any) any {
	switch v := v.(type) {
	case string:
		return longerText(v)
	case map[string]any:
		for k := range v {
			v[k] = longer(v[k])
		}
	}
	return v
}

// slot is where a value goes into a text.
var slot = regexp.MustCompile(`{{[^}]*}}`)

// longerText doubles the vowels and gives them accents.
func longerText(s string) string {
	vowels := strings.NewReplacer("a", "åá", "e", "éë", "i", "ïí", "o", "øö", "u", "üú", "A", "Åá", "E", "Éë", "I", "Ïí", "O", "Øö", "U", "Üú")
	var b strings.Builder
	at := 0
	for _, m := range slot.FindAllStringIndex(s, -1) {
		b.WriteString(vowels.Replace(s[at:m[0]]) + s[m[0]:m[1]])
		at = m[1]
	}
	return b.String() + vowels.Replace(s[at:])
}
