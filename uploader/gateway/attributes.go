package gateway

import (
	"os"

	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/backend/meta"
)

// attributes keeps metadata in extended attributes, of which ext4 takes 4 KiB
// a file. versitygw puts the ends of all parts into one, which is too much from
// some hundred parts on, and then cannot complete the upload.
type attributes struct{ meta.XattrMeta }

// partsAttribute is versitygw's name for that one.
const partsAttribute = "mp-metadata"

// StoreAttribute implements [meta.MetadataStorer]. An object whose parts find no
// room counts as one of one part: that is what a GET or HEAD of a part sees, and
// nobody else.
func (a attributes) StoreAttribute(f *os.File, bucket, object, name string, value []byte) error {
	err := a.XattrMeta.StoreAttribute(f, bucket, object, name, value)
	if err == nil || name != partsAttribute {
		return err
	}
	parts, unreadable := backend.UnmarshalMpUploadMetadata(value, false)
	if unreadable != nil || len(parts.Parts) < 2 {
		return err
	}
	parts.Parts = parts.Parts[len(parts.Parts)-1:] // each is where a part ends
	if value, unreadable = backend.MarshalMpUploadMetadata(parts, false); unreadable != nil {
		return err
	}
	return a.XattrMeta.StoreAttribute(f, bucket, object, name, value)
}
