package uploader

import (
	"bytes"
	"crypto/md5"
	"hash"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
	"sync/atomic"
	"time"

	"chute/uploader/sign"

	"github.com/minio/crc64nvme"
)

// meter counts what moves, for progress and for the watchdog. It is shared by
// the goroutine that sends and those that look.
type meter struct {
	sent  atomic.Int64
	moved atomic.Int64 // time of the last movement, Unix nanoseconds
}

func (m *meter) add(n int) {
	m.sent.Add(int64(n))
	m.moved.Store(time.Now().UnixNano())
}

// body reads the bytes of one request once, counts them and sums them up. It
// holds no bytes itself.
type body struct {
	r     io.Reader
	meter *meter
	total *atomic.Int64 // of the transfer
	crc   uint64
	md5   hash.Hash // nil: not wanted
	err   error     // of reading the source, which HTTP would hide
}

func newBody(r io.ReaderAt, offset, size int64, m *meter, total *atomic.Int64, wantMD5 bool) *body {
	b := &body{r: io.NewSectionReader(r, offset, size), meter: m, total: total}
	if wantMD5 {
		b.md5 = md5.New()
	}
	return b
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if n > 0 {
		b.crc = crc64nvme.Update(b.crc, p[:n])
		if b.md5 != nil {
			b.md5.Write(p[:n])
		}
		b.meter.add(n)
		b.total.Add(int64(n))
	}
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// formEnds makes what goes before and after the bytes in a form upload, and
// the content type that names the boundary. S3 ignores every field after the
// file, so the file comes last.
func formEnds(fields []sign.Field, name, contentType string) (before, after []byte, header string) {
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	for _, f := range fields {
		form.WriteField(f.Name, f.Value) // a bytes.Buffer does not fail
	}
	part := make(textproto.MIMEHeader)
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "%0D", "\n", "%0A")
	part.Set("Content-Disposition", `form-data; name="file"; filename="`+quote.Replace(name)+`"`)
	part.Set("Content-Type", contentType)
	form.CreatePart(part)
	before = bytes.Clone(buf.Bytes())
	buf.Reset()
	form.Close()
	return before, bytes.Clone(buf.Bytes()), form.FormDataContentType()
}
