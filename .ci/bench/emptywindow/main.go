// Command emptywindow shows a window of Fyne's without content: the least that
// a program with a window can do.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

func main() {
	app.SetMetadata(fyne.AppMetadata{ID: "chute.emptywindow", Name: "Empty", Migrations: map[string]bool{"fyneDo": true}})
	w := app.NewWithID("chute.emptywindow").NewWindow("Empty")
	w.Resize(fyne.NewSize(900, 620)) // as Chute's
	w.ShowAndRun()
}
