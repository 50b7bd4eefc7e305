package s3

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
)

// Profile is a profile of the shared AWS configuration.
type Profile struct {
	Name   string
	Region string // empty where the profile names none
}

// maxConfig bounds what is read of a configuration file.
const maxConfig = 1 << 20

// Profiles lists the profiles of the shared AWS configuration that can sign,
// "default" first. It looks where the SDK does, and reads no secret: the SDK
// lists no profiles, so their names are read here, and the SDK says the rest.
func Profiles(ctx context.Context) []Profile {
	configFile := firstOf(os.Getenv("AWS_CONFIG_FILE"), config.DefaultSharedConfigFilename())
	credentialsFile := firstOf(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), config.DefaultSharedCredentialsFilename())
	var list []Profile
	for _, name := range profileNames(readText(configFile), readText(credentialsFile)) {
		p, err := config.LoadSharedConfigProfile(ctx, name, func(o *config.LoadSharedConfigOptions) {
			o.ConfigFiles, o.CredentialsFiles = []string{configFile}, []string{credentialsFile}
		})
		signs := p.Credentials.HasKeys() || p.SSOSession != nil || p.SSOAccountID != "" || p.RoleARN != "" || p.CredentialProcess != "" || p.LoginSession != ""
		if err == nil && signs {
			list = append(list, Profile{name, p.Region})
		}
	}
	return list
}

// profileNames lists the names of the profiles: [default] and [profile NAME] in
// the one file, [NAME] in the other.
func profileNames(configText, credentialsText string) []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for section := range sections(configText) {
		if name, ok := strings.CutPrefix(section, "profile"); ok && strings.TrimLeft(name, " \t") != name {
			add(strings.TrimSpace(name))
		} else if section == "default" {
			add(section)
		}
	}
	for section := range sections(credentialsText) {
		add(section)
	}
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == "default":
			return -1
		case b == "default":
			return 1
		}
		return strings.Compare(a, b)
	})
	return names
}

// sections lists what stands in brackets at the beginning of a line.
func sections(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			inner, ok := strings.CutPrefix(strings.TrimSpace(line), "[")
			if !ok {
				continue
			}
			if name, _, closed := strings.Cut(inner, "]"); closed && !yield(strings.TrimSpace(name)) {
				return
			}
		}
	}
}

func readText(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, maxConfig))
	return string(b)
}
