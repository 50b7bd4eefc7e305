package ui

// Notice tells the user something to know, in one short sentence, without
// asking for anything.
func (w *Window) Notice(text string) { w.toast.Show(text) }
