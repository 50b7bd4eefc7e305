package uploader

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

// IgnoreFile is the name of the file by which a folder says what of it is not
// to be sent, in the syntax of .gitignore. It holds for the folder and all
// below; one further down comes before one further up. It is not sent itself.
const IgnoreFile = ".chuteignore"

// maxIgnoreFile bounds what is read of an IgnoreFile.
const maxIgnoreFile = 1 << 20

// litter is what file managers leave in folders, in lower case. An IgnoreFile
// can ask for it: !Thumbs.db.
var litter = []string{".ds_store", "thumbs.db", "desktop.ini"}

// ignoring is what holds in a folder.
type ignoring struct{ patterns []gitignore.Pattern }

// in adds the rules of the folder dir, which is at rel below the one that was
// dropped. A file that cannot be read is an error: what it would have held back
// must not be sent.
func (g ignoring) in(dir string, rel []string) (ignoring, error) {
	path := filepath.Join(dir, IgnoreFile)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return g, nil
	}
	if err != nil {
		return g, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxIgnoreFile+1))
	if err == nil && len(text) > maxIgnoreFile {
		err = fmt.Errorf("%s is larger than such a file can be", path)
	}
	if err != nil {
		return g, err
	}
	return ignoring{append(slices.Clip(g.patterns), patterns(text, rel)...)}, nil
}

// patterns reads the rules of an IgnoreFile.
func patterns(text []byte, rel []string) (list []gitignore.Pattern) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") {
			list = append(list, gitignore.ParsePattern(line, rel))
		}
	}
	return list
}

// leavesOut says whether what is at rel below the dropped folder is not sent.
func (g ignoring) leavesOut(rel []string, folder bool) bool {
	for _, p := range slices.Backward(g.patterns) {
		switch p.Match(rel, folder) {
		case gitignore.Exclude:
			return true
		case gitignore.Include:
			return false
		}
	}
	name := rel[len(rel)-1]
	return !folder && (name == IgnoreFile || slices.Contains(litter, strings.ToLower(name)))
}
