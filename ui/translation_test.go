package ui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"chute/assets"
)

// TestEnglishIsComplete holds the texts of the source and en.json together:
// translators start from that file.
func TestEnglishIsComplete(t *testing.T) {
	data, err := fs.ReadFile(assets.Translations, "translation/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var english map[string]any
	if err := json.Unmarshal(data, &english); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
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
