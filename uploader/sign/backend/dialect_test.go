package backend

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"chute/uploader/fault"
)

const minimal = "name = \"mine\"\ntitle = \"Mine\"\n[single]\npath = \"/sign/{key}\"\nanswer = { url = \"url\" }\n"

// A mistake is reported with file, line, field and what is allowed.
func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"not TOML":          {"name = \n", `mine.toml:1: `},
		"not UTF-8":         {"name = \"\xff\"", `mine.toml:1: the file is not UTF-8 text`},
		"unknown field":     {minimal + "[singel]\n", `mine.toml:6: singel: unknown field; allowed: name, title, vars,`},
		"unknown in single": {minimal + "pats = 1\n", `mine.toml:6: single.pats: unknown field; allowed: method, path, json, form, answer, headers, keep`},
		"unknown answer":    {strings.Replace(minimal, "{ url =", "{ link = \"l\",  urll =", 1), `mine.toml:5: single.answer.urll: unknown field; allowed: url, method,`},
		"wrong type":        {strings.Replace(minimal, `"/sign/{key}"`, "7", 1), `mine.toml:4: single.path: this is a number; allowed: text in quotes`},
		"a list of numbers": {strings.Replace(minimal, `"url" }`, `[1] }`, 1), `mine.toml:5: single.answer.url: the list has a number in it`},
		"unknown variable":  {strings.Replace(minimal, "{key}", "{kee}", 1), `mine.toml:4: single.path: unknown variable {kee}; allowed: {name} {key}`},
		"not here":          {minimal + "json = { id = \"{upload_id}\" }\n", `mine.toml:6: single.json: unknown variable {upload_id}`},
		"in a header":       {minimal + "headers = { X-A = \"{nope}\" }\n", `mine.toml:6: single.headers.X-A: unknown variable {nope}`},
		"no header":         {minimal + "headers = { \"X A\" = \"a\" }\n", `single.headers.X A: not the name of a header`},
		"bad template":      {strings.Replace(minimal, "{key}", "{key", 1), `mine.toml:4: single.path: `},
		"bad method":        {minimal + "method = \"FETCH\"\n", `mine.toml:6: single.method: unknown method "FETCH"; allowed: GET, POST, PUT, PATCH, DELETE`},
		"no answer":         {strings.Replace(minimal, "{ url = \"url\" }", "{ key = \"k\" }", 1), `single.answer: a value is missing that this needs; allowed: url`},
		"no path":           {strings.Replace(minimal, "path = ", "#", 1), `mine.toml:3: single: no request; allowed: path`},
		"json and form":     {minimal + "json = {}\nform = { a = \"b\" }\n", `mine.toml:7: single.form: json and form; allowed: one of them`},
		"no name":           {strings.Replace(minimal, "name", "#", 1), `a dialect needs a name; allowed: name = "mine"`},
		"another name":      {strings.Replace(minimal, `"mine"`, `"yours"`, 1), `mine.toml:1: name: "yours" is not the name of this file`},
		"no title":          {strings.Replace(minimal, "title", "#", 1), `a dialect needs a title`},
		"nothing":           {"name = \"mine\"\ntitle = \"Mine\"\n", `the dialect uploads nothing; allowed: [single], [create] or [credentials]`},
		"parts without":     {minimal + "[part]\npath = \"/p\"\nanswer = { url = \"u\" }\n", `mine.toml:6: part: this needs a multipart upload`},
		"no parts":          {minimal + "[create]\npath = \"/c\"\nanswer = { upload_id = \"u\" }\n[complete]\npath = \"/d\"\n", `mine.toml:6: create: nothing gives the requests of the parts`},
		"no complete":       {minimal + "[create]\npath = \"/c\"\nanswer = { upload_id = \"u\" }\n[part]\npath = \"/p\"\nanswer = { url = \"u\" }\n", `mine.toml:6: create: nothing completes the upload`},
		"parts unnamed":     {minimal + "[create]\npath = \"/c\"\nanswer = { upload_id = \"u\" }\n[part]\npath = \"/p\"\nanswer = { url = \"u\" }\n[complete]\npath = \"/d\"\njson = { p = \"{parts}\" }\n", `mine.toml:12: complete: the fields of a part have no names`},
		"credentials and":   {minimal + "[credentials]\npath = \"/c\"\nanswer = { credentials = \"@this\" }\n", `mine.toml:3: single: a dialect with credentials signs everything itself`},
		"bad size":          {minimal + "[limits]\nmax_size = \"big\"\n", `mine.toml:7: limits.max_size: not a size; allowed: text such as "16MiB"`},
		"bad status":        {minimal + "[session]\nrenew = [42]\n", `mine.toml:7: session.renew: not an HTTP status`},
		"bad token":         {minimal + "[session]\npath = \"/\"\nheader = \"X-T\"\ntoken = \"page:x\"\n", `mine.toml:9: session.token: "page:x" is not a place of a token; allowed: cookie:NAME, meta:NAME, json:PATH`},
		"half a token":      {minimal + "[session]\nheader = \"X-T\"\n", `mine.toml:6: session: a token needs`},
		"taken variable":    {minimal + "[vars]\nkey = \"k\"\n", `mine.toml:7: vars.key: this name is taken`},
		"unknown code":      {minimal + "[errors]\ntoo-big = \"x\"\n", `mine.toml:7: errors.too-big: unknown field; allowed: code, message, too-large, wrong-type, denied, expired, throttled`},
		"signed without":    {minimal + "[create]\npath = \"/c\"\nsigned = \"POST\"\n[part]\npath = \"/p\"\nanswer = { url = \"u\" }\n[complete]\npath = \"/d\"\n", `create: a signed request needs its address`},
	} {
		t.Run(name, func(t *testing.T) {
			d, problems := Parse("mine.toml", []byte(c.text))
			var all []string
			for _, p := range problems {
				all = append(all, p.Error())
			}
			if text := strings.Join(all, "\n"); d != nil || !strings.Contains(text, c.want) {
				t.Errorf("got %s\nwant %s", text, c.want)
			}
		})
	}
	if _, problems := Parse("mine.toml", []byte(minimal)); len(problems) > 0 {
		t.Error(problems)
	}
}

// A file of the user's wins over the built-in one; with a mistake in it,
// neither is there.
func TestLoad(t *testing.T) {
	own := strings.ReplaceAll(minimal, "mine", "presign")
	dir := fstest.MapFS{"presign.toml": {Data: []byte(own)}, "mine.toml": {Data: []byte(minimal)}, "notes.txt": {Data: []byte("x")}}
	all, err := Load(dir)
	if err != nil || len(all) != len(Builtin())+1 {
		t.Fatalf("%d dialects, %v", len(all), err)
	}
	if d := Find(all, "presign"); d.Builtin || d.Title != "Mine" {
		t.Errorf("%+v", d)
	}
	if d := Find(all, "sts"); !d.Builtin || Find(all, "nobody") != nil {
		t.Errorf("%+v", d)
	}
	dir["presign.toml"] = &fstest.MapFile{Data: []byte(own + "x = 1\n\ny = 2\n")}
	all, err = Load(dir)
	f := wantFault(t, err, fault.Config, fault.BadFile)
	if Find(all, "presign") != nil || Find(all, "mine") == nil || len(all) != len(Builtin()) {
		t.Errorf("%d dialects", len(all))
	}
	if want := "presign.toml:6: single.x: unknown field"; !strings.HasPrefix(f.Err.Error(), want) || len(f.Mistakes) != 2 {
		t.Errorf("mistakes %s", f.Err)
	}
	for _, dir := range []fs.FS{nil, os.DirFS(filepath.Join(t.TempDir(), "missing"))} {
		if all, err := Load(dir); err != nil || len(all) != len(Builtin()) {
			t.Errorf("%d dialects, %v", len(all), err)
		}
	}
}

func TestVars(t *testing.T) {
	d := Find(Builtin(), "better-upload")
	for want, vars := range map[string]map[string]string{
		"better-upload needs route": {}, `better-upload has no variable "rote"; allowed: endpoint, route`: {"rote": "x"}, "": {"route": "x"},
	} {
		_, err := New(Config{URL: "https://b.example", Dialect: d, Vars: vars})
		if want == "" && err != nil || want != "" && (fault.CodeOf(err) != fault.Config || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v: %v", vars, err)
		}
	}
	if !Find(Builtin(), "presign").UsesBucket() || Find(Builtin(), "uppy-sign").UsesBucket() {
		t.Error("which dialects use the bucket")
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(here, "dialects/*.toml"))
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Add(minimal)
	f.Add("[single]\njson = [[{a=1}], 1979-05-27]\n[single.answer]\n\"a.b\" = [\"\"]\n[[part]]\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, problems := Parse("mine.toml", []byte(text))
		if (d == nil) != (len(problems) > 0) {
			t.Fatalf("%v with %v", d, problems)
		}
		for _, p := range problems {
			if p.File != "mine.toml" || p.What.Error() == "" || p.Line > 1+strings.Count(text, "\n") {
				t.Errorf("%+v", p)
			}
		}
		if d != nil {
			d.Capabilities()
			d.UsesBucket()
			for _, s := range d.sections() {
				if _, _, err := s.body(values{}); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
