package ui

// Notice tells the user something to know, in one short sentence, without
// asking for anything.
func (w *Window) Notice(text string) {
	if w.away.hidden {
		w.away.later = text // for when the window is shown
		return
	}
	w.toast.Add(text)
}
