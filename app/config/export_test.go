package config

import (
	"strings"
	"testing"
)

func TestExportIsReadBackAsItWas(t *testing.T) {
	for name, d := range map[string]Destination{
		"plain":   {Name: "work", Type: TypeS3, Bucket: "media", Region: "eu-west-1"},
		"service": {Name: "Büro \"2\"", Type: TypeBackend, URL: "https://files.example.org/api", Dialect: "shrine", Auth: "header:X-Key", Headers: map[string]string{"X-Team": "a\\b"}, Vars: map[string]string{"route": "x y"}, CAFile: "Büro.pem"},
		"all":     {Name: "all", Type: TypeS3, Endpoint: "http://nas:9000", Bucket: "b", PathStyle: true, Provider: "minio", Credentials: CredentialsAWS, AWSProfile: "dev", AllowHTTP: true, Key: "{user}/{name}", LinkExpiry: "7d", PublicURL: "https://cdn.example.org", PartSize: "16MiB"},
	} {
		text := Export(d)
		got, err := ParseOffer("x.chute", text, Known{})
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		if len(got.All) != 1 || !got.All[0].Equal(d) {
			t.Errorf("%s: %+v, want %+v\n%s", name, got.All, d, text)
		}
		if !strings.HasPrefix(text, "# ") {
			t.Errorf("%s: nothing says what the file is:\n%s", name, text)
		}
	}
}
