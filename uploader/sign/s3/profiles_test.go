package s3

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestProfiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Setenv("AWS_CONFIG_FILE", write("config", `
# [profile commented]
[profile studio video]
region = eu-west-1
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Editor
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
[default]
region = us-east-2
[services local]
s3 =
  endpoint_url = http://localhost:9000
[profile archive]
region = ap-south-1
[profile nothing]
output = json
`))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", write("credentials", `
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = s
[archive]
aws_access_key_id = AKIAARCHIVE
aws_secret_access_key = s
[old]
aws_access_key_id = AKIAOLD
aws_secret_access_key = s
`))
	want := []Profile{{"default", "us-east-2"}, {"archive", "ap-south-1"}, {"old", ""}, {"studio video", "eu-west-1"}}
	if got := Profiles(t.Context()); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "none"))
	if got := Profiles(t.Context()); len(got) != 0 {
		t.Errorf("without files: %v", got)
	}
}

func FuzzProfileNames(f *testing.F) {
	f.Add("[default]\n[profile a]\n", "[b]\n")
	f.Add("[profile]", "[]")
	f.Add(" [ profile\tx ] # c", "[x")
	f.Fuzz(func(t *testing.T, configText, credentialsText string) {
		names := profileNames(configText, credentialsText)
		for i, n := range names {
			if n == "" || strings.ContainsAny(n, "\n]") || slices.Contains(names[:i], n) {
				t.Errorf("%q in %q", n, names)
			}
		}
	})
}
