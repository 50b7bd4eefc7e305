package look

import (
	"path"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"chute/assets"
)

// Logo is the program's icon, and WindowIcon the same for the desktop to show.
var (
	Logo       fyne.Resource = fyne.NewStaticResource("chute.svg", assets.Icon)
	WindowIcon fyne.Resource = fyne.NewStaticResource("chute.png", assets.IconSmall)
)

type iconKey struct {
	name  string
	color fyne.ThemeColorName
}

var icons sync.Map // iconKey to fyne.Resource

// Icon returns the line icon of that name in the colour of text. A name that
// assets does not hold is a mistake in the program, and panics.
func Icon(name string) fyne.Resource { return Colored(name, Text) }

// Colored returns the line icon of that name in a colour of the theme.
func Colored(name string, color fyne.ThemeColorName) fyne.Resource {
	key := iconKey{name, color}
	if r, ok := icons.Load(key); ok {
		return r.(fyne.Resource)
	}
	svg, err := assets.Icons.ReadFile("icons/" + name + ".svg")
	if err != nil {
		panic("look: no icon " + name)
	}
	r, _ := icons.LoadOrStore(key, theme.NewColoredResource(fyne.NewStaticResource(name+".svg", svg), color))
	return r.(fyne.Resource)
}

// kinds maps file extensions to icons; the rest is "file".
var kinds = map[string]string{
	".mov": "video", ".mp4": "video", ".mkv": "video", ".avi": "video", ".webm": "video", ".m4v": "video", ".mxf": "video",
	".jpg": "image", ".jpeg": "image", ".png": "image", ".gif": "image", ".tif": "image", ".tiff": "image", ".webp": "image",
	".heic": "image", ".svg": "image", ".bmp": "image", ".raw": "image", ".dng": "image", ".psd": "image",
	".mp3": "audio", ".wav": "audio", ".flac": "audio", ".ogg": "audio", ".m4a": "audio", ".aac": "audio", ".aif": "audio", ".aiff": "audio",
	".zip": "archive", ".tar": "archive", ".gz": "archive", ".xz": "archive", ".7z": "archive", ".rar": "archive", ".zst": "archive", ".bz2": "archive",
}

// FileIcon names the line icon for a file, by its extension.
func FileIcon(name string) string {
	if k, ok := kinds[strings.ToLower(path.Ext(name))]; ok {
		return k
	}
	return "file"
}
