package uploader

import (
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

// ID names a transfer within one engine. It is never used again.
type ID string

// GroupID names the files of one dropped folder; 0 is no group.
type GroupID int64

// State is where a transfer stands.
type State int

// The states. A transfer ends in Done, Failed or Cancelled; Retry leads out of
// Failed and Cancelled.
const (
	Queued    State = iota // waits for its turn
	Preparing              // reads the file's size, signs, opens the upload
	Sending                // bytes move, or are about to
	Retrying               // every request under way waits to be tried again
	Offline                // waits for the network
	Paused                 // by the user; what was sent is kept
	Finishing              // all bytes are there; completes and verifies
	Done
	Failed
	Cancelled
)

// Ended reports whether a transfer in this state does nothing more by itself.
func (s State) Ended() bool { return s == Done || s == Failed || s == Cancelled }

// Snapshot is a transfer at one moment. It is comparable: two equal snapshots
// draw the same.
type Snapshot struct {
	ID          ID
	Group       GroupID
	Batch       BatchID // what was added together
	Name        string  // file name, or path below the dropped folder
	Path        string  // where the user's file is; empty for a stream
	Destination string
	State       State

	Size int64 // bytes; -1: not known yet
	// Sent is the bytes of acknowledged parts and of those under way. Of a
	// failed transfer it is what need not be sent again.
	Sent  int64
	Again int64 // bytes that were sent in vain
	// Resumed is how many of Sent an earlier process had sent.
	Resumed int64
	// Speed is bytes a second over the last seconds; 0 while nothing moves.
	Speed float64
	// Left is the time to go; -1 while a guess would mean nothing.
	Left time.Duration

	Parts, PartsDone int
	PartSize         int64
	Active           int // requests under way
	Retries          int // attempts beyond the first, over all parts

	Bucket, Key string
	Ref         sign.Ref
	Link        sign.Link
	// NoLink says that the destination gives no links: the key is the result.
	NoLink   bool
	ETag     string
	Checksum string // CRC64NVME of the object, base64; empty where not known

	Added, Started, Ended time.Time
	// Err says why a transfer Failed, or what a Retrying or Offline one waits for.
	Err *fault.Error
}

// BatchID names what was added together: one drop, one command line.
type BatchID int64

// PartState is where a part stands.
type PartState uint8

// The states of a part.
const (
	PartWaiting PartState = iota
	PartSending
	PartRetrying
	PartDone
)

// Part is a part at one moment.
type Part struct {
	State PartState
	// Fill is how much of a sending part has been handed to the network, in
	// 255ths; 0 when waiting, 255 when done.
	Fill uint8
}

// PartDetail is what the details of a transfer list of a part.
type PartDetail struct {
	Number   int
	Offset   int64
	Size     int64
	State    PartState
	Sent     int64
	Attempts int
	// Speed is the mean of the last attempt in bytes a second; 0 while nothing moves.
	Speed float64
	Err   *fault.Error // of the last failed attempt
}
