package ui

import (
	"strings"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// Notice tells the user something to know, in one short sentence, without
// asking for anything. What has several lines, as the mistakes in a file do,
// stays until it was read.
func (w *Window) Notice(text string) {
	if w.away.hidden {
		w.away.later = text // for when the window is shown
		return
	}
	if title, lines, long := strings.Cut(text, "\n"); long {
		tell(w.win.Canvas(), title, kit.Span{Text: lines, Color: look.Text})
		return
	}
	w.toast.Add(text)
}
