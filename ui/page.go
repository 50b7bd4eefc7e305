package ui

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/words"
)

// A Page lists files with their links, to be shared by one link.
type Page struct {
	Title string
	Files []PageFile
	// Expires is when the first of the links stops working; zero: none does.
	Expires time.Time
}

// PageFile is a file on a [Page].
type PageFile struct {
	Name string // or path, with slashes
	URL  string
	Size int64 // bytes
}

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// pageExtension is that of a page's file.
const pageExtension = ".html"

// PageName is the name of a page's file.
func PageName(title string) string { return title + pageExtension }

// pageTitle is the title of a page, by the name of its file.
func pageTitle(name string) string { return strings.TrimSuffix(name, pageExtension) }

// Render makes the page: HTML that needs nothing else, without scripts, in the
// user's language, for who gets it is likely to share that. Whatever is in a
// file's name stays text, and a link that is not one of the web leads nowhere.
func (p Page) Render() []byte {
	type file struct{ Folder, Name, URL, Size string }
	data := struct {
		Lang, Title, Files, Size, Until string
		List                            []file
	}{
		Lang: lang.SystemLocale().LanguageString(), Title: p.Title,
		Files: words.Count("{{.N}} files", len(p.Files)), Until: lang.L("The links do not expire."),
	}
	if !p.Expires.IsZero() {
		// Whoever reads it may be in another time zone.
		when := p.Expires.UTC().Format("2006-01-02, 15:04") + " UTC"
		data.Until = lang.L("The links work until {{.When}}.", map[string]any{"When": when})
	}
	top := p.Title + "/" // what the title says already
	if slices.ContainsFunc(p.Files, func(f PageFile) bool { return !strings.HasPrefix(f.Name, top) }) {
		top = ""
	}
	var total int64
	for _, f := range p.Files {
		total += f.Size
		folder, name := path.Split(strings.TrimPrefix(f.Name, top))
		address := "#"
		if u, err := url.Parse(f.URL); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
			address = f.URL
		}
		data.List = append(data.List, file{folder, name, address, words.Size(f.Size)})
	}
	data.Size = words.Size(total)
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, data); err != nil {
		panic(err) // texts alone
	}
	return b.Bytes()
}
