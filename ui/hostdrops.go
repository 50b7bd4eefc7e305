package ui

import (
	"context"

	"chute/uploader"
)

// Drops is the part of [Host] that takes what was dropped, chosen or pasted.
type Drops interface {
	// Look says what was dropped, before any of it is sent. Destination is where
	// it would go.
	Look(ctx context.Context, paths []string, destination string) Drop
	// Add starts sending files and folders, given as paths or as what was
	// dropped: a web address among them becomes a failed transfer that says so.
	Add(paths []string, how Sending)
	// IsPage reports whether a transfer is the page that lists the files of its
	// drop.
	IsPage(id uploader.ID) bool
	// Paste gives what is on the clipboard as paths: files as they are, a
	// picture or a text as a new file. Text is what the window knows of it.
	Paste(ctx context.Context, text string) ([]string, error)
}

// Drop is what was dropped.
type Drop struct {
	Folders int
	Files   int // not those in the folders
	// Again are the files that were sent before and have not changed since.
	Again []SentAgain
}

// SentAgain is a file that was sent before.
type SentAgain struct {
	Path string
	Link SentLink
}

// Sending is how something is sent.
type Sending struct {
	To   string // destination
	Zip  bool   // each folder as one archive
	Page bool   // one link for all: to a page that lists them
}
