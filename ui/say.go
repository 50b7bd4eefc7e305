package ui

import (
	"maps"

	"chute/ui/internal/words"
	"chute/uploader/fault"

	"fyne.io/fyne/v2/lang"
)

// Say translates the words of failures: it is [lang.L], and writes the sizes
// among the facts as the user's language does.
func Say(text string, facts ...any) string {
	for i, all := range facts {
		named, ok := all.(map[string]any)
		if !ok {
			continue
		}
		named = maps.Clone(named)
		for name, v := range named {
			if size, ok := v.(fault.Bytes); ok {
				named[name] = words.Binary(int64(size))
			}
		}
		facts[i] = named
	}
	return lang.L(text, facts...)
}
