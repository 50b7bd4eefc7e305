package app

import (
	"context"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"

	"chute/app/config"
	"chute/app/journal"
	"chute/uploader"
)

// place is an argument and where it points to.
type place struct {
	arg    string
	path   string // absolute; or a web address, so that what it is can be said
	folder bool
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
		if info, err := os.Stat(p.path); err == nil && arg != stdin {
			p.folder = info.IsDir()
		}
		if f.key != "" && (len(args) > 1 || p.folder && !f.zip) {
			return nil, wrongUse("send: --key names one object: it takes one file, - or, with --zip, one folder")
		}
		all[i] = p
	}
	if streams > 1 {
		return nil, wrongUse("send: standard input can be sent once only")
	}
	return all, nil
}

// asked is the drop that a command line makes: what it names but standard input,
// which cannot be read again. kept says that it has to be in the journal: of a
// single transfer that has all there is to know.
func asked(places []place, f sendFlags) (d journal.Drop, kept bool) {
	var paths []string
	folders := false
	for _, p := range places {
		if p.arg != stdin {
			paths = append(paths, p.path)
			folders = folders || p.folder && !f.zip
		}
	}
	d = newDrop(paths)
	d.Zip, d.Life = f.zip, f.expires.value
	return d, len(paths) > 1 || folders
}

// found is a file of a command line.
type found struct {
	file
	arg  string // the argument, joined with the path inside a folder
	vars config.KeyVars
}

// walk lists the sources behind the arguments, in their order. What it began
// to read ends with ctx.
func (s *sending) walk(ctx context.Context, b *batch, places []place) iter.Seq[found] {
	return func(yield func(found) bool) {
		items := b.Items
		for _, p := range places {
			if p.arg == stdin {
				f := file{Found: uploader.Found{Source: s.stream(ctx)}}
				if !yield(found{f, p.arg, config.NewKeyVars(b.Begun)}) {
					return
				}
				continue
			}
			vars := b.vars(items[0])
			items = items[1:]
			for f := range b.wanted(sources(p.path, b.Zip, s.left.note)) {
				if !yield(found{f, p.argOf(f.Found), vars}) {
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

// stream returns the source that is standard input.
func (s *sending) stream(ctx context.Context) uploader.Source {
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

// produced is what write writes, as it is read. Reading ends with ctx, even
// where write hangs: a terminal or a pipe may never say anything.
func produced(ctx context.Context, write func(io.Writer) error) io.Reader {
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
	go func() { w.CloseWithError(write(w)) }()
	return r
}
