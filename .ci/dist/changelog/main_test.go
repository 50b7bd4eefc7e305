package main

import (
	"strings"
	"testing"
	"time"
)

const log = `# Changelog

Words before the first heading.

## [Unreleased]

### Added

- A thing with ` + "`code`" + ` in it, and a sentence that is so long that it
  goes on in a second line of the file, and < & >.

## [0.1.0] - 2026-01-02

### Fixed

- Another.
`

func TestForms(t *testing.T) {
	date := time.Date(2026, 11, 21, 7, 8, 9, 0, time.UTC)
	for form, want := range map[string]string{
		"debian": `chute (0.2.0-1) unstable; urgency=medium

  * A thing with code in it, and a sentence that is so long that it goes on in a
    second line of the file, and < & >.

 -- Us <us@example.org>  Sat, 21 Nov 2026 07:08:09 +0000

chute (0.1.0-1) unstable; urgency=medium

  * Another.

 -- Us <us@example.org>  Fri, 02 Jan 2026 00:00:00 +0000
`,
		"appstream": `  <releases>
    <release version="0.2.0" date="2026-11-21">
      <description>
        <ul>
          <li>A thing with code in it, and a sentence that is so long that it goes on in a second line of the file, and &lt; &amp; &gt;.</li>
        </ul>
      </description>
    </release>
    <release version="0.1.0" date="2026-01-02">
      <description>
        <ul>
          <li>Another.</li>
        </ul>
      </description>
    </release>
  </releases>
`,
	} {
		var got strings.Builder
		if err := run(strings.NewReader(log), &got, "0.2.0", date, form, "Us <us@example.org>"); err != nil || got.String() != want {
			t.Errorf("%s: %v\n%s", form, err, got.String())
		}
	}
}

func TestRefused(t *testing.T) {
	for text, version := range map[string]string{
		"":                                 "0.1.0",
		"## [Unreleased]\n":                "0.1.0", // nothing to say
		"## [0.1.0] - 2026-01-02\n- A.\n":  "0.2.0", // says nothing of it
		"## [0.1.0]\n- A.\n":               "0.1.0", // without a date
		"## [0.1.0] - yesterday\n\n- A.\n": "0.1.0",
	} {
		if got, err := read(strings.NewReader(text), version, time.Time{}); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
	released := "## [Unreleased]\n\n## [0.1.0] - 2026-01-02\n- A.\n"
	if got, err := read(strings.NewReader(released), "0.1.0", time.Time{}); err != nil || len(got) != 1 || got[0].date.Year() != 2026 {
		t.Errorf("%v, %v", got, err)
	}
}
