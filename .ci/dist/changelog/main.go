// Command changelog puts CHANGELOG.md into the form that a package wants.
//
// Usage: go run ./.ci/dist/changelog -version 1.2.3 -date 1700000000 -form debian|appstream <CHANGELOG.md
//
// What stands under "Unreleased" is what version brings, on that date, unless
// the file has a heading for version already.
package main

import (
	"bufio"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"
)

func main() {
	version := flag.String("version", "", "the version that is packaged")
	date := flag.Int64("date", 0, "when it was made, in seconds since 1970")
	form := flag.String("form", "", "debian or appstream")
	maintainer := flag.String("maintainer", "", "name and address, for debian")
	flag.Parse()
	if err := run(os.Stdin, os.Stdout, *version, time.Unix(*date, 0).UTC(), *form, *maintainer); err != nil {
		fmt.Fprintln(os.Stderr, "changelog:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer, version string, date time.Time, form, maintainer string) error {
	releases, err := read(in, version, date)
	if err != nil {
		return err
	}
	switch form {
	case "debian":
		return writeDebian(out, releases, maintainer)
	case "appstream":
		return writeAppStream(out, releases)
	}
	return fmt.Errorf("unknown form %q", form)
}

// release is a version with what it changed, in sentences without markup.
type release struct {
	version string
	date    time.Time
	changes []string
}

var heading = regexp.MustCompile(`^## \[([^]]+)\](?: - ([0-9]{4}-[0-9]{2}-[0-9]{2}))?$`)

// read returns the releases, newest first. The first is version.
func read(in io.Reader, version string, date time.Time) ([]release, error) {
	var releases []release
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		line := lines.Text()
		if m := heading.FindStringSubmatch(line); m != nil {
			r := release{version: m[1], date: date}
			if m[1] == "Unreleased" {
				r.version = version
			} else {
				day, err := time.Parse(time.DateOnly, m[2])
				if err != nil {
					return nil, fmt.Errorf("%q has no date", line)
				}
				r.date = day
			}
			releases = append(releases, r)
			continue
		}
		if len(releases) == 0 {
			continue
		}
		changes := &releases[len(releases)-1].changes
		switch text := strings.TrimSpace(line); {
		case strings.HasPrefix(line, "- "):
			*changes = append(*changes, plain(text[2:]))
		case strings.HasPrefix(line, "  ") && len(*changes) > 0:
			(*changes)[len(*changes)-1] += " " + plain(text)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	// A release whose changes all have their own heading leaves an empty one.
	if len(releases) > 1 && len(releases[0].changes) == 0 {
		releases = releases[1:]
	}
	if len(releases) == 0 || releases[0].version != version || len(releases[0].changes) == 0 {
		return nil, fmt.Errorf("nothing is said of version %s", version)
	}
	return releases, nil
}

// plain takes the marks of code off.
func plain(text string) string { return strings.ReplaceAll(text, "`", "") }

func writeDebian(out io.Writer, releases []release, maintainer string) error {
	if maintainer == "" {
		return fmt.Errorf("no maintainer")
	}
	var b strings.Builder
	for i, r := range releases {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "chute (%s-1) unstable; urgency=medium\n\n", r.version)
		for _, c := range r.changes {
			fmt.Fprintf(&b, "  * %s\n", wrap(c, 80, "    "))
		}
		fmt.Fprintf(&b, "\n -- %s  %s\n", maintainer, r.date.Format(time.RFC1123Z))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// wrap breaks text at width, which counts the indent.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	column := len(indent)
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

func writeAppStream(out io.Writer, releases []release) error {
	type item struct {
		XMLName xml.Name `xml:"release"`
		Version string   `xml:"version,attr"`
		Date    string   `xml:"date,attr"`
		Changes []string `xml:"description>ul>li"`
	}
	list := struct {
		XMLName  xml.Name `xml:"releases"`
		Releases []item
	}{}
	for _, r := range releases {
		list.Releases = append(list.Releases, item{Version: r.version, Date: r.date.Format(time.DateOnly), Changes: r.changes})
	}
	encoder := xml.NewEncoder(out)
	encoder.Indent("  ", "  ")
	if err := encoder.Encode(list); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out)
	return err
}
