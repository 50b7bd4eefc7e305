package config

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"os"
	"os/user"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"chute/uploader/fault"
)

// DefaultKey is the key template of a destination that has none.
const DefaultKey = "{date}/{random}/{name}"

// MaxKey is the longest key in bytes of UTF-8, a limit of S3:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html.
const MaxKey = 1024

var keyVariables = []string{"{name}", "{stem}", "{ext}", "{date}", "{time}", "{random}", "{uuid}", "{user}", "{host}", "{path}"}

// keyVariable finds the variables of a template that has been checked.
var keyVariable = regexp.MustCompile(`\{[a-z]+\}`)

// KeyVars is what the variables of a key template stand for. One dropped item,
// a file or a whole folder, has one KeyVars from NewKeyVars; only Name and Path
// differ from file to file.
type KeyVars struct {
	// Name is the file's name or, for a file of a dropped folder, its path
	// with the folder's name in front, with slashes: photos/2024/a.jpg.
	// {stem} and {ext} are its two halves; {ext} has the dot, or is empty.
	Name string
	// Path is the path below the dropped folder, without the folder's name;
	// for a single file its name.
	Path string
	// Time is when it was dropped; {date} and {time} are in its location.
	Time time.Time
	// Seed is what {random} and {uuid} are made of: not to be guessed.
	Seed       string
	User, Host string
}

// NewKeyVars returns the variables of an item dropped now, without Name and Path.
func NewKeyVars(now time.Time) KeyVars {
	v := KeyVars{Time: now, Seed: rand.Text(), User: "user", Host: "host"}
	if u, err := user.Current(); err == nil {
		v.User = u.Username[strings.LastIndexByte(u.Username, '\\')+1:] // Windows has DOMAIN\name
	}
	if h, err := os.Hostname(); err == nil {
		v.Host = h
	}
	return v
}

// ExpandKey makes the key of one file. Files of one folder share {random}, so
// that they stay together, wherever the template tells them apart by {name},
// {path} or {stem}{ext}; else each has its own. {uuid} is always the file's own.
//
// The key is clean: no slash at either end, no empty, "." or ".." segments,
// control characters replaced by visible signs, valid UTF-8 whose letters stay
// in the form they came in. Where that loses something of the name, or the key
// would be longer than MaxKey and the stem is cut, the stem ends in ~ and a
// hash of the whole name, so that no two names become one; the extension stays.
// Where cutting is not enough the error has variant fault.KeyTooLong.
func ExpandKey(template string, v KeyVars) (string, error) {
	var c checker
	if c.key(template); c != nil {
		return "", fault.Wrong(nil, c...)
	}
	dir, stem, ext := splitName(v.Name)
	mark := "~" + v.hash("name")[:8]
	if !representable(v.Name) {
		stem += mark
	}
	key := v.expand(template, dir+stem, ext)
	if len(key) <= MaxKey {
		return key, nil
	}
	short := func(n int) string { return v.expand(template, dir+runePrefix(stem, n)+mark, ext) }
	// The first length that is too long; all before it fit.
	n := sort.Search(len(stem), func(n int) bool { return len(short(n)) > MaxKey })
	if n == 0 {
		return "", fault.New(fault.Unsupported, fault.KeyTooLong, fault.Facts{"Path": v.Name}, nil)
	}
	return short(n - 1), nil
}

// expand fills the template in and cleans the result.
func (v KeyVars) expand(template, stem, ext string) string {
	key := keyVariable.ReplaceAllStringFunc(template, func(variable string) string {
		switch variable {
		case "{name}":
			return stem + ext
		case "{stem}":
			return stem
		case "{ext}":
			return ext
		case "{date}":
			return v.Time.Format("2006-01-02")
		case "{time}":
			return v.Time.Format("150405")
		case "{random}":
			return v.random(template)
		case "{uuid}":
			return v.uuid()
		case "{user}":
			return v.User
		case "{host}":
			return v.Host
		case "{path}":
			return v.pathWith(stem, ext)
		}
		return variable
	})
	if key = cleanKey(key); key == "" {
		return v.hash("random")[:randomLen]
	}
	return key
}

// randomLen is the length of {random}: 80 bits.
const randomLen = 16

// random is the same for all files of a drop, where the template tells them
// apart without it.
func (v KeyVars) random(template string) string {
	random := v.Seed
	if !tellsApart(template) {
		random = v.hash("random")
	}
	return strings.ToLower(random[:min(randomLen, len(random))])
}

// pathWith is Path with its last element shortened as Name was.
func (v KeyVars) pathWith(stem, ext string) string {
	return path.Dir(v.Path) + "/" + path.Base(stem+ext) // cleanKey drops a leading "./"
}

// hash is a text of 52 base32 characters that only this file of this drop has.
func (v KeyVars) hash(purpose string) string {
	sum := sha256.Sum256([]byte(purpose + "\x00" + v.Seed + "\x00" + v.Name))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:]))
}

// uuid is of version 8 (RFC 9562): made from a hash.
func (v KeyVars) uuid() string {
	return uuid.NewHash(sha256.New(), uuid.Nil, []byte("uuid\x00"+v.Seed+"\x00"+v.Name), 8).String()
}

// tellsApart reports whether the template gives the files of a folder
// different keys without help from {random}.
func tellsApart(template string) bool {
	has := func(variable string) bool { return strings.Contains(template, variable) }
	return has("{name}") || has("{path}") || has("{stem}") && has("{ext}")
}

// splitName cuts a/b/photo.jpg into a/b/, photo and .jpg. A leading dot
// begins a name, not an extension.
func splitName(name string) (dir, stem, ext string) {
	dir, base := path.Split(name)
	ext = path.Ext(base)
	if ext == base || ext == "." {
		ext = ""
	}
	return dir, strings.TrimSuffix(base, ext), ext
}

// runePrefix returns at most n bytes of s, cut between characters.
func runePrefix(s string, n int) string {
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// cleanKey makes a key that every store takes; it may be empty.
func cleanKey(key string) string {
	key = strings.Map(visible, strings.ToValidUTF8(key, "_"))
	segments := slices.DeleteFunc(strings.Split(key, "/"), func(s string) bool {
		return s == "" || s == "." || s == ".."
	})
	return strings.Join(segments, "/")
}

// visible replaces what XML, in which stores list keys, or a terminal cannot
// carry. The signs for C0 controls are U+2400 and up, so that two names stay two.
func visible(r rune) rune {
	switch {
	case r < 0x20:
		return 0x2400 + r
	case r == 0x7f:
		return 0x2421
	case unicode.IsControl(r), r == 0xfffe, r == 0xffff:
		return '_'
	}
	return r
}

// representable reports whether no two such names are the same after cleaning.
func representable(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return visible(r) == '_' && r != '_' })
}

// key checks a key template.
func (c *checker) key(template string) {
	allowed := fault.Plain(strings.Join(keyVariables, " "))
	rest := template
	for {
		i := strings.IndexAny(rest, "{}")
		if i < 0 {
			return
		}
		end := strings.IndexByte(rest[i:], '}') + 1
		if variable := rest[i : i+end]; end > 1 && slices.Contains(keyVariables, variable) {
			rest = rest[i+end:]
			continue
		} else if end > 1 {
			c.say("key", fault.UnknownVariable.With("Name", variable), allowed)
		} else {
			c.say("key", fault.HalfBrace, allowed)
		}
		return
	}
}
