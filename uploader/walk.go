package uploader

import (
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"

	"chute/uploader/fault"

	"github.com/maruel/natural"
)

// Found is what Walk comes upon.
type Found struct {
	Source Source
	// Folder is the name of the dropped folder that the source is in; empty
	// for a file that was named itself.
	Folder string
}

// Walk lists the files behind a path: the file itself, or all files of a
// folder and of its subfolders, in natural order (img2 before img10). What
// cannot be sent is listed too, as a source that says why. Links to files are
// followed; links to folders only where they are named themselves, so that a
// walk ends. Memory is bound by the largest single folder.
//
// What an [IgnoreFile] in a folder says, and the litter of file managers, is
// left out.
func Walk(name string) iter.Seq[Found] { return WalkNoting(name, func(string) {}) }

// WalkNoting is Walk, and tells what is left out: a file, or a folder with all
// that is in it, by its path below the folder's name, with slashes.
func WalkNoting(name string, leftOut func(path string)) iter.Seq[Found] {
	return func(yield func(Found) bool) {
		base := filepath.Base(name)
		refuse := func(err *fault.Error) { yield(Found{Source: Refused{base, name, err}}) }
		if isWebAddress(name) {
			refuse(fault.New(fault.Unreadable, fault.NotLocal, fault.Facts{"Path": name}, nil))
			return
		}
		info, err := os.Stat(name)
		switch {
		case err != nil:
			refuse(fault.FromFile(err, name))
		case info.Mode().IsRegular():
			yield(Found{Source: NewFile(base, name, info.Size())})
		case !info.IsDir():
			refuse(notAFile(name, info.Mode()))
		default:
			w := walker{folder: base, yield: yield, leftOut: leftOut}
			if w.walk(name, base, nil, ignoring{}) && !w.any {
				refuse(fault.New(fault.Unreadable, fault.EmptyFolder, fault.Facts{"Path": name}, nil))
			}
		}
	}
}

type walker struct {
	folder string
	yield  func(Found) bool
	// leftOut is told what is not sent.
	leftOut func(string)
	any     bool
}

// walk lists dir, called rel in names and below the dropped folder, with what
// is ignored there, and reports whether to go on.
func (w *walker) walk(dir, rel string, below []string, rules ignoring) bool {
	rules, err := rules.in(dir, below)
	if err != nil {
		return w.found(Refused{rel, dir, fault.FromFile(err, filepath.Join(dir, IgnoreFile))})
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !w.found(Refused{rel, dir, fault.FromFile(err, dir)}) {
		return false
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return natural.Compare(a.Name(), b.Name()) })
	for _, e := range entries {
		p, r, here := filepath.Join(dir, e.Name()), path.Join(rel, e.Name()), append(below[:len(below):len(below)], e.Name())
		if rules.leavesOut(here, e.IsDir()) {
			if e.Name() != IgnoreFile {
				w.leftOut(path.Join(here...))
			}
			continue
		}
		if e.IsDir() {
			if !w.walk(p, r, here, rules) {
				return false
			}
			continue
		}
		if !w.found(entrySource(p, r)) {
			return false
		}
	}
	return true
}

func entrySource(p, r string) Source {
	info, err := os.Stat(p)
	switch {
	case err != nil:
		return Refused{r, p, fault.FromFile(err, p)}
	case info.IsDir():
		return Refused{r, p, notAFile(p, fs.ModeSymlink)}
	case !info.Mode().IsRegular():
		return Refused{r, p, notAFile(p, info.Mode())}
	}
	return NewFile(r, p, info.Size())
}

func (w *walker) found(s Source) bool {
	w.any = true
	return w.yield(Found{Source: s, Folder: w.folder})
}
