package ui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2/lang"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"chute/assets"
	"chute/ui/internal/words"
	"chute/uploader/fault"
)

// TestEnglishIsComplete holds the texts of the source and en.json together:
// translators start from that file.
func TestEnglishIsComplete(t *testing.T) {
	english := readTranslation(t, "en.json")
	used := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if d.IsDir() && d.Name() == "gallery" {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				collect(used, call)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for key, plural := range used {
		forms, isPlural := english[key].(map[string]any)
		switch {
		case english[key] == nil:
			t.Errorf("en.json lacks %q", key)
		case plural != isPlural || plural && (forms["one"] == nil || forms["other"] == nil):
			t.Errorf("en.json has the wrong forms for %q", key)
		}
	}
	for key := range english {
		if _, ok := used[key]; !ok {
			t.Errorf("nothing uses %q of en.json", key)
		}
	}
}

// TestPhrasesAreUsed finds words about mistakes that nothing says any more, and
// English that goes past them: what [fault.Plain] is given is the same in every
// language, and a failure's Detail comes from its mistakes.
func TestPhrasesAreUsed(t *testing.T) {
	phrases, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "uploader", "fault", "mistakes.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	unused := map[string]bool{}
	ast.Inspect(phrases, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && spec.Names[0].IsExported() {
			unused[spec.Names[0].Name] = true
		}
		return true
	})
	if len(unused) < 100 {
		t.Fatalf("%d phrases", len(unused))
	}
	sentence := regexp.MustCompile(`\pL{2} \pL{2}`)
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		commandLine := strings.HasPrefix(d.Name(), "cmd_") // which is English
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if file.Name.Name == "fault" && d.Name() != "mistakes.go" {
					delete(unused, n.Name)
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "fault" {
					delete(unused, n.Sel.Name)
				}
			case *ast.CallExpr:
				for _, text := range literals(n.Args) {
					if calls(n, "fault.Plain") && sentence.MatchString(text) && !commandLine {
						t.Errorf("%s: not translated: %q", path, text)
					}
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.BasicLit); ok && key.Value == `"Detail"` && file.Name.Name != "fault" {
					t.Errorf("%s: Detail is given as a text", path)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("nothing says fault.%s", name)
	}
}

// calls reports whether a call is one of a package's function, as pkg.Func.
func calls(call *ast.CallExpr, name string) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := f.X.(*ast.Ident)
	return ok && x.Name+"."+f.Sel.Name == name
}

// literals are the texts written out anywhere in expressions.
func literals(list []ast.Expr) (texts []string) {
	for _, e := range list {
		ast.Inspect(e, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					texts = append(texts, text)
				}
			}
			return true
		})
	}
	return texts
}

// collect takes the literal text of lang.L and words.Count; true: with plurals.
func collect(used map[string]bool, call *ast.CallExpr) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			name = x.Name + "." + f.Sel.Name
		}
	case *ast.Ident:
		name = "words." + f.Name // within package words
	}
	if name != "lang.L" && name != "words.Count" || len(call.Args) == 0 {
		return
	}
	if lit, ok := call.Args[0].(*ast.BasicLit); ok {
		if key, err := strconv.Unquote(lit.Value); err == nil {
			used[key] = name == "words.Count"
		}
	}
}

// TestTranslationsAreComplete holds every language to en.json and the words for
// failures: the same texts, the same facts in them, the plurals that the
// language has.
func TestTranslationsAreComplete(t *testing.T) {
	english := readTranslation(t, "en.json")
	for text := range fault.Texts() {
		english[text] = text
	}
	files, err := fs.ReadDir(assets.Translations, "translation")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file.Name() == "en.json" {
			continue
		}
		t.Run(file.Name(), func(t *testing.T) {
			tag, err := language.Parse(strings.TrimSuffix(file.Name(), ".json"))
			if err != nil {
				t.Fatal(err)
			}
			needed := pluralForms(t, tag)
			texts := readTranslation(t, file.Name())
			for _, key := range slices.Sorted(maps.Keys(texts)) {
				if _, ok := english[key]; !ok {
					t.Errorf("nothing uses %q", key)
				}
			}
			for _, key := range slices.Sorted(maps.Keys(english)) {
				_, plural := english[key].(map[string]any)
				switch value := texts[key].(type) {
				case nil:
					t.Errorf("lacks %q", key)
				case string:
					if plural {
						t.Errorf("needs the forms %v: %q", needed, key)
					}
					checkFacts(t, key, value, false)
				case map[string]any:
					forms := slices.Sorted(maps.Keys(value))
					// "other" is what is taken where a form fails.
					without := slices.DeleteFunc(slices.Clone(forms), func(f string) bool { return f == "other" && !slices.Contains(needed, f) })
					if !plural || !slices.Equal(without, needed) {
						t.Errorf("has the forms %v instead of %v: %q", forms, needed, key)
					}
					for _, form := range forms {
						checkFacts(t, key, value[form].(string), form == "one")
					}
				}
			}
		})
	}
}

func readTranslation(t *testing.T, name string) map[string]any {
	t.Helper()
	data, err := fs.ReadFile(assets.Translations, "translation/"+name)
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]any
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

// placeholder is a fact, or what is code in a text: a name with an underscore or
// in brackets.
var placeholder = regexp.MustCompile(`\{\{[^{}]*\}\}|[a-z]+_[a-z]+|\[[a-z]+\]`)

// checkFacts wants the facts and the code of the English text in value; "one"
// may leave out the number.
func checkFacts(t *testing.T, key, value string, one bool) {
	t.Helper()
	count := func(text string) map[string]int {
		facts := map[string]int{}
		for _, f := range placeholder.FindAllString(text, -1) {
			facts[f]++
		}
		return facts
	}
	want, got := count(key), count(value)
	if one && got["{{.N}}"] == 0 {
		delete(want, "{{.N}}")
	}
	if value == "" || !maps.Equal(got, want) {
		t.Errorf("has other facts than the English %q: %q", key, value)
	}
}

// pluralForms asks the library that lang is built on for the forms that whole
// numbers take in a language.
func pluralForms(t *testing.T, tag language.Tag) []string {
	t.Helper()
	bundle := i18n.NewBundle(tag)
	message := &i18n.Message{ID: "n", Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"}
	if err := bundle.AddMessages(tag, message); err != nil {
		t.Fatal(err)
	}
	localizer := i18n.NewLocalizer(bundle, tag.String())
	forms := map[string]bool{}
	for n := range 1001 {
		for _, count := range []int{n, n * 1_000_000} {
			form, err := localizer.Localize(&i18n.LocalizeConfig{MessageID: "n", PluralCount: count})
			if err != nil {
				t.Fatal(err)
			}
			forms[form] = true
		}
	}
	return slices.Sorted(maps.Keys(forms))
}

// TestLanguageOfTheSystemIsTaken starts the program anew for each language: the
// choice falls once, and languages that Fyne has translations of its own for,
// such as pt_BR, must not hide those of the window.
func TestLanguageOfTheSystemIsTaken(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("the language is not taken from the environment there")
	}
	const key = "Where should your files go?"
	if os.Getenv("CHUTE_SAY") != "" {
		fmt.Printf("said: %s\n", lang.L(key))
		lang.L("There is no network.") // a failure's text, which en.json leaves out
		for n := range 12 {
			words.Count("{{.N}} files", n)
		}
		return
	}
	for locale, name := range map[string]string{
		"C.UTF-8": "en", "en_GB.UTF-8": "en", "de_DE.UTF-8": "de", "de_AT.UTF-8": "de", "fr_FR.UTF-8": "fr", "fr_CA.UTF-8": "fr",
		"es_ES.UTF-8": "es", "es_MX.UTF-8": "es", "it_IT.UTF-8": "it", "pt_PT.UTF-8": "pt", "pt_BR.UTF-8": "pt_BR",
		"fr:de": "fr", "nl:de": "de", "sr:C": "en", "gl_ES.UTF-8": "es",
		"pl_PL.UTF-8": "pl", "uk_UA.UTF-8": "uk", "zh_CN.UTF-8": "zh_Hans", "zh_SG.UTF-8": "zh_Hans", "zh_TW.UTF-8": "zh_Hans", "zh_HK.UTF-8": "zh_Hans", "ja_JP.UTF-8": "ja", "ko_KR.UTF-8": "ko",
		"cs_CZ.UTF-8": "en", "el_GR.UTF-8": "en", "ru_RU.UTF-8": "en", "sv_SE.UTF-8": "en", "ta_IN.UTF-8": "en", "sv_SE:de_DE": "de", "nb_NO.UTF-8": "en",
	} {
		t.Run(locale, func(t *testing.T) {
			if _, err := fs.Stat(assets.Translations, "translation/"+name+".json"); err != nil {
				t.Skip("no translation")
			}
			want, ok := readTranslation(t, name+".json")[key].(string)
			if !ok {
				t.Fatalf("%s.json has no %q", name, key)
			}
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLanguageOfTheSystemIsTaken$")
			cmd.Env = append(os.Environ(), "CHUTE_SAY=1", "LC_ALL="+locale, "LANGUAGE=")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatal(err, string(out))
			}
			if !strings.Contains(string(out), "said: "+want+"\n") {
				t.Errorf("want %q, got %s", want, out)
			}
			if bytes.Contains(out, []byte("Translation failure")) {
				t.Errorf("a text is missing: %s", out)
			}
		})
	}
}
