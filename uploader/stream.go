package uploader

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"chute/uploader/fault"
	"chute/uploader/sign"

	"golang.org/x/sync/errgroup"
)

// streamAhead is how many parts of a stream lie on disk at a time.
const streamAhead = 4

// sendStream sends a source that can be read only once. Each part is put into
// a temporary file first, so that it can be sent again.
func (t *transfer) sendStream(ctx context.Context, signer sign.Signer, s Stream) error {
	limits := signer.Limits()
	t.mu.Lock()
	if t.begun || t.landed || t.streamed {
		t.mu.Unlock()
		return fault.New(fault.Unsupported, fault.NoStream, nil, fmt.Errorf("a stream can be sent once only"))
	}
	t.streamed = true
	t.limits = limits
	t.mu.Unlock()

	r := readerFunc(ctx, s.Reader())
	first, err := t.spool(r, max(singleMax, streamPartSize(1, limits)))
	if err != nil {
		return err
	}
	head := make([]byte, sniffLen)
	n, _ := first.ReadAt(head, 0)
	contentType := sniff(bytes.NewReader(head[:n]), s.Name())

	if first.whole {
		return t.sendWhole(ctx, signer, first, contentType)
	}
	defer first.Close()
	if limits.NoMulti || limits.SizeFirst {
		return fault.New(fault.Unsupported, fault.NoStream, nil, nil)
	}
	if err := t.begin(ctx, signer, Plan{Size: -1, PartSize: streamPartSize(1, limits), Parts: -1}, contentType); err != nil {
		return err
	}
	t.enter(Sending)
	if err := t.sendStreamParts(ctx, io.MultiReader(io.NewSectionReader(first, 0, first.size), r)); err != nil {
		return err
	}
	return t.finish(ctx)
}

// sendWhole sends a stream that turned out to be short, like a file.
func (t *transfer) sendWhole(ctx context.Context, signer sign.Signer, all *spooled, contentType string) error {
	t.content = all
	defer func() {
		t.content = nil
		all.Close()
	}()
	t.mu.Lock()
	t.size = all.size
	t.mu.Unlock()
	plan, err := NewPlan(all.size, t.limits)
	if err != nil {
		return err
	}
	if err := t.begin(ctx, signer, plan, contentType); err != nil {
		return err
	}
	t.enter(Sending)
	if err := t.sendParts(ctx); err != nil {
		return err
	}
	return t.finish(ctx)
}

func (t *transfer) sendStreamParts(ctx context.Context, r io.Reader) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(streamAhead)
	var total int64
	for number := 1; ctx.Err() == nil; number++ {
		if number > withS3Limits(t.limits).MaxParts {
			work.Go(func() error { return tooLarge(total, total) })
			break
		}
		file, err := t.spool(r, streamPartSize(number, t.limits))
		if err != nil {
			work.Go(func() error { return err })
			break
		}
		if file.size == 0 && number > 1 {
			file.Close()
			break
		}
		total += file.size
		p := &part{ack: sign.Part{Size: file.size}}
		t.mu.Lock()
		t.parts = append(t.parts, p)
		t.mu.Unlock()
		work.Go(func() error {
			defer file.Close()
			return t.sendPart(ctx, number, p, shipment{content: file, size: file.size}, false)
		})
		if file.whole {
			break
		}
	}
	if err := work.Wait(); err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil && len(t.parts) == 0 {
		return err
	}
	t.mu.Lock()
	t.plan.Size, t.plan.Parts, t.size = total, len(t.parts), total
	t.mu.Unlock()
	return nil
}

// spooled is a piece of a stream in a file that has no name.
type spooled struct {
	*readFile
	name  string
	size  int64
	whole bool // the stream ended with it
}

// spool reads up to size bytes of r into a file.
func (t *transfer) spool(r io.Reader, size int64) (*spooled, error) {
	file, err := os.CreateTemp(t.e.options.TempDir, "chute-part-*")
	if err != nil {
		return nil, fault.FromFile(err, t.e.options.TempDir)
	}
	s := &spooled{readFile: &readFile{File: file}, name: file.Name()}
	// Where the system lets an open file be removed, a crash leaves nothing.
	if os.Remove(s.name) == nil {
		s.name = ""
	}
	source := &readError{r: r}
	s.size, err = io.Copy(file, io.LimitReader(source, size))
	switch {
	case source.err != nil:
		s.Close()
		return nil, fault.FromFile(source.err, t.source.Name())
	case err != nil:
		s.Close()
		return nil, fault.New(fault.Unreadable, fault.NoDisk, nil, err)
	}
	s.whole = s.size < size
	return s, nil
}

// Close frees the disk.
func (s *spooled) Close() error {
	err := s.readFile.Close()
	if s.name != "" {
		return os.Remove(s.name)
	}
	return err
}

func (s *spooled) Identity() Identity { return Identity{Size: s.size} }

func (s *spooled) Unchanged() error { return nil }

// readError keeps the error of reading apart from that of writing.
type readError struct {
	r   io.Reader
	err error
}

func (r *readError) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// readerFunc makes reading end with ctx. A read that blocks for ever is not
// cut: nothing can, for a pipe.
func readerFunc(ctx context.Context, r io.Reader) io.Reader {
	return readFunc(func(p []byte) (int, error) {
		if err := context.Cause(ctx); err != nil {
			return 0, err
		}
		return r.Read(p)
	})
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }
