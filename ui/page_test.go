package ui

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
)

func TestPage(t *testing.T) {
	test.NewTempApp(t)
	html := string(Page{
		Title: `Brand <kit> & "more"`, Expires: noon.In(time.FixedZone("", 3600)),
		Files: []PageFile{
			{"a/b/logo <1>.svg", "https://x/logo?X-Amz-Signature=a&b=c", 14_000},
			{"evil\u202egpj.exe", "javascript:alert(1)", 1},
			{`"><script>alert(1)</script>`, "https://x/\"><script>", 2_000_000},
		},
	}.Render())
	for _, want := range []string{
		"<title>Brand &lt;kit&gt; &amp; &#34;more&#34;</title>", "3 files · 2.0 MB", "The links work until 2026-11-20, 15:04 UTC.",
		`<span class="folder">a/b/</span>logo &lt;1&gt;.svg`, `href="https://x/logo?X-Amz-Signature=a&amp;b=c"`, `href="#"`, "14 kB",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("lacks %q:\n%s", want, html)
		}
	}
	for _, never := range []string{"<script", "javascript:", "onerror", "http-equiv=\"refresh\""} {
		if strings.Contains(html, never) {
			t.Errorf("has %q:\n%s", never, html)
		}
	}
	if got := string(Page{Title: "x"}.Render()); !strings.Contains(got, "The links do not expire.") {
		t.Error("a page without an end does not say so")
	}
	photos := Page{Title: "Photos", Files: []PageFile{{"Photos/a.jpg", "https://x/a", 1}, {"Photos/sub/b.jpg", "https://x/b", 1}}}
	if got := string(photos.Render()); strings.Contains(got, "Photos/") || !strings.Contains(got, `<span class="folder">sub/</span>b.jpg`) {
		t.Errorf("a page of one folder repeats its name:\n%s", got)
	}
	photos.Files = append(photos.Files, PageFile{"c.jpg", "https://x/c", 1})
	if got := string(photos.Render()); strings.Count(got, `<span class="folder">Photos/`) != 2 {
		t.Errorf("where files come from is not said:\n%s", got)
	}
	if PageName("Photos") != "Photos.html" || pageTitle("Photos.html") != "Photos" {
		t.Error("titles and names do not match")
	}
}

// Whatever a name holds, the page has the same elements.
func FuzzPage(f *testing.F) {
	f.Add("a", "https://x/y")
	f.Add("</span><img src=x onerror=alert(1)>", "https://x/'\"><")
	f.Add("{{.}}", "//x")
	test.NewTempApp(f)
	f.Fuzz(func(t *testing.T, name, url string) {
		html := string(Page{Title: name, Files: []PageFile{{name, url, 1}}}.Render())
		d := xml.NewDecoder(strings.NewReader(html))
		d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
		count := map[string]int{}
		for {
			token, err := d.Token()
			if token == nil || err != nil {
				break
			}
			if e, ok := token.(xml.StartElement); ok {
				count[e.Name.Local]++
				for _, a := range e.Attr {
					if strings.HasPrefix(strings.ToLower(a.Name.Local), "on") || a.Name.Local == "href" && a.Value != "#" && !strings.HasPrefix(a.Value, "http") {
						t.Errorf("%q, %q: %s=%q", name, url, a.Name.Local, a.Value)
					}
				}
			}
		}
		if count["a"] > 1 || count["script"]+count["img"]+count["iframe"]+count["form"] > 0 {
			t.Errorf("%q, %q: elements %v", name, url, count)
		}
	})
}
