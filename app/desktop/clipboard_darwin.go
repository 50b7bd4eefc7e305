package desktop

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"os/exec"
)

// The pasteboard is read by a script of the system's own: what the script says
// of it is JSON.
//
//go:embed clipboard.js
var clipboardScript string

// Clipboard reads the clipboard.
func Clipboard(ctx context.Context, _ Display) (Clip, error) {
	out, err := exec.CommandContext(ctx, "/usr/bin/osascript", "-l", "JavaScript", "-e", clipboardScript).Output()
	if err != nil {
		return Clip{}, err
	}
	var said struct {
		Files []string
		PNG   string
		Text  string
	}
	if err := json.Unmarshal(out, &said); err != nil {
		return Clip{}, err
	}
	picture, err := base64.StdEncoding.DecodeString(said.PNG)
	return Clip{Files: said.Files, PNG: picture, Text: said.Text}, err
}
