package ui

import "strings"

// pageTitle is the title of a page of links, by the name of its file.
func pageTitle(name string) string { return strings.TrimSuffix(name, ".html") }
