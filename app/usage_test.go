package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// linuxAsset reads a file that the packages for Linux install.
func linuxAsset(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(packageDir, "..", "assets", "linux", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// usages are the lines of "chute help", without their explanations.
func usages(t *testing.T) []string {
	t.Helper()
	var help strings.Builder
	printUsage(&help)
	var lines []string
	for line := range strings.Lines(help.String()) {
		if rest, ok := strings.CutPrefix(line, "  chute "); ok {
			lines = append(lines, strings.TrimSpace(rest))
		}
	}
	if len(lines) != len(commands())+1 {
		t.Fatalf("%d usages of %d commands and the window:\n%s", len(lines), len(commands()), help.String())
	}
	return lines
}

// The synopsis of the man page is what the program says of itself.
func TestManPage(t *testing.T) {
	page := linuxAsset(t, "chute.1")
	_, rest, _ := strings.Cut(page, ".Sh SYNOPSIS\n")
	synopsis, _, _ := strings.Cut(rest, ".Sh ")
	var got []string
	for _, form := range strings.Split(synopsis, ".Nm\n")[1:] {
		var words []string
		for line := range strings.Lines(form) {
			line, optional := strings.CutPrefix(strings.TrimSpace(line), ".Op ")
			line = strings.TrimPrefix(line, ".")
			var text []string
			for _, word := range strings.Fields(line) {
				switch {
				case word == "Cm", word == "Ar", word == "Fl":
				case strings.HasPrefix(word, "-"): // what .Fl puts a dash before
					text = append(text, "-"+word)
				default:
					text = append(text, word)
				}
			}
			said := strings.Join(text, " ")
			if optional {
				said = "[" + said + "]"
			}
			words = append(words, said)
		}
		got = append(got, strings.Join(words, " "))
	}
	if want := usages(t); !slices.Equal(got, want) {
		t.Errorf("the man page says\n  %s\nthe program says\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	for _, word := range options(strings.Join(usages(t), " ")) {
		if !strings.Contains(page, "\n.It Fl -"+strings.TrimPrefix(word, "--")) {
			t.Errorf("the man page does not explain %s", word)
		}
	}
}

var (
	optionPattern = regexp.MustCompile(`--[a-z][a-z-]*`)
	verbPattern   = regexp.MustCompile(`(?:^destination|\|) ([a-z]+)`)
)

func options(usage string) []string { return optionPattern.FindAllString(usage, -1) }

// wanted are the command lines to complete, each with what must be offered:
// every command, every flag, and the words behind destination.
func wanted(t *testing.T) map[string][]string {
	t.Helper()
	lines := map[string][]string{"": {"help"}, "-": nil}
	for _, usage := range usages(t) {
		command, _, _ := strings.Cut(usage, " ")
		if strings.HasPrefix(command, "[") { // the window's
			lines["-"] = options(usage)
			continue
		}
		lines[""] = append(lines[""], command)
		if found := options(usage); found != nil {
			lines[command+" -"] = found
		}
		for _, m := range verbPattern.FindAllStringSubmatch(usage, -1) {
			lines[command+" "] = append(lines[command+" "], m[1])
		}
	}
	return lines
}

// completionHome has destinations to offer, and files beside them.
func completionHome(t *testing.T) (env []string, dir string) {
	t.Helper()
	home, dir := t.TempDir(), t.TempDir()
	writeFixture(t, filepath.Join(home, "destinations.toml"), `[[destination]]
name = "work"
type = "local"
[[destination]]
name = "two words"
type = "s3"
bucket = "media"
`)
	for _, name := range []string{"report.pdf", "team.chute"} {
		writeFixture(t, filepath.Join(dir, name), "")
	}
	return append(os.Environ(), "CHUTE_HOME="+home, "DBUS_SESSION_BUS_ADDRESS=disabled:"), dir
}

func writeFixture(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Shells complete every command, flag and destination: the completions are
// asked as the shell asks them.
func TestCompletion(t *testing.T) {
	for shell, test := range map[string]struct {
		script    string // completes the line in $1, with the completions in $2
		file      string
		twoWords  string // how the shell writes a name with a space
		installed string // what it needs beside itself
	}{
		"bash": {
			script: `source /usr/share/bash-completion/bash_completion; source "$2"
				COMP_LINE="chute $1" COMP_POINT=$((6 + ${#1}))
				read -ra COMP_WORDS <<<"$COMP_LINE"
				[[ $COMP_LINE == *" " ]] && COMP_WORDS+=("")
				COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
				compopt() { :; } # it needs a completion that a key began
				_chute; printf '%s\n' "${COMPREPLY[@]}"`,
			file: "chute.bash", twoWords: `two\ words`, installed: "/usr/share/bash-completion/bash_completion",
		},
		"fish": {
			script: `source $argv[2]; complete -C "chute $argv[1]" | string replace -r '\t.*' ''; true`,
			file:   "chute.fish", twoWords: "two words",
		},
	} {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err == nil && test.installed != "" {
				_, err = os.Stat(test.installed)
			}
			if err != nil {
				if os.Getenv("CI") == "true" {
					t.Fatal(err)
				}
				t.Skip(err)
			}
			env, dir := completionHome(t)
			offered := func(line string) []string {
				t.Helper()
				args := []string{"-c", test.script, "--", line, filepath.Join(packageDir, "..", "assets", "linux", "completions", test.file)}
				cmd := exec.CommandContext(t.Context(), path, args...)
				cmd.Env = append(env, "HOME="+dir)
				cmd.Dir = dir
				var errOut strings.Builder
				cmd.Stderr = &errOut
				out, err := cmd.Output()
				if err != nil {
					t.Fatalf("%s: %v\n%s%s", line, err, out, errOut.String())
				}
				return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
			}
			lines := wanted(t)
			for line, words := range map[string][]string{
				"send --to ":           {"work", test.twoWords},
				"--to w":               {"work"},
				"destination login t":  {test.twoWords},
				"destination remove ":  {"work", test.twoWords},
				"send --expires ":      {"24h"},
				"send ":                {"report.pdf", "team.chute"},
				"":                     append(lines[""], "report.pdf"),
				"destination add team": {"team.chute"},
			} {
				lines[line] = words
			}
			for line, words := range lines {
				got := offered(line)
				for _, word := range words {
					if !slices.Contains(got, word) {
						t.Errorf("chute %s<tab> does not offer %q, but %q", line, word, got)
					}
				}
			}
			for line, word := range map[string]string{
				"links ": "report.pdf", "destination login ": "report.pdf", "link --": "--to", "destination ": "send", "send --to ": "report.pdf",
			} {
				if got := offered(line); slices.Contains(got, word) {
					t.Errorf("chute %s<tab> offers %q", line, got)
				}
			}
		})
	}
	// zsh completes only at its own prompt: what it offers is read, not asked.
	t.Run("zsh", func(t *testing.T) {
		text := linuxAsset(t, "completions/_chute")
		for _, words := range wanted(t) {
			for _, word := range words {
				if !regexp.MustCompile(`(^|[\s'])` + regexp.QuoteMeta(word) + `($|[\s:=\[])`).MatchString(text) {
					t.Errorf("%s is not completed", word)
				}
			}
		}
	})
}
