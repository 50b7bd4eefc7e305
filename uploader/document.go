package uploader

import "bytes"

// A Document is a page that this program made, as a Source: it is held in
// memory, for what is in it is not to be on disk, and its link shows it in the
// browser instead of saving it. So it must not hold what a stranger could make
// a browser run.
type Document struct {
	name    string
	content []byte
}

// NewDocument makes a Source of a text; the extension of name says what it is.
func NewDocument(name string, content []byte) Document { return Document{name, content} }

// Name implements Source.
func (d Document) Name() string { return d.name }

// Path implements Source: it is nowhere.
func (d Document) Path() string { return "" }

// Size implements Source.
func (d Document) Size() int64 { return int64(len(d.content)) }

// Open implements Source.
func (d Document) Open() (Content, error) { return documentContent{bytes.NewReader(d.content)}, nil }

type documentContent struct{ *bytes.Reader }

func (c documentContent) Identity() Identity { return Identity{Size: c.Size()} }
func (documentContent) Unchanged() error     { return nil }
func (documentContent) Close() error         { return nil }
