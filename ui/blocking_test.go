package ui

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// slowMethods are the methods of the host that may take long: those with a
// context.
func slowMethods() map[string]bool {
	slow := map[string]bool{}
	host := reflect.TypeFor[Host]()
	for m := range host.Methods() {
		if m.Type.NumIn() > 0 && m.Type.In(0) == reflect.TypeFor[context.Context]() {
			slow[m.Name] = true
		}
	}
	return slow
}

// TestLongWorkIsNotDoneWhileDrawing holds that whatever may take long, such as
// keyring, signing and disk, is asked of the host on a goroutine that begins
// where it is asked, and not in what that hands back to the UI goroutine.
func TestLongWorkIsNotDoneWhileDrawing(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		slow, away := hostCalls(file)
		for call, name := range slow {
			found++
			if !away[call] {
				t.Errorf("%v: %s is called on the UI goroutine", set.Position(call.Pos()), name)
			}
		}
	}
	if found < 10 {
		t.Errorf("%d calls found: does this test still look at the right names?", found)
	}
}

// hostCalls returns the calls of the host's slow methods, and those which are
// not on the UI goroutine.
func hostCalls(file *ast.File) (slow map[*ast.CallExpr]string, away map[*ast.CallExpr]bool) {
	methods := slowMethods()
	slow, away = map[*ast.CallExpr]string{}, map[*ast.CallExpr]bool{}
	var look func(n ast.Node, off bool)
	look = func(n ast.Node, off bool) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				if f, ok := n.Call.Fun.(*ast.FuncLit); ok {
					look(f.Body, true)
					return false
				}
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.SelectorExpr)
				if !ok {
					break
				}
				if x, ok := f.X.(*ast.Ident); ok && x.Name == "fyne" && strings.HasPrefix(f.Sel.Name, "Do") {
					for _, arg := range n.Args {
						look(arg, false)
					}
					return false
				}
				if isHost(f.X) && methods[f.Sel.Name] {
					slow[n], away[n] = f.Sel.Name, off
				}
			}
			return true
		})
	}
	look(file, false)
	return slow, away
}

// isHost says whether an expression is the host by its name: host, w.host, …
func isHost(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name == "host"
	case *ast.SelectorExpr:
		return x.Sel.Name == "host"
	}
	return false
}

func TestLongWorkIsFound(t *testing.T) {
	const body = `package p
func f() {
	go func() {
		err := w.host.Save(ctx)
		fyne.Do(func() { host.Delete(ctx) })
	}()
	l.w.host.NewLink(ctx)
	host.Add(paths)
}`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", body, 0)
	if err != nil {
		t.Fatal(err)
	}
	slow, away := hostCalls(file)
	got := map[string]bool{}
	for call, name := range slow {
		got[name] = away[call]
	}
	if want := map[string]bool{"Save": true, "Delete": false, "NewLink": false}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
