package s3

import (
	"mime"
	"path"
	"slices"
	"strings"

	"chute/uploader/sign"

	"github.com/aws/smithy-go/encoding/httpbinding"
)

// disposition is the Content-Disposition (RFC 6266) of a download: what a
// browser only shows is inline, so that a link to a picture shows the picture;
// saved, it has its name all the same. Anything else is an attachment, above
// all HTML and SVG, which would run as part of the store's site; inline says that
// it is known not to.
func disposition(name, contentType string, inline bool) string {
	kind := "attachment"
	if inline || harmless(contentType) {
		kind = "inline"
	}
	plain := strings.Map(plainRune, name)
	header := kind + `; filename="` + plain + `"`
	if plain != name {
		header += "; filename*=UTF-8''" + escapeName(name)
	}
	return header
}

var harmlessTypes = []string{
	"application/pdf", "text/plain",
	"image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp",
}

func harmless(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && (slices.Contains(harmlessTypes, t) || strings.HasPrefix(t, "video/") || strings.HasPrefix(t, "audio/"))
}

// plainRune keeps what every browser reads alike in a quoted file name; some
// decode percent signs there, and few agree on backslashes.
func plainRune(r rune) rune {
	if r < ' ' || r > '~' || strings.ContainsRune(`"\%`, r) {
		return '_'
	}
	return r
}

// escapeName is the ext-value of RFC 8187. Bytes that are no UTF-8 become the
// replacement character.
func escapeName(name string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(strings.ToValidUTF8(name, "\uFFFD")) {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// downloadName is what a download should be called.
func downloadName(r sign.Ref) string {
	if name := path.Base(r.Name); r.Name != "" && name != "/" && name != "." {
		return name
	}
	return path.Base(r.Key)
}

// escapeKey makes a key the end of a URL's path, escaped as in signed URLs: S3
// reads a plus sign in a path as a space.
func escapeKey(key string) string { return httpbinding.EscapePath(key, false) }
