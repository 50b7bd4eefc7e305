package s3

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"

	"chute/uploader/sign"
)

// hardNames are file names that have to survive.
var hardNames = []string{
	"plain.txt", "with space.txt", "a+b%20c#d&e?f;g,h.txt", `quo"te's\back.txt`,
	"caf\u00e9.txt", "cafe\u0301.txt", "日本語.txt", "😀👩‍👩‍👧.png", ".hidden", "tab\there\nand\r\x7f.txt",
	"100%41.txt", "''.txt", "UTF-8''x", strings.Repeat("界", 85), "trailing. ", "=?utf-8?b?Zm9v?=",
}

func TestDispositionKeepsNames(t *testing.T) {
	for _, name := range hardNames {
		checkDisposition(t, disposition(name, "application/zip", false), "attachment", name)
	}
	for contentType, kind := range map[string]string{
		"image/png": "inline", "IMAGE/JPEG": "inline", "video/mp4": "inline", "audio/ogg; codecs=opus": "inline",
		"application/pdf": "inline", "text/plain; charset=utf-8": "inline",
		"text/html": "attachment", "image/svg+xml": "attachment", "application/xhtml+xml": "attachment",
		"text/xml": "attachment", "text/javascript": "attachment", "application/octet-stream": "attachment",
		"": "attachment", "video": "attachment", "text/plain; x": "attachment",
	} {
		checkDisposition(t, disposition("n.x", contentType, false), kind, "n.x")
	}
	if got := disposition("Photos.html", "text/html; charset=utf-8", true); got != `inline; filename="Photos.html"` {
		t.Errorf("a page of our own: %s", got)
	}
	if got := disposition("plain.txt", "text/plain", false); got != `inline; filename="plain.txt"` {
		t.Errorf("got %s", got)
	}
}

func checkDisposition(t *testing.T, header, kind, name string) {
	t.Helper()
	for _, c := range []byte(header) {
		if c < ' ' || c > '~' {
			t.Fatalf("%q has a byte that headers do not carry", header)
		}
	}
	gotKind, params, err := mime.ParseMediaType(header)
	if err != nil || gotKind != kind || params["filename"] != name {
		t.Errorf("%s is read as %q %q, %v; want %q %q", header, gotKind, params["filename"], err, kind, name)
	}
}

func FuzzDisposition(f *testing.F) {
	for _, name := range hardNames {
		f.Add(name)
	}
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, name string) {
		want := name
		if !utf8.ValidString(name) {
			want = strings.ToValidUTF8(name, "\uFFFD")
		}
		header := disposition(name, "application/zip", false)
		checkDisposition(t, header, "attachment", want)
		// Readers that know nothing of filename* find a name without traps.
		_, rest, _ := strings.Cut(header, `filename="`)
		plain, _, ok := strings.Cut(rest, `"`)
		if !ok || strings.ContainsAny(plain, `\%`) {
			t.Errorf("plain name %q", plain)
		}
	})
}

func TestDownloadName(t *testing.T) {
	for _, c := range []struct {
		ref  sign.Ref
		want string
	}{
		{sign.Ref{Name: "a.txt", Key: "x/y"}, "a.txt"},
		{sign.Ref{Name: "folder/a.txt", Key: "x/y"}, "a.txt"},
		{sign.Ref{Key: "x/y.bin"}, "y.bin"},
		{sign.Ref{Name: "/", Key: "x/y.bin"}, "y.bin"},
	} {
		if got := downloadName(c.ref); got != c.want {
			t.Errorf("%+v: %q", c.ref, got)
		}
	}
}
