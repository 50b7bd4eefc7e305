package autostart

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// agent is the file from which launchd starts the program.
func (e Entry) agent() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, "Library", "LaunchAgents", e.ID+".plist"), err
}

func (e Entry) enabled() (on, known bool) {
	path, err := e.agent()
	if err == nil {
		_, err = os.Stat(path)
	}
	return err == nil, err == nil || errors.Is(err, fs.ErrNotExist)
}

func (e Entry) set(_ context.Context, on bool) error {
	path, err := e.agent()
	if err != nil {
		return err
	}
	if !on {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	exe, err := program()
	if err != nil {
		return err
	}
	var args strings.Builder
	for _, arg := range append([]string{exe}, e.Args...) {
		args.WriteString("\t\t<string>" + escaped(arg) + "</string>\n")
	}
	return replace(path, `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>`+escaped(e.ID)+`</string>
	<key>ProgramArguments</key>
	<array>
`+args.String()+`	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
</dict>
</plist>
`)
}

func escaped(text string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(text)) // into memory: cannot fail
	return b.String()
}
