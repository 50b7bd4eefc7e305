// Package sign is the seam between the engine, which moves bytes, and whatever
// issues the signed requests that it moves them with: this process, holding
// keys (package sign/s3), or a presign backend asked over HTTP (package
// sign/backend).
//
// A [Signer] stands for one destination. It begins uploads; an [Upload] issues
// the requests of one object and does the control calls around them. Whoever
// executes a [Request] never sees a credential.
//
// Errors of every method are *fault.Error values, or wrap one, except for
// [ErrUnsupported] and the error of a context that ended.
package sign

import (
	"context"
	"errors"
	"hash"
	"net/http"
	"time"
)

// ErrUnsupported says that a destination has no such operation: a backend
// without a list of parts, say. It is an answer, not a failure.
var ErrUnsupported = errors.New("not supported by the destination")

// Signer issues uploads to one destination. Its methods may be called from
// several goroutines at once.
type Signer interface {
	// Limits says what the destination takes. It does no I/O and does not
	// change over the life of the Signer.
	Limits() Limits
	// Begin starts the upload of one object: it fixes the key and, for a
	// multipart object, opens the multipart upload at the store.
	Begin(ctx context.Context, o Object) (Upload, error)
	// Resume takes up an upload, or a finished object, that Begin had started,
	// in this process or an earlier one. It does not check that it exists.
	Resume(ctx context.Context, r Ref) (Upload, error)
}

// Finder is a Signer that can ask its store for uploads that nobody finished.
type Finder interface {
	// Unfinished lists the multipart uploads of exactly this key that were
	// opened at since or later, by the store's clock.
	Unfinished(ctx context.Context, key string, since time.Time) ([]Ref, error)
}

// Upload issues the requests of one object. Its methods may be called from
// several goroutines at once.
type Upload interface {
	// Ref names the upload so that Signer.Resume finds it again. It holds no
	// secret and may be stored.
	Ref() Ref
	// Single issues the one request that carries a whole object.
	Single(ctx context.Context) (Request, error)
	// Part issues the request that carries part number, which starts at 1.
	Part(ctx context.Context, number int, p PartInfo) (Request, error)
	// Uploaded lists the parts that the store has, by number, or returns
	// ErrUnsupported.
	Uploaded(ctx context.Context) ([]Part, error)
	// Complete makes the object out of its parts, given by number. For an
	// object sent by Single it gets the one part and tells the destination
	// what there is to tell, often nothing. It is not idempotent.
	Complete(ctx context.Context, parts []Part) (Result, error)
	// Stat looks at the object in the store, or returns ErrUnsupported.
	// An object that is not there is a fault with variant fault.NotFound.
	Stat(ctx context.Context) (Result, error)
	// Abort gives up an unfinished multipart upload and frees its parts.
	// What is already gone is no error.
	Abort(ctx context.Context) error
	// Delete removes the finished object. What is already gone is no error.
	Delete(ctx context.Context) error
	// Link makes a link to the finished object that works for ttl, or for as
	// long as the destination allows where that is less: Link.Expires is the
	// truth. Where the destination gives none, the error is ErrUnsupported and
	// the key is what there is to share.
	Link(ctx context.Context, ttl time.Duration) (Link, error)
}

// Limits says what a destination takes and can do. Sizes are in bytes; a zero
// size or count means that there is no such limit beyond S3's own.
type Limits struct {
	MinPart   int64 // every part but the last has at least this size
	MaxPart   int64
	MaxParts  int
	MaxSingle int64 // largest object in one request
	MaxObject int64
	PartSize  int64 // part size that the user or the backend fixed; 0: planned

	EqualParts bool // all parts but the last must have the same size
	NoSingle   bool // only multipart uploads
	NoMulti    bool // only single requests
	// SizeFirst says that Begin needs to know the size: no streams.
	SizeFirst bool

	CanList   bool // Uploaded works
	CanAbort  bool
	CanDelete bool
	CanStat   bool
	CanLink   bool

	// ETags says what a part's ETag is at this store.
	ETags ETags
	// Batch is how many part requests it is cheap to ask for at once; 0 or 1: one.
	Batch int
}

// ETags says what the store's ETag of a single PUT or of a part is.
type ETags int

const (
	// ETagMD5 is the MD5 of the bytes, in hex: the usual case.
	ETagMD5 ETags = iota
	// ETagOpaque proves nothing.
	ETagOpaque
)

// Object is what to upload.
type Object struct {
	Name        string // file name that a download should keep
	Key         string // wanted key; a backend may choose another
	Size        int64  // bytes; -1: not known yet
	ContentType string // MIME type; never empty
	// Inline wants the link to show the object in a browser, whatever its type.
	Inline   bool
	Parts    int   // planned parts; 0: one request; -1: multipart of unknown length
	PartSize int64 // planned size of all parts but the last
	// Digest hashes the whole source into h, for the few backends that want a
	// digest before the first byte. It reads the source once per call.
	Digest func(ctx context.Context, h hash.Hash) error
}

// Ref names an upload or an object for as long as its destination exists. It
// is comparable, holds no secret, and is stored in the journal and in history.
type Ref struct {
	Name        string // file name that a download should keep
	Bucket      string // empty where a backend does not tell
	Key         string
	UploadID    string // of a multipart upload; empty for a single request
	ContentType string
	Size        int64
	// PartSize is set where the destination, not the engine, fixed the plan.
	PartSize int64
	Inline   bool // as of Object
	// Extra is what else a dialect must remember, as JSON. Not secret.
	Extra string
}

// PartInfo describes the bytes of a part.
type PartInfo struct {
	Size int64
}

// Part is a part, or a whole single request, that the store acknowledged.
type Part struct {
	Number int
	Size   int64  // -1: not said
	ETag   string // as received, quotes included
	// CRC64NVME is the store's own checksum of the part, base64 as on the
	// wire; empty where the store gave none.
	CRC64NVME string
}

// Result is what the store says about a finished object. Empty fields were
// not said; Size is -1 where unknown.
type Result struct {
	Size      int64
	ETag      string
	CRC64NVME string // of the full object, base64 as on the wire
}

// Link is what the user shares.
type Link struct {
	URL     string
	Expires time.Time // zero: works until somebody takes the object away
}

// Request is an HTTP request that carries bytes and needs no further
// credential. It is itself a secret until it expires: never log its URL.
type Request struct {
	Method string
	URL    string
	// Header is exactly what must be sent besides what HTTP itself needs.
	Header http.Header
	// Fields makes the request a multipart/form-data POST: these fields in
	// this order, then the bytes as the field "file".
	Fields []Field
	// Expires is when the store stops taking the request; zero: not known.
	Expires time.Time
	// Facts are for the words of a refusal: Bucket, Key (the end of the access
	// key id), Action. They are not secret.
	Facts map[string]string
}

// Field is one field of a form.
type Field struct{ Name, Value string }
