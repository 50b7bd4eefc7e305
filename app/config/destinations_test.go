package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chute/uploader/fault"
)

var known = Known{
	Providers: func() []string { return []string{"aws", "minio"} },
	Dialects:  func() []string { return []string{"presign", "shrine"} },
}

// written makes a destinations.toml and returns it.
func written(t *testing.T, text string) *DestinationsFile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "destinations.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return NewDestinationsFile(path, known)
}

func load(t *testing.T, f *DestinationsFile) Destinations {
	t.Helper()
	all, err := f.Load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const everyField = `[[destination]]
name        = "work"
type        = "s3"
endpoint    = "https://s3.example.org:9000/base"
region      = "eu-west-1"
bucket      = "media"
path_style  = true
provider    = "minio"
credentials = "aws"
aws_profile = "team"
url         = "https://files.example.org/api"
dialect     = "shrine"
auth        = "header:X-Key"
headers     = { X-Team = "video" }
key         = "{user}/{stem}-{uuid}{ext}"
link_expiry = "1d12h"
public_url  = ""
part_size   = "16MiB"
ca_file     = "/etc/ssl/own.pem"

[[destination]]
name = "public"
type = "s3"
bucket = "site"
public_url = "https://cdn.example.org/x"
link_expiry = "30d"

[default]
destination = "public"
`

func TestLoadEveryField(t *testing.T) {
	all := load(t, written(t, everyField))
	want := Destinations{Default: "public", All: []Destination{
		{
			Name: "work", Type: "s3", Endpoint: "https://s3.example.org:9000/base", Region: "eu-west-1", Bucket: "media",
			Provider: "minio", PathStyle: true, Credentials: "aws", AWSProfile: "team", URL: "https://files.example.org/api",
			Dialect: "shrine", Auth: "header:X-Key", Headers: map[string]string{"X-Team": "video"},
			Key: "{user}/{stem}-{uuid}{ext}", LinkExpiry: "1d12h", PartSize: "16MiB", CAFile: "/etc/ssl/own.pem",
		},
		{
			Name: "public", Type: "s3", Bucket: "site", Credentials: "keyring", Auth: "none",
			Key: DefaultKey, LinkExpiry: "30d", PublicURL: "https://cdn.example.org/x",
		},
	}}
	if !all.equal(want) {
		t.Errorf("got %+v\nwant %+v", all, want)
	}
	if got := all.All[0].LinkLife(); got != 36*time.Hour {
		t.Errorf("link life %v", got)
	}
	if got := all.All[1].LinkLife(); got != 0 {
		t.Errorf("a public link lasts %v, not for ever", got)
	}
	if got := all.All[0].PartBytes(); got != 16<<20 {
		t.Errorf("part size %d", got)
	}
	if d, err := all.Get(""); err != nil || d.Name != "public" {
		t.Errorf("the default is %q, %v", d.Name, err)
	}
	if _, err := all.Get("none"); fault.CodeOf(err) != fault.Config || !strings.Contains(err.Error(), "work, public") {
		t.Errorf("an unknown name gives %v", err)
	}
}

// Where nothing is named this computer is there, and only then.
func TestThisComputer(t *testing.T) {
	for name, f := range map[string]*DestinationsFile{
		"no file":    NewDestinationsFile(filepath.Join(t.TempDir(), "none", "destinations.toml"), known),
		"empty file": written(t, ""),
		"comments":   written(t, "# nothing yet\n[default]\n"),
	} {
		all := load(t, f)
		if len(all.All) != 1 || all.All[0].Type != TypeLocal || all.Default != ThisComputer {
			t.Errorf("%s: %+v", name, all)
		}
	}
	if all := load(t, written(t, everyField)); all.index(ThisComputer) >= 0 {
		t.Error("this-computer is there although the file does not name it")
	}
}

func TestLoadErrors(t *testing.T) {
	const head = "[[destination]]\nname = \"a\"\ntype = \"s3\"\nbucket = \"b\"\n" // four lines
	for _, c := range []struct{ name, text, want string }{
		{"syntax", "[[destination]]\nname = \n", "destinations.toml:2: "},
		{"unclosed", "a = [\n", "destinations.toml:1: "},
		{"twice", head + "type = \"s3\"\n", "destinations.toml:5: "},
		{"not UTF-8", "# \xff\n", "destinations.toml:1: the file is not UTF-8 text"},
		{"unknown field", head + "colour = \"red\"\n", "destinations.toml:5: destination.colour: unknown field; allowed: name, type, endpoint, "},
		{"unknown table", "x = 1\n" + head + "[[default.more]]\na = 1\n", "destinations.toml:1: x: unknown field; allowed: destination, default\n" +
			"destinations.toml:6: default.more: unknown field; allowed: destination"},
		{"wrong type", head + "path_style = \"yes\" # or no\n", "destinations.toml:5: destination.path_style: this is text; allowed: true, false"},
		{"wrong type of text", head + "# why\nregion = 7\n", "destinations.toml:6: destination.region: this is a number; allowed: text in quotes"},
		{"wrong type of headers", head + "headers = \"x\"\n", "destinations.toml:5: destination.headers: this is text; allowed: a table of texts"},
		{"one of headers", head + "[destination.headers]\nX-A = \"a\"\nX-B = 1\n", "destinations.toml:5: destination.headers: this is a table; allowed: a table of texts"},
		{"destination is a table", "[destination]\nname = \"a\"\n", "destinations.toml:1: destination: this is a table; allowed: [[destination]]"},
		{"no name", "\n[[destination]]\ntype = \"local\"\n", "destinations.toml:2: destination.name: a destination needs a name"},
		{"blank name", "[[destination]]\nname = \" a\"\ntype = \"local\"\n", "destinations.toml:2: destination.name: a space at an end"},
		{"control in name", "[[destination]]\nname = \"a\\tb\"\ntype = \"local\"\n", "destinations.toml:2: destination.name: \"a\\tb\" has characters that cannot be seen"},
		{"no type", "[[destination]]\nname = \"a\"\n", "destinations.toml:1: destination.type: unknown value \"\"; allowed: s3, backend, local"},
		{"wrong type of type", "[[destination]]\nname = \"a\"\ntype = 3\n", "destinations.toml:3: destination.type: this is a number"},
		{"same name", head + head, "destinations.toml:6: destination.name: \"a\" is the name of another destination"},
		{"no bucket", "[[destination]]\nname = \"a\"\ntype = \"s3\"\n", "destinations.toml:1: destination.bucket: type s3 needs a bucket"},
		{"endpoint", head + "endpoint = \"s3.example.org\"\n", "destinations.toml:5: destination.endpoint: not a plain web address; allowed: http(s)://"},
		{"endpoint scheme", head + "endpoint = \"ftp://s3.example.org\"\n", "destinations.toml:5: destination.endpoint: "},
		{"endpoint query", head + "endpoint = \"https://s3.example.org/?a=b\"\n", "destinations.toml:5: destination.endpoint: "},
		{"endpoint password", head + "endpoint = \"https://me:hunter2@s3.example.org\"\n", "destinations.toml:5: destination.endpoint: an address with a name or password in it"},
		{"provider", head + "provider = \"awz\"\n", "destinations.toml:5: destination.provider: unknown value \"awz\"; allowed: aws, minio"},
		{"credentials", head + "credentials = \"file\"\n", "destinations.toml:5: destination.credentials: unknown value \"file\"; allowed: keyring, aws"},
		{"backend url", "[[destination]]\nname = \"a\"\ntype = \"backend\"\ndialect = \"shrine\"\n", "destinations.toml:1: destination.url: not a plain web address"},
		{"backend dialect", "[[destination]]\nname = \"a\"\ntype = \"backend\"\nurl = \"https://x\"\n", "destinations.toml:1: destination.dialect: type backend needs a dialect; allowed: presign, shrine"},
		{"dialect", head + "dialect = \"klingon\"\n", "destinations.toml:5: destination.dialect: unknown value \"klingon\"; allowed: presign, shrine"},
		{"auth", head + "auth = \"header:\"\n", "destinations.toml:5: destination.auth: unknown value \"header:\"; allowed: none, bearer, basic, header:NAME"},
		{"header name", head + "headers = { \"X Team\" = \"a\" }\n", "destinations.toml:5: destination.headers: \"X Team\" is not the name of a header"},
		{"header value", head + "headers = { X-Team = \"a\\nb\" }\n", "destinations.toml:5: destination.headers: the value of X-Team"},
		{"header secret", head + "headers = { authorization = \"Bearer hunter2\" }\n", "destinations.toml:5: destination.headers: authorization would be a secret"},
		{"key variable", head + "key = \"{date}/{nmae}\"\n", "destinations.toml:5: destination.key: unknown variable {nmae}; allowed: {name} {stem} {ext} {date} {time} {random} {uuid} {user} {host} {path}"},
		{"key brace", head + "key = \"a}b\"\n", "destinations.toml:5: destination.key: a brace without its other half"},
		{"expiry", head + "link_expiry = \"soon\"\n", "destinations.toml:5: destination.link_expiry: \"soon\" is not a time"},
		{"expiry 0", head + "link_expiry = \"0s\"\n", "destinations.toml:5: destination.link_expiry: \"0s\" is not a time"},
		{"expiry 8d", head + "link_expiry = \"8d\"\n", "destinations.toml:5: destination.link_expiry: 8d is longer than signed links can last; allowed: more than 0 and at most 7d"},
		{"expiry 7d1s", head + "link_expiry = \"7d1s\"\n", "destinations.toml:5: destination.link_expiry: "},
		{"public_url", head + "public_url = \"//cdn\"\n", "destinations.toml:5: destination.public_url: not a plain web address"},
		{"part_size", head + "part_size = \"big\"\n", "destinations.toml:5: destination.part_size: \"big\" is not a part size; allowed: 5MiB to 5GiB"},
		{"part_size small", head + "part_size = \"5242879\"\n", "destinations.toml:5: destination.part_size: "},
		{"part_size large", head + "part_size = \"5.1GiB\"\n", "destinations.toml:5: destination.part_size: "},
		{"default", head + "[default]\n# the usual\ndestination = \"c\"\n", "destinations.toml:7: default.destination: there is no destination \"c\"; allowed: a"},
		{"default type", head + "[default]\ndestination = true\n", "destinations.toml:6: default.destination: this is true or false; allowed: text"},
		{"default is no table", "default = \"a\"\n" + head, "destinations.toml:1: default.destination: default is text; allowed: the table [default]"},
		// The second of two: lines are those of the right block, whatever is before it.
		{"second block", head + "key = '''\n[[destination]]\nregion = 1\n'''\n\n[[destination]] # the other\nname = \"c\" # and so on\ntype = \"local\"\nheaders = { X = \"# ]\" }\nregion = 7\n", "destinations.toml:5: destination.key: \"[[destination]]\\nregion = 1\\n\" has characters that cannot be seen; allowed: visible characters\n" +
			"destinations.toml:14: destination.region: this is a number"},
		{"inline", "destination = [\n  { name = \"a\", type = \"local\" },\n  { name = \"b\", type = \"locl\" },\n]\n", "destinations.toml:3: destination.type: unknown value \"locl\""},
		{"dotted", "[[destination]]\nname = \"a\"\ntype = \"local\"\nheaders.X-A = \"a\"\nheaders.\"b c\" = \"b\"\n", "destinations.toml:4: destination.headers: \"b c\" is not the name"},
		{"CRLF and BOM", "\uFEFF" + strings.ReplaceAll(head, "\n", "\r\n") + "x = 1\r\n", "destinations.toml:5: destination.x: unknown field"},
		{"all of them", head + "b = 1\nendpoint = \"x\"\na = 1\n", "destinations.toml:5: destination.b: unknown field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := written(t, c.text).Load()
			if fault.CodeOf(err) != fault.Config {
				t.Fatalf("the code is %q of %v", fault.CodeOf(err), err)
			}
			got := fault.As(err).Err.Error()
			if !strings.HasPrefix(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if !strings.HasSuffix(fault.As(err).Message(), "\n"+got) {
				t.Error("the mistakes are not in the message")
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("a secret is in the message")
			}
		})
	}
}

// All mistakes are told at once, in the order of the lines.
func TestAllMistakes(t *testing.T) {
	_, err := written(t, "[[destination]]\nname = \"a\"\ntype = \"local\"\nzebra = 1\nendpoint = \"x\"\napple = 1\n").Load()
	lines := strings.Split(fault.As(err).Err.Error(), "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], ":4: destination.zebra") ||
		!strings.Contains(lines[1], ":5: destination.endpoint") || !strings.Contains(lines[2], ":6: destination.apple") {
		t.Errorf("got %q", lines)
	}
}

func TestBoundaries(t *testing.T) {
	base := Destination{Name: "a", Type: TypeS3, Bucket: "b"}
	for _, c := range []struct {
		name   string
		change func(*Destination)
		field  string // with a problem; empty: none
	}{
		{"as it is", func(*Destination) {}, ""},
		{"7 days", func(d *Destination) { d.LinkExpiry = "7d" }, ""},
		{"a week and more, public", func(d *Destination) { d.LinkExpiry, d.PublicURL = "365d", "https://x" }, ""},
		{"a backend decides itself", func(d *Destination) {
			d.Type, d.URL, d.Dialect, d.LinkExpiry = TypeBackend, "https://x", "shrine", "365d"
		}, ""},
		{"local links are signed too", func(d *Destination) { d.Type, d.LinkExpiry = TypeLocal, "8d" }, "link_expiry"},
		{"negative", func(d *Destination) { d.LinkExpiry = "-1h" }, "link_expiry"},
		{"5 MiB", func(d *Destination) { d.PartSize = "5MiB" }, ""},
		{"5 GiB", func(d *Destination) { d.PartSize = "5GiB" }, ""},
		{"one more", func(d *Destination) { d.PartSize = "5368709121" }, "part_size"},
		{"IPv6", func(d *Destination) { d.Endpoint = "http://[::1]:9000" }, ""},
		{"without TLS", func(d *Destination) { d.Endpoint = "http://nas:9000" }, "endpoint"},
		{"a service without TLS", func(d *Destination) {
			d.Type, d.URL, d.Dialect = TypeBackend, "http://127.0.0.1.example.org", "shrine"
		}, "url"},
		{"without TLS as wanted", func(d *Destination) { d.Endpoint, d.AllowHTTP = "http://nas:9000", true }, ""},
		{"without TLS to itself", func(d *Destination) { d.Endpoint = "http://localhost:9000" }, ""},
		{"a header that turns the text around", func(d *Destination) { d.Headers = map[string]string{"X-A": "a\u202eb"} }, "headers"},
		{"a value that cannot be seen", func(d *Destination) { d.Vars = map[string]string{"route": "a\u200b"} }, "vars"},
		{"no host", func(d *Destination) { d.Endpoint = "http://:9000" }, "endpoint"},
		{"emoji name", func(d *Destination) { d.Name = "Büro 🪂" }, ""},
		{"joiner in name", func(d *Destination) { d.Name = "a\u202eb" }, "name"},
	} {
		d := base
		c.change(&d)
		problems := d.Check(known)
		if c.field == "" && problems != nil || c.field != "" && (len(problems) != 1 || problems[0].Field != c.field) {
			t.Errorf("%s: %v, want one of %q", c.name, problems, c.field)
		}
	}
}
