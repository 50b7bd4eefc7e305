package kit

import (
	"iter"
	"strings"
	"unicode"
)

// breaks yields the pieces of text between which a line may end: after a space,
// and around the characters of Chinese and Japanese, which are written without.
func breaks(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, last := 0, rune(0)
		for i, r := range text {
			if i > start && (last == ' ' || mayPart(last, r)) {
				if !yield(text[start:i]) {
					return
				}
				start = i
			}
			last = r
		}
		yield(text[start:])
	}
}

// mayPart reports whether a line may end between two characters that stand side
// by side in Chinese or Japanese: not before what closes, and not after what
// opens.
func mayPart(before, after rune) bool {
	if after == ' ' || strings.ContainsRune("（「『【〈《([", before) || strings.ContainsRune("、。，．：；！？）」』】〉》ーっゃゅょッャュョァィゥェォ々…,.:;!?)]\"'", after) {
		return false
	}
	return isUnspaced(before) || isUnspaced(after)
}

func isUnspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || strings.ContainsRune("、。，．：；！？）」』】〉》ー", r)
}
