package uploader

import (
	"io"
	"mime"
	"path"
	"strings"
	"sync"

	"github.com/gabriel-vasile/mimetype"
)

// sniffLen is how much of a file mimetype looks at.
const sniffLen = 3072

var sniffBuffers = sync.Pool{New: func() any { return new([sniffLen]byte) }}

// sniff finds the MIME type of a file: by its first bytes, or, where those
// only say that it is text, a container or nothing known, by its extension.
func sniff(content io.ReaderAt, name string) string {
	if _, ok := content.(*zipContent); ok {
		return "application/zip"
	}
	const unknown = "application/octet-stream"
	byExtension := mime.TypeByExtension(strings.ToLower(path.Ext(name)))
	start := sniffBuffers.Get().(*[sniffLen]byte)
	defer sniffBuffers.Put(start)
	n, err := content.ReadAt(start[:], 0)
	if err != nil && err != io.EOF {
		return unknown
	}
	found := mimetype.Detect(start[:n])
	switch kind, _, _ := strings.Cut(found.String(), ";"); kind {
	case "text/plain", "text/xml", "application/json", "application/zip", "application/x-ole-storage", unknown:
		if byExtension != "" {
			return byExtension
		}
	}
	return found.String()
}

// downloadName is the file name that a download should get.
func downloadName(name string) string { return path.Base(name) }
