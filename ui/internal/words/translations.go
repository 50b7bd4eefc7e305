package words

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	locale "github.com/jeandeaual/go-locale"
	"golang.org/x/text/language"

	"chute/assets"
	"chute/uploader/fault"
)

// The translations are there before anything asks for a text, in tests too.
func init() {
	locales, _ := locale.GetLocales() // none: English
	if err := translate(locales); err != nil {
		panic("words: " + err.Error())
	}
}

// fynesOwn are languages that Fyne 2.8 speaks and Chute does not. A user of one
// gets Fyne's texts in it, and Chute's in the next that they know.
var fynesOwn = []string{"cs", "el", "ru", "sv", "ta"}

// translate gives Fyne the English texts and, for each of the user's locales,
// those that come closest, of which Fyne takes one. Others are left alone: to
// read one language takes as long as many a command.
func translate(locales []string) error {
	files, err := fs.Glob(assets.Translations, "translation/*.json")
	if err != nil {
		return err
	}
	tags := make([]language.Tag, len(files))
	for i, file := range files {
		tags[i] = tagOf(file)
	}
	wanted := map[language.Tag]bool{language.English: true}
	next := slices.Index(tags, language.English) // the first that the user knows
	var foreign []string
	matcher := language.NewMatcher(tags)
	for _, l := range locales {
		tag, err := language.Parse(l)
		if err != nil {
			continue // "C"
		}
		if base, _ := tag.Base(); slices.Contains(fynesOwn, base.String()) {
			foreign = append(foreign, base.String())
		}
		if _, i, how := matcher.Match(tag); how != language.No {
			if len(wanted) == 1 {
				next = i
			}
			wanted[tags[i]] = true
		}
	}
	for i, file := range files {
		if !wanted[tags[i]] {
			continue
		}
		data, err := assets.Translations.ReadFile(file)
		if err != nil {
			return err
		}
		if err := lang.AddTranslations(fyne.NewStaticResource(strings.TrimPrefix(file, "translation/"), data)); err != nil {
			return err
		}
	}
	for _, name := range foreign {
		if err := standIn(name, files[next]); err != nil {
			return err
		}
	}
	return nil
}

// standIn gives Fyne the texts of a file for another language: it reports each
// text that it has not got in the language it took, every time that is drawn.
func standIn(name, file string) error {
	data, err := assets.Translations.ReadFile(file)
	if err != nil {
		return err
	}
	var texts map[string]any
	if err := json.Unmarshal(data, &texts); err != nil {
		return err
	}
	for text := range fault.Texts() { // which en.json leaves out
		if texts[text] == nil {
			texts[text] = text
		}
	}
	for _, text := range texts {
		if forms, ok := text.(map[string]any); ok {
			for _, form := range []string{"one", "few", "many"} {
				forms[form] = cmp.Or(forms[form], forms["other"])
			}
		}
	}
	data, err = json.Marshal(texts)
	if err != nil {
		return err
	}
	return lang.AddTranslations(fyne.NewStaticResource(name+".json", data))
}

// tagOf is the language of a translation by its file's name, such as
// pt_BR.json.
func tagOf(file string) language.Tag {
	name := strings.TrimSuffix(file[strings.LastIndexByte(file, '/')+1:], ".json")
	return language.Make(name)
}
