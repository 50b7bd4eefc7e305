package ui

import (
	"bytes"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// anchor reads the only link of a document: where it leads and what it says.
func anchor(t *testing.T, doc string) (href, text string) {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(doc), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		t.Fatal(err)
	}
	var links, others int
	var walk func(*html.Node, bool)
	walk = func(n *html.Node, inside bool) {
		switch {
		case n.Type == html.ElementNode && n.Data == "a":
			links++
			inside = true
			for _, a := range n.Attr {
				if a.Key == "href" {
					href = a.Val
				} else {
					others++
				}
			}
		case n.Type == html.ElementNode && n.Data != "p":
			others++
		case n.Type == html.TextNode && inside:
			text += n.Data
		case n.Type == html.TextNode && strings.TrimSpace(n.Data) != "":
			others++
		}
		for c := range n.ChildNodes() {
			walk(c, inside)
		}
	}
	for _, n := range nodes {
		walk(n, false)
	}
	if links != 1 || others != 0 {
		t.Fatalf("%d links and %d other things in %q", links, others, doc)
	}
	return href, text
}

const signedURL = "https://s3.example.org/media/2026/a%20b%28c%29.pdf?X-Amz-Expires=86400&X-Amz-Signature=ab_cd*ef"

var awkwardNames = []string{
	"report.pdf", "a [b](c).txt", "*bold* _it_ `code`.md", `back\slash`, "<b>&amp;</b>.html", "![image].png", "~~gone~~",
	"日本語 é.txt", "\"quotes\" 'and' more", "two\nlines", "trailing\\", "]", "&copy;", "http://x.org", "a&b",
}

func TestLinksToPaste(t *testing.T) {
	for _, name := range awkwardNames {
		shown := strings.Join(strings.Fields(name), " ")
		href, text := anchor(t, htmlLink(name, signedURL))
		if href != signedURL || strings.Join(strings.Fields(text), " ") != shown {
			t.Errorf("HTML of %q leads to %q and says %q", name, href, text)
		}
		var out bytes.Buffer
		if err := goldmark.Convert([]byte(markdownLink(name, signedURL)), &out); err != nil {
			t.Fatal(err)
		}
		href, text = anchor(t, out.String())
		if href != signedURL || strings.Join(strings.Fields(text), " ") != shown {
			t.Errorf("Markdown of %q leads to %q and says %q", name, href, text)
		}
	}
}

func FuzzLinksToPaste(f *testing.F) {
	for _, name := range awkwardNames {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if strings.ContainsAny(name, "\x00\r\f\v") || !strings.ContainsFunc(name, func(r rune) bool { return r > ' ' && r < 0x7f }) {
			t.Skip() // no parser keeps these
		}
		if href, _ := anchor(t, htmlLink(name, signedURL)); href != signedURL {
			t.Errorf("HTML of %q leads to %q", name, href)
		}
		var out bytes.Buffer
		if err := goldmark.Convert([]byte(markdownLink(name, signedURL)), &out); err != nil {
			t.Fatal(err)
		}
		if href, _ := anchor(t, out.String()); href != signedURL {
			t.Errorf("Markdown of %q leads to %q", name, href)
		}
	})
}

// Nothing of a link ends the quotes that the command has it in.
func TestCurlCommand(t *testing.T) {
	if got := curlCommand(signedURL); got != "curl -fLOJ '"+signedURL+"'" {
		t.Errorf("%s", got)
	}
	if got := curlCommand("https://x/it's'; rm -rf ~"); strings.Count(got, "'") != 2 {
		t.Errorf("the quotes are open: %s", got)
	}
}
