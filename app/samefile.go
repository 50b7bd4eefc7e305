package app

import (
	"io"
	"os"
	"strings"

	"chute/app/history"
	"chute/uploader"
	"chute/uploader/checksum"

	"github.com/minio/crc64nvme"
)

// This file tells whether a file is one that was sent before.

const (
	// wholeMark begins an Entry.Ends that is the checksum of the whole file.
	wholeMark = "crc64nvme:"
	// wholeMost is how large a file may be to be told apart by that: sending it
	// has given the checksum, so that nothing is read again to remember it.
	wholeMost = 16 << 20
)

// identify notes in the entry of a file that was sent what tells it apart.
func identify(e *history.Entry) {
	info, err := os.Stat(e.Path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != e.Size {
		return // moved meanwhile, or a folder
	}
	if e.Checksum != "" && e.Size <= wholeMost {
		e.Modified, e.Ends = info.ModTime(), wholeMark+e.Checksum
		return
	}
	if id, err := uploader.Identify(e.Path); err == nil && id.Size == e.Size {
		e.Modified, e.Ends = id.ModTime, id.Ends
	}
}

// same reports which of the entries, all of the file's size and time, are of
// the file at path.
func same(path string, entries []history.Entry) []history.Entry {
	var ends, whole string // as far as they are needed
	var all []history.Entry
	for _, e := range entries {
		known := &ends
		if strings.HasPrefix(e.Ends, wholeMark) {
			known = &whole
		}
		if *known == "" {
			if known == &whole {
				whole = wholeMark + sum(path)
			} else if id, err := uploader.Identify(path); err == nil {
				ends = id.Ends
			}
		}
		if e.Ends == *known {
			all = append(all, e)
		}
	}
	return all
}

// sum is the CRC64NVME of a file, as stores write it; empty where it cannot be
// read.
func sum(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	crc := crc64nvme.New()
	if _, err := io.Copy(crc, file); err != nil {
		return ""
	}
	return checksum.EncodeCRC64(crc.Sum64())
}
