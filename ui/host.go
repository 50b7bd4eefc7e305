// Package ui is the window: it draws the state it is given and emits what the
// user wants. It does no I/O of its own; everything goes through a [Host].
package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"chute/uploader"
	"chute/uploader/sign"
)

// Host is the program behind the window. Methods without a context return at
// once and may be called on the UI goroutine; those with one may take long and
// are called from other goroutines.
type Host interface {
	Drops
	Pause(ids ...uploader.ID)
	Resume(ids ...uploader.ID)
	Cancel(ids ...uploader.ID)
	Retry(ids ...uploader.ID)
	// Remove takes ended transfers out of the list.
	Remove(ids ...uploader.ID)

	// Changes appends the transfers that changed since the last call to dst,
	// new ones in the order in which they were added. Removed ones are not
	// reported: whoever removes knows.
	Changes(dst []uploader.Snapshot) []uploader.Snapshot
	// Parts appends the parts of a transfer to dst; none for an unknown one.
	Parts(dst []uploader.Part, id uploader.ID) []uploader.Part
	// PartDetails appends what is known of a transfer's parts from number first
	// to last to dst, as far as there are any.
	PartDetails(dst []uploader.PartDetail, id uploader.ID, first, last int) []uploader.PartDetail
	// NewLink makes another link to what was sent, which works as long as new
	// links do, and gives it to the transfer in the place of its old one.
	NewLink(ctx context.Context, id uploader.ID) (sign.Link, error)
	// Group says what is known of a dropped folder.
	Group(id uploader.GroupID) Group
	// Adding reports whether more transfers of a batch may still come, because
	// its folders are being read. A batch ends when its last transfer has ended
	// and nothing is being added to it.
	Adding(b uploader.BatchID) bool

	// Destinations lists them in order, with the current one's name.
	Destinations() (all []Destination, current string)
	// Use makes a destination the current one, for the next drops and starts.
	Use(name string)
	// LinkLife is how long new links last; 0: as the destination says.
	LinkLife() time.Duration
	SetLinkLife(d time.Duration)
	// UsualLife is how long links of the current destination last where nothing
	// else was chosen; 0: for ever, or nobody knows before one is made.
	UsualLife() time.Duration

	// Providers lists the presets for S3 destinations.
	Providers() []Provider
	// Dialects lists the kinds of presign backends that Chute speaks to.
	Dialects() []Dialect
	// Detect asks the service at the destination's URL, without changing
	// anything there, which of them it is: the likeliest first, none where
	// nothing answered as one. No secret is sent.
	Detect(ctx context.Context, d Destination) ([]Detected, error)
	// Check reports what is wrong with a destination as entered, in plain
	// words; nothing when all is well. The fields are named as in
	// destinations.toml: "name", "bucket", "endpoint", "url", "link_expiry", …
	// It knows nothing of other destinations with the same name: Save does.
	Check(d Destination) map[string]string
	// Save adds a destination, or replaces the one named old. Empty secrets
	// leave stored ones alone. The notice tells what the user must know, such
	// as keys being kept only for this session.
	Save(ctx context.Context, old string, d Destination, s Secrets) (notice string, err error)
	// Delete removes a destination and its secrets; sent files stay.
	Delete(ctx context.Context, name string) error
	// Test puts, reads by link and deletes a small object, and reports each
	// step as it ends. Secrets that are empty are taken from the keyring.
	Test(ctx context.Context, d Destination, s Secrets, report func(TestStep))

	// Policy is the least that the keys of a destination must be allowed, ready
	// to paste; empty where it has no such keys.
	Policy(destination string) string

	DestinationFiles
	Desktop
	Setup
	SentLinks
	LeftBehind

	// Settings and SetSettings are the program's preferences. Values that
	// CheckLimit refuses change nothing.
	Settings() Settings
	SetSettings(s Settings)
	// CheckLimit says whether a limit makes sense as entered, and its hours.
	CheckLimit(s Settings) (limit, hours bool)

	// InTray reports whether the desktop shows the program's icon in a tray now.
	InTray() bool
	// Tray sets the menu behind that icon. It is called where there is no tray,
	// too.
	Tray(menu *fyne.Menu)
	// Notify shows a notification of the desktop, which everybody near the
	// screen may read.
	Notify(title, text string)

	// Open shows a link in the browser.
	Open(url string)
	// Explain puts a failure in words, translated.
	Explain(err error) (message, hint string)
	// Details is what the user may paste into a report: no secrets.
	Details(id uploader.ID) string
}

// Group is a dropped folder.
type Group struct {
	Name     string
	Files    int  // found so far
	Scanning bool // more may come
}

// Destination is a destination as the user edits it; the fields are those of
// destinations.toml.
type Destination struct {
	Name, Type                           string // type: "s3", "backend" or "local"
	Endpoint, Region, Bucket, Provider   string
	PathStyle                            bool
	Credentials, AWSProfile              string
	URL, Dialect, Auth                   string
	Headers, Vars                        map[string]string
	AllowHTTP                            bool
	Key, LinkExpiry, PublicURL, PartSize string
	CAFile                               string
}

// Secrets are what goes to the keyring and nowhere else.
type Secrets struct {
	AccessKey, SecretKey, SessionToken string // type s3
	Backend                            string // type backend
}

// Provider is a preset for an S3 service.
type Provider struct {
	ID, Title string
	// Endpoint may hold {region} and {account}, which the form asks for.
	Endpoint string
	Regions  []string // known ones; the field takes others too
	// NeedsEndpoint says that the user must give the address.
	NeedsEndpoint bool
}

// Dialect is a kind of presign backend.
type Dialect struct {
	Name, Title string
	Own         bool     // from a file of the user's
	NeedsBucket bool     // the destination's bucket is part of its requests
	Vars        []string // values of its own that the destination may give
	Needs       []string // those of Vars that it must give
}

// Detected is what Detect found a service to be.
type Detected struct {
	Dialect, URL string // the address may be more exact than the one given
	NeedsSecret  bool
}

// TestStep is one step of testing a destination.
type TestStep struct {
	Name    string // "upload", "link", "delete"
	OK      bool
	Message string // what is wrong, in a sentence
	Hint    string // what to do about it
	Policy  string // the policy that would allow it, ready to paste; often empty
}

// Settings are the preferences shown in the window.
type Settings struct {
	CopyLinks bool // put links on the clipboard when a drop is done
	OnePage   bool // several files at once have one link, to a page that lists them
	// Folders is how folders go: "ask", "files" for a link each, "page" for one
	// link to a page that lists their files, or "zip".
	Folders   string
	KeepAwake bool // keep the computer awake while files are sent
	// CloseToTray leaves the program running when its window is closed, where
	// there is a tray.
	CloseToTray bool
	Resume      bool   // go on with unfinished uploads at the start
	Theme       string // "system", "light" or "dark"
	Speed       string // "gentle", "normal" or "full"
	// Limit bounds all uploads together, such as "2.5 MB/s"; empty: no limit.
	// It holds from LimitFrom until LimitUntil, such as "07:00" and "19:00";
	// both empty: all day.
	Limit, LimitFrom, LimitUntil string
}
