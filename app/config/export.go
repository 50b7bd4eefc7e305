package config

import "strings"

// Export is a destination as the text of a destination file, which somebody
// else opens to have it, too. There is no secret in it: secrets are not part of
// a destination.
func Export(d Destination) string {
	lines := []string{
		"# Where files go, for Chute: open this file with it. It holds no password and no key.",
	}
	return strings.Join(append(lines, block(d)...), "\n") + "\n"
}
