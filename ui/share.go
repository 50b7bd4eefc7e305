package ui

import (
	"html"
	"strings"
)

// This file turns a link into what people paste elsewhere.

// markdownLink is an inline link of CommonMark. Names are shown as they are.
func markdownLink(name, url string) string {
	text := markdownEscaper.Replace(oneLine(name))
	// A destination in angle brackets may hold parentheses, but no space, line
	// feed or angle bracket: a URL has none of them unescaped.
	return "[" + text + "](<" + linkEscaper.Replace(url) + ">)"
}

// All ASCII punctuation may be escaped, and what is not a mark stays itself.
var markdownEscaper = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "&", `\&`, "!", `\!`, "~", `\~`,
)

var linkEscaper = strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20", "\n", "%0A", "\r", "%0D", `\`, "%5C")

// htmlLink is an anchor.
func htmlLink(name, url string) string {
	return `<a href="` + html.EscapeString(url) + `">` + html.EscapeString(name) + `</a>`
}

// curlCommand fetches the link in a POSIX shell or PowerShell. The file gets
// the name that the link gives it: no name of the user's stands in the command.
func curlCommand(url string) string {
	return "curl -fLOJ '" + strings.ReplaceAll(url, "'", "%27") + "'"
}

// oneLine keeps a name from breaking out of where it is put.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, s)
}
