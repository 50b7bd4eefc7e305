package words

import (
	"io/fs"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	locale "github.com/jeandeaual/go-locale"
	"golang.org/x/text/language"

	"chute/assets"
)

// The translations are there before anything asks for a text, in tests too.
func init() {
	locales, _ := locale.GetLocales() // none: English
	if err := translate(locales); err != nil {
		panic("words: " + err.Error())
	}
}

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
	matcher := language.NewMatcher(tags)
	for _, l := range locales {
		tag, err := language.Parse(l)
		if err != nil {
			continue // "C"
		}
		if _, i, how := matcher.Match(tag); how != language.No {
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
	return nil
}

// tagOf is the language of a translation by its file's name, such as
// pt_BR.json.
func tagOf(file string) language.Tag {
	name := strings.TrimSuffix(file[strings.LastIndexByte(file, '/')+1:], ".json")
	return language.Make(name)
}
