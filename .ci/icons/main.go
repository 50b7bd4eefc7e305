// Command icons draws assets/icon.svg in the sizes and the container that a
// system wants: an .ico for Windows, an .icns for macOS, a .bmp for the pages of
// Windows' installer, and a PNG of one size for whatever else (name-128.png).
//
// Usage: go run ./.ci/icons SVG OUTPUT ...
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: icons SVG OUTPUT.ico|OUTPUT.icns|OUTPUT.bmp|OUTPUT-SIZE.png ...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "icons:", err)
		os.Exit(1)
	}
}

func run(svg string, outputs []string) error {
	source, err := os.ReadFile(svg)
	if err != nil {
		return err
	}
	for _, name := range outputs {
		content, err := encode(source, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(name, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

var sizeInName = regexp.MustCompile(`-([0-9]+)\.png$`)

func encode(svg []byte, name string) ([]byte, error) {
	switch filepath.Ext(name) {
	case ".ico":
		return encodeICO(svg)
	case ".icns":
		return encodeICNS(svg)
	case ".bmp":
		return encodeWizard(svg)
	}
	size := sizeInName.FindStringSubmatch(name)
	if size == nil {
		return nil, fmt.Errorf("is neither .ico, .icns, .bmp nor -SIZE.png")
	}
	pixels, err := strconv.Atoi(size[1])
	if err != nil || pixels < 1 || pixels > maxSize {
		return nil, fmt.Errorf("a size is from 1 to %d", maxSize)
	}
	return drawPNG(svg, pixels, 0)
}
