package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
)

// This file is about settings that are not the user's alone.

// preference is the field of a setting, named as in settings.toml. One that an
// administrator fixed says so, and cannot be changed.
func (s *settings) preference(name, label string, control fyne.CanvasObject) *kit.Field {
	if !s.w.host.FixedSetting(name) {
		return kit.NewField(label, control)
	}
	if c, ok := control.(fyne.Disableable); ok {
		c.Disable()
	}
	note := kit.NewCaption(kit.Span{Text: lang.L("Set by your administrator"), Color: look.Muted})
	return kit.NewField(label, kit.NewColumn(look.Space1, control, note))
}

// fix disables a control outside the settings whose setting is fixed.
func (w *Window) fix(name string, c fyne.Disableable) {
	if w.host.FixedSetting(name) {
		c.Disable()
	}
}

// startAtLogin is the setting for that; none where it cannot be set.
func (s *settings) startAtLogin() []fyne.CanvasObject {
	on, possible := s.w.host.StartsAtLogin()
	if !possible {
		return nil
	}
	var check *kit.Check
	check = kit.NewCheck(lang.L("Start when I log in, without a window"), on, func(on bool) {
		host := s.w.host
		go func() {
			err := host.SetStartsAtLogin(context.Background(), on)
			fyne.Do(func() {
				if err != nil {
					message, hint := host.Explain(err)
					s.w.Notice(message + " " + hint)
					check.Checked = !on
					check.Refresh()
				}
			})
		}()
	})
	return []fyne.CanvasObject{s.preference("start_at_login", "", check)}
}
