package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const mit = `Copyright (c) 2026 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files
(the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do
so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`

const gpl = `This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public License as
published by the Free Software Foundation, either version 3 of the License, or (at your option) any later version.
`

// program is a module that uses another one, whose files are given.
func program(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	all := map[string]string{
		"go.mod":             "module program\n\ngo 1.26.0\n\nrequire example.org/used v1.0.0\n\nreplace example.org/used => ./used\n",
		"main.go":            "package main\n\nimport _ \"example.org/used/inner\"\n\nfunc main() {}\n",
		"used/go.mod":        "module example.org/used\n\ngo 1.26.0\n",
		"used/inner/code.go": "package inner\n",
	}
	for name, text := range files {
		all["used/"+name] = text
	}
	for name, text := range all {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCollected(t *testing.T) {
	var got strings.Builder
	dir := program(t, map[string]string{
		"LICENSE": mit, "inner/csource/COPYING.txt": mit + "for the C source", "other/LICENSE": "of what is not used", "other/other.go": "package other\n",
		"inner/notice": "Made by somebody.",
	})
	if err := run(dir, &got); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"example.org/used v1.0.0: MIT\n", "Go standard library and runtime: BSD-3-Clause", "\nexample.org/used/LICENSE\n",
		"\nexample.org/used/inner/csource/COPYING.txt\n", "for the C source", "\nexample.org/used/inner/notice\n\nMade by somebody.\n",
	} {
		if !strings.Contains(got.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(got.String(), "of what is not used") {
		t.Error("the licence of a package that is not built in")
	}
}

func TestRefused(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"none":           {nil, "has no licence that is recognised"},
		"unknown":        {map[string]string{"LICENSE": "Do what you like, but ask me first."}, "has no licence that is recognised"},
		"one unknown":    {map[string]string{"LICENSE": mit, "LICENSE-fonts": "Ask me first."}, "LICENSE-fonts is not recognised"},
		"elsewhere only": {map[string]string{"other/LICENSE": mit, "other/other.go": "package other\n"}, "has no licence that is recognised"},
		"one not allowed": {
			map[string]string{"LICENSE": mit, "inner/COPYING": gpl},
			"is under GPL-3.0-or-later (inner/COPYING), which is not among those allowed",
		},
	} {
		var got strings.Builder
		err := run(program(t, test.files), &got)
		if err == nil || !strings.Contains(err.Error(), test.want) || got.Len() > 0 {
			t.Errorf("%s: %v, want %s\n%s", name, err, test.want, got.String())
		}
	}
}
