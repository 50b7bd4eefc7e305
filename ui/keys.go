package ui

import (
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
)

// This file is what keys do wherever the focus is, and the list of all keys.

// shortcut is a combination of keys that works everywhere.
type shortcut struct {
	desktop.CustomShortcut
	does string
	run  func()
}

// shortcuts lists them in the order of the list of keys.
func (w *Window) shortcuts() []shortcut {
	const command, shift = fyne.KeyModifierShortcutDefault, fyne.KeyModifierShift
	key := func(name fyne.KeyName, m fyne.KeyModifier) desktop.CustomShortcut {
		return desktop.CustomShortcut{KeyName: name, Modifier: m}
	}
	list := []shortcut{
		{key(fyne.KeyO, command), lang.L("Add files"), w.addFiles},
		{key(fyne.KeyO, command|shift), lang.L("Add a folder"), w.addFolder},
		{key(fyne.KeyV, command), lang.L("Paste files, a picture or a text"), w.paste},
		{key(fyne.KeyC, command|shift), lang.L("Copy all links"), w.copyAll},
		{key(fyne.KeyF, command), lang.L("Search the links"), w.searchLinks},
		{key(fyne.KeyComma, command), lang.L("Settings"), w.openSettings},
		{key(fyne.KeyW, command), lang.L("Close the window"), w.Close},
		{key(fyne.KeyQ, command), lang.L("Quit"), w.Quit},
	}
	for i, name := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9} {
		list = append(list, shortcut{key(name, command), "", func() { w.useNumber(i) }})
	}
	return list
}

// useNumber makes a destination the current one, by its place in the list.
func (w *Window) useNumber(i int) {
	all, current := w.host.Destinations()
	if i >= len(all) || w.cover != nil || w.settings != nil || all[i].Name == current {
		return
	}
	w.host.Use(all[i].Name)
	w.DestinationsChanged()
	w.toast.Show(lang.L("Files go to {{.Name}} now", map[string]any{"Name": displayName(all[i].Name)}))
}

func (w *Window) bindKeys() {
	c := w.win.Canvas()
	for _, s := range w.shortcuts() {
		c.AddShortcut(&s.CustomShortcut, func(fyne.Shortcut) { s.run() })
	}
	// Fyne makes a shortcut of its own of these keys.
	c.AddShortcut(&fyne.ShortcutPaste{}, func(fyne.Shortcut) { w.paste() })
	c.SetOnTypedKey(w.typedKey)
	c.SetOnTypedRune(func(r rune) {
		if r == '?' {
			w.showKeys()
		}
	})
}

// typedKey takes keys that nothing with the focus had a use for.
func (w *Window) typedKey(e *fyne.KeyEvent) {
	overlays := w.win.Canvas().Overlays()
	switch {
	case e.Name == fyne.KeyF1:
		w.showKeys()
	case e.Name == fyne.KeyEscape && overlays.Top() != nil:
		overlays.Remove(overlays.Top())
	case e.Name == fyne.KeyEscape && w.cover != nil:
		w.leaveCover()
	case e.Name == fyne.KeyEscape && w.settings != nil:
		w.settings.back()
	case e.Name == fyne.KeyEscape && w.links.Visible():
		w.showLinks(false)
	case (e.Name == fyne.KeyDown || e.Name == fyne.KeyUp) && w.list.Visible() && w.cover == nil && w.settings == nil && overlays.Top() == nil:
		w.win.Canvas().Focus(w.list)
	case e.Name == fyne.KeyDelete && w.list.Visible() && w.cover == nil && w.settings == nil && overlays.Top() == nil:
		w.list.removeSelected()
	}
}

// keyLine is a line of the list of keys.
type keyLine struct{ keys, does string }

// keyLists are the keys that work everywhere, and in the list of transfers.
func (w *Window) keyLists() (everywhere, inList []keyLine) {
	for _, s := range w.shortcuts() {
		if s.does != "" {
			everywhere = append(everywhere, keyLine{keyText(s.CustomShortcut), s.does})
		}
	}
	numbers := keyText(desktop.CustomShortcut{KeyName: "1 … 9", Modifier: fyne.KeyModifierShortcutDefault})
	everywhere = append(everywhere,
		keyLine{numbers, lang.L("Use another destination")},
		keyLine{lang.L("Tab"), lang.L("Go to the next control")},
		keyLine{lang.L("Esc"), lang.L("Go back, close what is open")},
		keyLine{"F1  ?", lang.L("This list")},
	)
	copyKey := keyText(desktop.CustomShortcut{KeyName: fyne.KeyC, Modifier: fyne.KeyModifierShortcutDefault})
	inList = []keyLine{
		{"↑↓", lang.L("Choose a file")},
		{lang.L("Enter"), lang.L("Show or hide its details")},
		{"←→", lang.L("Hide or show the files of a folder")},
		{copyKey, lang.L("Copy its link")},
		{lang.L("Space"), lang.L("Pause it or go on")},
		{lang.L("Del"), lang.L("Take it off the list")},
		{lang.L("Menu") + "  " + lang.L("Shift") + "+F10", lang.L("All that can be done with it")},
	}
	return everywhere, inList
}

// keyText is how a shortcut is written on this system.
func keyText(s desktop.CustomShortcut) string {
	name := string(s.KeyName)
	mac := runtime.GOOS == "darwin"
	var b strings.Builder
	add := func(m fyne.KeyModifier, onMac, elsewhere string) {
		switch {
		case s.Modifier&m == 0:
		case mac:
			b.WriteString(onMac)
		default:
			b.WriteString(elsewhere + "+")
		}
	}
	add(fyne.KeyModifierControl, "⌃", lang.L("Ctrl"))
	add(fyne.KeyModifierAlt, "⌥", lang.L("Alt"))
	add(fyne.KeyModifierShift, "⇧", lang.L("Shift"))
	add(fyne.KeyModifierSuper, "⌘", "Super")
	return b.String() + name
}
