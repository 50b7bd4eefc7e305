package app

import (
	"context"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"

	"chute/uploader"
)

// place is an argument and where it points to.
type place struct {
	arg  string
	path string // absolute; or a web address, so that what it is can be said
	zip  bool   // a folder that goes as one archive
}

const stdin = "-"

// places finds out what the arguments of send are. It opens nothing.
func places(args []string, f sendFlags) ([]place, error) {
	all := make([]place, len(args))
	streams := 0
	for i, arg := range args {
		p := place{arg: arg, path: arg}
		if arg == stdin {
			streams++
		} else {
			var err error
			if p.path, err = localPath(arg); err != nil {
				return nil, err
			}
		}
		folder := false
		if info, err := os.Stat(p.path); err == nil && arg != stdin {
			folder = info.IsDir()
		}
		p.zip = folder && f.zip
		if f.key != "" && (len(args) > 1 || folder && !f.zip) {
			return nil, wrongUse("send: --key names one object: it takes one file, - or, with --zip, one folder")
		}
		all[i] = p
	}
	if streams > 1 {
		return nil, wrongUse("send: standard input can be sent once only")
	}
	return all, nil
}

// found is a source and the argument it came from.
type found struct {
	uploader.Found
	arg  string // joined with the path inside a folder
	item int    // which argument
}

// walk lists the sources behind the arguments, in their order. What it began
// to read ends with ctx.
func (s *sending) walk(ctx context.Context, places []place) iter.Seq[found] {
	return func(yield func(found) bool) {
		for i, p := range places {
			if source := s.stream(ctx, p); source != nil {
				if !yield(found{uploader.Found{Source: source}, p.arg, i}) {
					return
				}
				continue
			}
			for f := range uploader.WalkNoting(p.path, s.left.note) {
				if !yield(found{f, p.argOf(f), i}) {
					return
				}
			}
		}
	}
}

// argOf is the argument, joined with the path of a file inside its folder.
func (p place) argOf(f uploader.Found) string {
	if f.Folder == "" {
		return p.arg
	}
	return filepath.Join(p.arg, filepath.FromSlash(inFolder(f)))
}

// stream returns the source of an argument that is not a file by itself: nil
// for one that is.
func (s *sending) stream(ctx context.Context, p place) uploader.Source {
	switch {
	case p.zip:
		return uploader.NewZip(p.path)
	case p.arg == stdin:
		name := "stdin"
		if s.flags.key != "" {
			name = path.Base(s.flags.key)
		}
		if file, ok := s.in.(*os.File); ok {
			if source, ok := uploader.NewHandle(name, file); ok {
				return source // that a shell has opened
			}
		}
		return uploader.NewPipe(name, produced(ctx, func(w io.Writer) error {
			_, err := io.Copy(w, s.in)
			return err
		}))
	}
	return nil
}

// produced is what write writes, as it is read. Reading ends with ctx, even
// where write hangs: a terminal or a pipe may never say anything.
func produced(ctx context.Context, write func(io.Writer) error) io.Reader {
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
	go func() { w.CloseWithError(write(w)) }()
	return r
}
