package config

import (
	"slices"
	"strconv"
	"time"

	"chute/uploader/fault"
)

// Settings are the preferences in settings.toml.
type Settings struct {
	CopyLinks bool // put links on the clipboard when a drop is done
	OnePage   bool // several files at once have one link, to a page that lists them
	// Folders is how dropped folders go: "ask", "files" for a link each, "page"
	// for one link to a page that lists their files, or "zip".
	Folders   string
	KeepAwake bool // keep the computer awake while files are sent
	// CloseToTray leaves the program running when its window is closed, where
	// there is a tray to bring it back from.
	CloseToTray bool
	Resume      bool // at the start of the window go on with unfinished uploads
	// StartAtLogin is what the user wants; the desktop knows whether it is so.
	StartAtLogin bool
	Theme        string // "system", "light" or "dark"
	Speed        string // "gentle", "normal" or "full"
	// Limit bounds all uploads together, in bytes a second, within LimitHours;
	// 0: no limit.
	Limit      int64
	LimitHours Hours
	// LinkLife is how long new links last; 0: as the destination says.
	LinkLife time.Duration
	// Welcomed says that the user was asked where files should go.
	Welcomed bool
	// WindowWidth and WindowHeight are those of the last start, in Fyne's
	// units; 0: not known yet.
	WindowWidth, WindowHeight int
}

// DefaultSettings hold until the user says otherwise.
func DefaultSettings() Settings {
	return Settings{CopyLinks: true, KeepAwake: true, CloseToTray: true, Resume: true, Folders: "ask", Theme: "system", Speed: "normal"}
}

// settingsText is Settings as the file has it.
type settingsText struct {
	copyLinks, resume, atLogin bool
	keepAwake, closeToTray     bool
	welcomed, onePage          bool
	theme, speed, linkLife     string
	folders                    string
	limit, from, until         string
	windowWidth, windowHeight  int64
}

func (s Settings) text() settingsText {
	t := settingsText{
		copyLinks: s.CopyLinks, resume: s.Resume, welcomed: s.Welcomed, onePage: s.OnePage, folders: s.Folders, atLogin: s.StartAtLogin, keepAwake: s.KeepAwake, closeToTray: s.CloseToTray, theme: s.Theme, speed: s.Speed,
		windowWidth: int64(s.WindowWidth), windowHeight: int64(s.WindowHeight),
	}
	if s.Limit != 0 {
		t.limit = FormatRate(s.Limit)
	}
	t.from, t.until = s.LimitHours.texts()
	if s.LinkLife != 0 {
		t.linkLife = FormatDuration(s.LinkLife)
	}
	return t
}

func (t *settingsText) fields() []field {
	return []field{
		{"copy_links", &t.copyLinks},
		{"resume", &t.resume},
		{"one_page", &t.onePage},
		{"folders", &t.folders},
		{"keep_awake", &t.keepAwake},
		{"close_to_tray", &t.closeToTray},
		{"start_at_login", &t.atLogin},
		{"theme", &t.theme},
		{"speed", &t.speed},
		{"limit", &t.limit},
		{"limit_from", &t.from},
		{"limit_until", &t.until},
		{"link_life", &t.linkLife},
		{"welcomed", &t.welcomed},
		{"window_width", &t.windowWidth},
		{"window_height", &t.windowHeight},
	}
}

// maxWindow bounds a window's size to what screens have; it catches slips.
const maxWindow = 20_000

// SetLimit sets the limit and its hours from what a user entered, as the file
// has them. Where one is wrong nothing changes.
func (s *Settings) SetLimit(limit, from, until string) (limitErr, hoursErr error) {
	var bytes int64
	if limit != "" {
		bytes, limitErr = ParseRate(limit)
	}
	hours, hoursErr := parseHours(from, until)
	if limitErr == nil && hoursErr == nil {
		s.Limit, s.LimitHours = bytes, hours
	}
	return limitErr, hoursErr
}

// LimitText is the limit and its hours as the file has them.
func (s Settings) LimitText() (limit, from, until string) {
	t := s.text()
	return t.limit, t.from, t.until
}

// settings checks the values.
func (t settingsText) settings() (Settings, []fault.Mistake) {
	var c checker
	c.oneOf("folders", t.folders, []string{"ask", "files", "page", "zip"})
	c.oneOf("theme", t.theme, []string{"system", "light", "dark"})
	c.oneOf("speed", t.speed, []string{"gentle", "normal", "full"})
	var life time.Duration
	if t.linkLife != "" {
		var err error
		if life, err = ParseDuration(t.linkLife); err != nil || life <= 0 {
			c.say("link_life", fault.NotALife.With("Value", strconv.Quote(t.linkLife)), fault.LikeOrDefault.With("Examples", "30m, 24h, 7d", "Empty", `""`))
		}
	}
	var limit int64
	if t.limit != "" {
		var err error
		if limit, err = ParseRate(t.limit); err != nil {
			c.say("limit", fault.NotASpeed.With("Value", strconv.Quote(t.limit)), fault.LikeOrNone.With("Examples", "2.5 MB/s, 500 kB/s", "Empty", `""`))
		}
	}
	hours, err := parseHours(t.from, t.until)
	if err != nil {
		c.say("limit_from", fault.NotHours.With("From", strconv.Quote(t.from), "Until", strconv.Quote(t.until)), fault.HoursOrAll.With("From", "07:00", "Until", "19:00", "Empty", `""`))
	}
	for name, n := range map[string]int64{"window_width": t.windowWidth, "window_height": t.windowHeight} {
		if n < 0 || n > maxWindow {
			c.say(name, fault.NotAWindow.With("Value", strconv.FormatInt(n, 10)), fault.FromTo.With("From", "0", "To", strconv.Itoa(maxWindow)))
		}
	}
	return Settings{
		CopyLinks: t.copyLinks, Resume: t.resume, Welcomed: t.welcomed, OnePage: t.onePage, Folders: t.folders, StartAtLogin: t.atLogin, KeepAwake: t.keepAwake, CloseToTray: t.closeToTray, Theme: t.theme, Speed: t.speed, LinkLife: life,
		Limit: limit, LimitHours: hours,
		WindowWidth: int(t.windowWidth), WindowHeight: int(t.windowHeight),
	}, c
}

// SettingsFile is settings.toml. Its methods may be called from several
// goroutines, and several processes may edit one file.
type SettingsFile struct {
	file    file
	machine Machine
}

// NewSettingsFile is the file at path. It need not be there.
func NewSettingsFile(path string) *SettingsFile { return &SettingsFile{file: file{path: path}} }

// Load reads the file over the defaults, as strictly as the destinations are
// read; those of an administrator are the defaults where there are any, and
// what he locked stays so. With an error the settings are the defaults.
func (f *SettingsFile) Load() (Settings, error) {
	base, locked, err := f.machineWide()
	if err != nil {
		return base, err
	}
	text, _, err := f.file.read()
	if err != nil {
		return base, err
	}
	return readSettings(f.file.path, text, base, locked)
}

// readSettings reads a text over base, except for what is locked. With an error
// the settings are base.
func readSettings(path, text string, base Settings, locked []string) (Settings, error) {
	data, l, mistakes := decode(text)
	if mistakes == nil {
		t := base.text()
		mistakes = putAll(t.fields(), data)
		s, more := t.settings()
		mistakes = append(mistakes, more...)
		if len(mistakes) == 0 {
			return s.keeping(base, locked), nil
		}
		for i := range mistakes {
			mistakes[i].Line = l.lineOf(mistakes[i].Field)
		}
	}
	return base, mistakesIn(path, mistakes)
}

// Update reads the settings of now, lets change change them and writes what
// differs, each value in its place. A file with mistakes is not touched, and
// what an administrator locked is refused.
func (f *SettingsFile) Update(change func(*Settings)) error {
	base, locked, err := f.machineWide()
	if err != nil {
		return err
	}
	return f.file.edit(func(text string) (string, error) {
		now, err := readSettings(f.file.path, text, base, locked)
		if err != nil {
			return "", err
		}
		was := now.text()
		change(&now)
		will := now.text()
		if _, mistakes := will.settings(); len(mistakes) > 0 {
			return "", fault.Wrong(nil, mistakes...)
		}
		before, after := was.fields(), will.fields()
		for i, field := range after {
			switch {
			case same(before[i], field):
			case slices.Contains(locked, field.name):
				return "", wrong(fault.SetForAllUsers.With("Name", field.name))
			default:
				text = setValue(text, field.value(), field.name)
			}
		}
		if _, err := readSettings(f.file.path, text, base, locked); err != nil {
			return "", err
		}
		return text, nil
	})
}
