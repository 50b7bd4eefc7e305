package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/ui/internal/words"
)

// This file is how dropped folders go.

// What [Settings.Folders] can be.
const (
	foldersAsk   = "ask"
	foldersFiles = "files"
	foldersPage  = "page"
	foldersZip   = "zip"
)

// as is how, with folders going as a rule says.
func (how Sending) as(folders string) Sending {
	how.Page, how.Zip = folders == foldersPage, folders == foldersZip
	return how
}

// foldersLabel names a rule for folders.
func foldersLabel(rule string) string {
	switch rule {
	case foldersFiles:
		return lang.L("A link for each file")
	case foldersPage:
		return lang.L("One link for all files")
	case foldersZip:
		return lang.L("One zip")
	}
	return lang.L("Ask each time")
}

// askFolders asks, once for a drop, how its folders are to go, unless the
// settings say it.
func (w *Window) askFolders(paths []string, drop Drop, how Sending) {
	if len(paths) == 0 {
		return
	}
	set := w.host.Settings()
	switch {
	case drop.Folders == 0:
		how.Page = len(paths) > 1 && set.OnePage
		w.send(paths, how)
		return
	case set.Folders != foldersAsk:
		w.send(paths, how.as(set.Folders))
		return
	}
	title := lang.L("How should this folder go?")
	zip := lang.L("Everything in one file, with one link.")
	if len(paths) == 1 {
		title = lang.L("How should {{.Name}} go?", map[string]any{"Name": filepath.Base(paths[0])})
	}
	if drop.Folders > 1 {
		title = words.Count("How should the {{.N}} folders go?", drop.Folders)
		zip = lang.L("Each folder in one file, with one link.")
	}
	remember := kit.NewCheck(lang.L("Remember this for every folder"), false, nil)
	sending := func(rule string) func() {
		return func() {
			if remember.Checked {
				w.changeSettings(func(v *Settings) { v.Folders = rule })
			}
			w.send(paths, how.as(rule))
		}
	}
	var below []fyne.CanvasObject
	if !w.host.FixedSetting("folders") {
		below = append(below, remember)
	}
	w.askWays(title, "", []way{
		{"folder", foldersLabel(foldersFiles), lang.L("The folder keeps its structure."), sending(foldersFiles)},
		{"page", foldersLabel(foldersPage), lang.L("It leads to a page that lists them."), sending(foldersPage)},
		{"archive", foldersLabel(foldersZip), zip, sending(foldersZip)},
	}, below...)
}

// send starts sending, and shows where it appears.
func (w *Window) send(paths []string, how Sending) {
	w.host.Add(paths, how)
	w.list.list.ScrollToTop()
}

// dropFields are the settings of how several files and folders go.
func (s *settings) dropFields() []fyne.CanvasObject {
	set := s.w.host.Settings()
	rules := []string{foldersAsk, foldersFiles, foldersPage, foldersZip}
	var labels []string
	for _, r := range rules {
		labels = append(labels, foldersLabel(r))
	}
	folders := kit.NewSelect(rules, labels, set.Folders, func(r string) {
		s.w.changeSettings(func(v *Settings) { v.Folders = r })
	})
	page := kit.NewCheck(lang.L("Several files: one link for all"), set.OnePage, func(on bool) {
		s.w.changeSettings(func(v *Settings) { v.OnePage = on })
	})
	return []fyne.CanvasObject{s.preference("folders", lang.L("Folders"), folders), s.preference("one_page", "", page)}
}
