package desktop

import (
	"net/url"
	"path/filepath"
	"strings"
)

// parseURIs reads a list of addresses (RFC 2483), or what GNOME's file manager
// copies: the word "copy" or "cut" and then addresses. What is not a file of
// this computer is left out.
func parseURIs(text string) []string {
	var files []string
	for line := range strings.Lines(text) {
		u, err := url.Parse(strings.TrimRight(line, "\r\n\x00"))
		if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || !filepath.IsAbs(u.Path) || strings.ContainsRune(u.Path, 0) {
			continue
		}
		files = append(files, u.Path)
	}
	return files
}
