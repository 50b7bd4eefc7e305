package uploader

import (
	"bytes"
	"context"
	"crypto/md5"
	"hash"
	"io"
	"math"
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
	pause atomic.Int64 // longest time without movement so far, in nanoseconds
	held  atomic.Int32 // not 0: waits for the pace, not for the store
}

// begin starts the time of an attempt.
func (m *meter) begin() {
	m.pause.Store(0)
	m.moved.Store(time.Now().UnixNano())
}

func (m *meter) add(n int64) {
	now := time.Now().UnixNano()
	m.sent.Add(n)
	if pause := now - m.moved.Swap(now); pause > m.pause.Load() {
		m.pause.Store(pause)
	}
}

// body reads the bytes of one request once, at the pace that is allowed, counts
// them and sums them up. It holds no bytes itself.
type body struct {
	ctx     context.Context
	r       io.Reader
	pace    *pace
	meter   *meter
	total   *atomic.Int64 // of the transfer
	counted atomic.Int64  // into meter and total
	crc     uint64
	md5     hash.Hash // nil: not wanted
	err     error     // of reading the source, which HTTP would hide
}

func newBody(ctx context.Context, s shipment, p *pace) *body {
	b := &body{ctx: ctx, r: io.NewSectionReader(s.content, s.offset, s.size), pace: p, meter: s.meter, total: s.total}
	if s.wantMD5 {
		b.md5 = md5.New()
	}
	return b
}

func (b *body) Read(p []byte) (int, error) {
	if b.pace.limited() {
		p = p[:min(len(p), paceBite)]
		b.meter.held.Add(1)
		err := b.pace.wait(b.ctx, len(p))
		b.meter.held.Add(-1)
		b.meter.add(0)
		if err != nil {
			return 0, err
		}
	}
	n, err := b.r.Read(p)
	if n > 0 {
		b.crc = crc64nvme.Update(b.crc, p[:n])
		if b.md5 != nil {
			b.md5.Write(p[:n])
		}
		b.count(int64(n))
	}
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// gone is what counted is set to when the bytes no longer count: so low that
// it stays negative whatever is added.
const gone = math.MinInt64 / 2

func (b *body) count(n int64) {
	if b.counted.Add(n) < 0 {
		return
	}
	b.meter.add(n)
	b.total.Add(n)
}

// takeBack uncounts the bytes of the body, and those that HTTP may still read
// of it, and returns how many they were. It may be called once.
func (b *body) takeBack() int64 {
	n := b.counted.Swap(gone)
	b.meter.sent.Add(-n)
	b.total.Add(-n)
	return n
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
