package fault

import (
	"fmt"
	"iter"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
)

// Variant picks words within a code.
type Variant string

// The variants. Each is used with one code, named at its start.
const (
	DeniedUpload    Variant = "denied.upload"    // Action, Bucket
	DeniedLink      Variant = "denied.link"      // Bucket
	DeniedBackend   Variant = "denied.backend"   // Host
	NoSecret        Variant = "denied.none"      // Destination
	SignatureKey    Variant = "signature.key"    // Key: the last characters of an access key id
	SignatureSecret Variant = "signature.secret" // Key
	SignatureToken  Variant = "signature.token"
	NoKey           Variant = "signature.none"    // Destination
	KeysOver        Variant = "expired.keys"      // temporary credentials ran out
	NotFound        Variant = "changed.not-found" // Key: the object is not in the store
	Vanished        Variant = "unreadable.gone"   // Path
	NotAllowed      Variant = "unreadable.denied" // Path
	NotAFile        Variant = "unreadable.kind"   // Path, Kind
	NotLocal        Variant = "unreadable.web"    // Path: a web address, not a file
	EmptyFolder     Variant = "unreadable.empty"  // Path
	SelfSigned      Variant = "tls.unknown-ca"    // Host
	WrongName       Variant = "tls.name"          // Host
	PlainHTTP       Variant = "tls.plain"         // Host
	NoSuchHost      Variant = "offline.dns"       // Host
	NotAnswering    Variant = "offline.refused"   // Host
	SignIn          Variant = "offline.sign-in"   // Host
	StoreError      Variant = "internal.store"    // Host
	StoreFull       Variant = "internal.full"
	PartLimit       Variant = "too-large.parts" // Size, Limit: InBytes
	KeyTooLong      Variant = "unsupported.key"
	NoStream        Variant = "unsupported.stream"
	NoDisplay       Variant = "unsupported.display"
	NoOperation     Variant = "unsupported.store" // Host
	KeyringMissing  Variant = "keyring.none"
	KeyringNeeded   Variant = "keyring.needed" // a command that must keep a secret
	KeyringLocked   Variant = "keyring.locked"
	KeyringSlow     Variant = "keyring.slow"
	BackendAnswer   Variant = "backend.answer"     // Host
	BackendRefused  Variant = "backend.refused"    // Host, Reason
	RefusedSize     Variant = "too-large.backend"  // Host, Reason
	RefusedType     Variant = "wrong-type.backend" // Host, Reason
	TypeNotTaken    Variant = "wrong-type.policy"  // Type
	TooSmall        Variant = "unsupported.small"  // Size, Limit: InBytes
	BackendURL      Variant = "backend.url"        // Host
	ObjectDiffers   Variant = "checksum.object"
	StoreForgot     Variant = "changed.upload-gone"
	UnknownID       Variant = "config.id"     // ID
	UnknownUpload   Variant = "config.upload" // ID
	NewerState      Variant = "config.newer"  // Path
	Locked          Variant = "config.locked" // Setting
	NoDisk          Variant = "unreadable.disk"
	ClockSlow       Variant = "clock-skew.slow" // Skew, Host
	ClockFast       Variant = "clock-skew.fast" // Skew, Host
	LinkOver        Variant = "expired.link"
	NoFileManager   Variant = "unsupported.file-manager"
	NoPage          Variant = "unsupported.page"
	PageTooLarge    Variant = "unsupported.page-size" // Limit
	BadFile         Variant = "config.file"           // File
	RecordDamaged   Variant = "config.record"         // File: where it is now
	OwnDialect      Variant = "config.dialect"        // Name
	OwnDestination  Variant = "config.destination"    // Name
	NoDestination   Variant = "config.gone"           // Name, Default
	NotTrusted      Variant = "config.trust"          // Path
	KeyringForLinks Variant = "keyring.links"
)

type words struct {
	message, hint string
	command       string // that does what the hint says; empty: there is none
}

// All words for failures stand here, so that one reader can judge them
// together. {{.Name}} stands for a fact; translations use the English as key.
var byVariant = map[Variant]words{
	DeniedUpload:    {"The store does not let this key upload to {{.Bucket}}.", "Ask whoever runs the bucket to allow {{.Action}}, or use another key. The README lists the least policy.", ""},
	DeniedLink:      {"The file is there, but this key may not make links to it.", "Ask for s3:GetObject on {{.Bucket}}, or set public_url if the bucket is public.", ""},
	DeniedBackend:   {"{{.Host}} wants you to sign in.", "Enter the secret for this destination again.", "chute destination login {{.Destination}}"},
	NoSecret:        {"There is no secret for {{.Destination}} yet.", "Enter it.", "chute destination login {{.Destination}}"},
	SignatureKey:    {"The store does not know the access key ending in {{.Key}}.", "It may have been replaced or switched off. Enter a current one.", "chute destination login {{.Destination}}"},
	SignatureSecret: {"The secret does not belong to the access key ending in {{.Key}}.", "Enter key and secret again.", "chute destination login {{.Destination}}"},
	SignatureToken:  {"The store does not accept the session token.", "Get new temporary credentials and enter them.", "chute destination login {{.Destination}}"},
	NoKey:           {"There is no access key for {{.Destination}} yet.", "Enter one.", "chute destination login {{.Destination}}"},
	KeysOver:        {"The temporary credentials have run out.", "Sign in again, or enter new ones.", "chute destination login {{.Destination}}"},
	NotFound:        {"The file is no longer in the store.", "Somebody removed it. Send it again to share it.", ""},
	Vanished:        {"The file is not there any more.", "It was moved or deleted. Drop it again from where it is now.", ""},
	NotAllowed:      {"You may not read this file.", "Change its permissions or copy it somewhere you can read, then try again.", ""},
	NotAFile:        {"This is a {{.Kind}}, not a file.", "Only files and folders can be sent.", ""},
	NotLocal:        {"This is a web address, not a file.", "Save it to this computer first, then drop the file.", ""},
	EmptyFolder:     {"The folder is empty.", "There is nothing to send in it.", ""},
	NoDisk:          {"There is no room for temporary data on this computer.", "Free some space, then try again.", ""},
	SelfSigned:      {"The certificate of {{.Host}} is not known to this computer.", "If the server is your own, set ca_file to the certificate of its authority. Otherwise somebody may be listening in: ask your administrator.", ""},
	WrongName:       {"The certificate of {{.Host}} is for another name or out of date.", "Check the address, and this computer's date. Otherwise ask whoever runs the server.", ""},
	PlainHTTP:       {"{{.Host}} does not speak TLS on this port.", "Check whether the address starts with http:// or https://.", ""},
	NoSuchHost:      {"{{.Host}} cannot be found.", "Check the network, and the address of the destination.", ""},
	NotAnswering:    {"{{.Host}} does not answer.", "Check the network, and the address of the destination. Then try again.", ""},
	SignIn:          {"A web page answers in place of {{.Host}}.", "If this network wants you to sign in, do that in a browser. Otherwise check the address of the destination.", ""},
	StoreError:      {"The store had an error of its own.", "It is not your file. Try again in a while.", ""},
	StoreFull:       {"The store is full.", "Free some space there, or ask whoever runs it.", ""},
	PartLimit:       {"The file ({{.Size}}) is larger than this destination takes ({{.Limit}}).", "Split it, or use another destination.", ""},
	KeyTooLong:      {"The name is too long for the store.", "Give the file a shorter name, or use a shorter key template.", ""},
	NoStream:        {"This destination needs to know the size first.", "Save the data to a file, then send the file.", ""},
	NoDisplay:       {"There is no display to open a window on.", "Send from the command line.", "chute send FILE"},
	NoOperation:     {"{{.Host}} does not know this operation.", "Set the provider of this destination, so that Chute leaves out what its store does not have.", ""},
	KeyringMissing:  {"This computer has no keyring that Chute can use.", "Keys are kept until you quit. Install a Secret Service such as GNOME Keyring or KWallet to keep them.", ""},
	KeyringNeeded:   {"This computer has no keyring, so the secret was not kept.", "Install a Secret Service such as GNOME Keyring or KWallet. Without one, set credentials = \"aws\" and use the shared AWS configuration.", ""},
	KeyringLocked:   {"The keyring is locked.", "Unlock it, then try again.", ""},
	KeyringSlow:     {"The keyring does not answer.", "Look for a window that asks for its password, then try again.", ""},
	BackendAnswer:   {"{{.Host}} gave an answer that Chute does not understand.", "Check the address and the kind of the destination, or ask whoever runs the service.", ""},
	BackendRefused:  {"{{.Host}} refused: {{.Reason}}", "Ask whoever runs the service.", ""},
	RefusedSize:     {"{{.Host}} does not take a file this large: {{.Reason}}", "Split it, or use another destination.", ""},
	RefusedType:     {"{{.Host}} does not take files of this type: {{.Reason}}", "Ask whoever runs the service what it takes.", ""},
	TypeNotTaken:    {"This destination does not take files of type {{.Type}}.", "Ask whoever runs it what it takes.", ""},
	TooSmall:        {"The file ({{.Size}}) is smaller than this destination takes ({{.Limit}}).", "Use another destination.", ""},
	BackendURL:      {"{{.Host}} gave an address that is not safe to send to.", "Uploads must go to https. Ask whoever runs the service.", ""},
	ObjectDiffers:   {"What arrived differs from the file.", "It was thrown away. Something between here and the store changes the bytes: try another network.", ""},
	StoreForgot:     {"The store has dropped what was already sent.", "Try again: the upload starts from the beginning.", ""},
	UnknownID:       {"Nothing was sent under the ID {{.ID}}.", "The list of what was sent has the IDs.", "chute links"},
	UnknownUpload:   {"No interrupted upload has the ID {{.ID}}.", "The list of what was interrupted has the IDs.", "chute resume --list"},
	ClockSlow:       {"This computer's clock is {{.Skew}} slow.", "Uploads to {{.Host}} allow for that. Set the date and time automatically in the system settings.", ""},
	ClockFast:       {"This computer's clock is {{.Skew}} fast.", "Uploads to {{.Host}} allow for that. Set the date and time automatically in the system settings.", ""},
	Locked:          {"{{.Setting}} was set for all users of this computer.", "Leave it as it is, or ask your administrator.", ""},
	LinkOver:        {"The link has expired.", "Make a new one.", ""},
	NoFileManager:   {"No file manager answers.", "Open the folder in the file manager of this computer.", ""},
	NoPage:          {"This destination gives no links.", "There is no page of them, therefore.", ""},
	PageTooLarge:    {"A page lists {{.Limit}} files at most.", "The files are sent, without a page. A folder sent as one zip has one link as well.", ""},
	BadFile:         {"There is a mistake in {{.File}}:\n{{.Detail}}", "Correct it, then try again.", ""},
	RecordDamaged:   {"The record of what was sent was damaged.", "It was put aside as {{.File}}, and a new one begun.", ""},
	OwnDialect:      {"Your own dialect {{.Name}} is not used.", "There is one of this name for all users of this computer.", ""},
	OwnDestination:  {"Your own destination {{.Name}} is not used.", "There is one of this name for all users of this computer.", ""},
	NoDestination:   {"There is no destination {{.Name}} any more.", "Files go to {{.Default}}.", ""},
	NotTrusted:      {"{{.Path}} is not used: {{.Detail}}.", "Ask your administrator to correct that.", ""},
	KeyringForLinks: {"This computer has no keyring.", "Links to files on it work until Chute quits.", ""},
	NewerState:      {"{{.Path}} was written by a newer Chute.", "Install the newer version again, or move the file away.", ""},
}

var byCode = map[Code]words{
	Expired:     {"The permission to upload ran out.", "Try again. If it happens at once, check this computer's clock.", ""},
	ClockSkew:   {"This computer's clock is wrong by {{.Skew}}.", "Set the date and time automatically in the system settings, then try again.", ""},
	Denied:      {"The store refused the request.", "Ask whoever runs the bucket which permission is missing.", ""},
	Signature:   {"The store does not accept the signature.", "Check key, secret and region of the destination.", ""},
	NoBucket:    {"There is no bucket named {{.Bucket}}.", "Check the bucket's name and the endpoint of the destination.", ""},
	WrongRegion: {"The bucket is in another region: {{.Region}}.", "Set region = \"{{.Region}}\" for this destination.", ""},
	TooLarge:    {"The file is larger than this destination takes.", "Split it, or use another destination.", ""},
	WrongType:   {"This destination does not take files of this type.", "Ask whoever runs it what it takes.", ""},
	Throttled:   {"The store is too busy.", "Try again in a while, or with fewer files at a time.", ""},
	Offline:     {"There is no network.", "Check the connection, then try again.", ""},
	TLS:         {"The connection to {{.Host}} is not secure.", "Check the address, or ask whoever runs the server.", ""},
	Backend:     {"The upload service failed.", "Try again in a while, or ask whoever runs it.", ""},
	Changed:     {"The file changed while it was being sent.", "Wait until nothing writes to it, then try again.", ""},
	Unreadable:  {"The file cannot be read.", "Check that the disk is there and the file opens, then try again.", ""},
	Keyring:     {"The keyring failed.", "Unlock it or sign in again, then try again.", ""},
	Checksum:    {"What arrived differs from the file.", "It was sent again and thrown away each time. Something between here and the store changes the bytes: try another network.", ""},
	Cancelled:   {"Cancelled.", "Nothing was left in the store.", ""},
	Config:      {"{{.Detail}}", "Correct it, then try again.", ""},
	Unsupported: {"This destination cannot do that.", "Use another destination.", ""},
	Internal:    {"Something went wrong inside Chute.", "Try again. If it happens again, report it with the details.", ""},
}

// Texts is every English text about failures, with {{.Name}} where facts go: the
// keys of translations.
func Texts() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, all := range []iter.Seq[words]{maps.Values(byVariant), maps.Values(byCode)} {
			for w := range all {
				if !yield(w.message) || !yield(w.hint) {
					return
				}
			}
		}
		for _, plain := range slices.Concat(slices.Collect(maps.Values(unknown)), kinds[:], skews[:], phrases) {
			if !yield(plain) {
				return
			}
		}
	}
}

// inBytes ends a Size or a Limit that is one of bytes.
const inBytes = " B"

// InBytes is a Size or a Limit of bytes. Words get it as [Bytes].
func InBytes(size int64) string { return strconv.FormatInt(size, 10) + inBytes }

// Bytes is a size that is written as the language does that.
type Bytes int64

// String is the size in English.
func (b Bytes) String() string { return humanize.IBytes(uint64(b)) }

// In is Message and Hint in another language: translate gets an English text of
// [Texts] and, as a map, the facts that it may name: strings, and [Bytes].
func (e *Error) In(translate func(text string, facts ...any) string) (message, hint string) {
	w, facts := e.words(), e.facts(translate)
	return translate(w.message, facts), translate(w.hint, facts)
}

// facts are what the words may name. A fact that is missing reads as a plain
// word instead of a gap.
func (e *Error) facts(translate translate) map[string]any {
	facts := make(map[string]any, len(unknown))
	for name, plain := range unknown {
		facts[name] = translate(plain)
	}
	for name, v := range e.Facts {
		switch {
		case v == "":
		case name == "Kind":
			facts[name] = translate(v)
		case name == "Skew":
			n, unit, _ := strings.Cut(v, " ")
			key := slices.IndexFunc(skews[:], func(s string) bool { return strings.HasSuffix(s, unit) })
			facts[name] = translate(skews[max(0, key)], map[string]any{"Number": n})
		case (name == "Size" || name == "Limit") && strings.HasSuffix(v, inBytes):
			n, _ := strconv.ParseInt(strings.TrimSuffix(v, inBytes), 10, 64)
			facts[name] = Bytes(n)
		default:
			facts[name] = v
		}
	}
	if len(e.Mistakes) > 0 {
		facts["Detail"] = lines(e.Mistakes, translate)
	}
	return facts
}

func (e *Error) words() words {
	if w, ok := byVariant[e.Variant]; ok {
		return w
	}
	return byCode[e.Code]
}

// Message is the failure in one plain sentence, in English.
func (e *Error) Message() string {
	message, _ := e.In(english)
	return message
}

// Hint says what to do, in one or two plain sentences, in English.
func (e *Error) Hint() string {
	_, hint := e.In(english)
	return hint
}

// Command is a command line that does what the hint says, ready to be typed
// into this system's shell; empty where none does.
func (e *Error) Command() string {
	quoted := *e
	quoted.Facts = make(Facts, len(e.Facts))
	for name, value := range e.Facts {
		if value != "" {
			quoted.Facts[name] = Quote(value)
		}
	}
	return english(e.words().command, quoted.facts(english))
}

// plainWord is what no shell reads anything into.
var plainWord = regexp.MustCompile(`^[\pL\pN_@+:,./][\pL\pN_@+:,./-]*$`)

// Quote makes one argument of a command line out of text.
func Quote(text string) string {
	switch {
	case plainWord.MatchString(text):
		return text
	case runtime.GOOS == "windows":
		return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// english is a text of [Texts] in its own language: all it takes is the facts.
func english(text string, facts ...any) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	var pairs []string
	for _, all := range facts {
		for name, v := range all.(map[string]any) {
			pairs = append(pairs, "{{."+name+"}}", fmt.Sprint(v))
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// What a fact may say in words. A skew is never a single hour or day.
var (
	kinds = [...]string{"special file", "folder", "pipe", "socket", "device", "link to a folder"}
	skews = [...]string{"a minute", "{{.Number}} minutes", "{{.Number}} hours", "{{.Number}} days"}
)

var unknown = map[string]string{
	"Host": "the server", "Bucket": "that name", "Region": "another one", "Key": "…", "Skew": "several minutes",
	"Action": "uploads", "Kind": "special file", "Size": "its size", "Limit": "the limit", "Path": "The file",
	"Destination": "NAME", "Reason": "it does not say why.", "Type": "this kind", "Detail": "The configuration is wrong.", "ID": "given",
	"Setting": "This", "Name": "NAME", "Default": "NAME", "File": "NAME",
}
