package backend

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

// requestLife is what is asked for where a backend lets its client choose how
// long a request works. Stores look when the request begins, so it need not
// cover the sending.
const requestLife = time.Hour

// longestLink is asked for where a link shall work for as long as it can: the
// most that AWS Signature Version 4 allows.
const longestLink = 7 * 24 * time.Hour

// upload is one object on its way. It implements [sign.Upload].
type upload struct {
	s       *Signer
	resumed bool

	asking sync.Mutex // one batch of parts is asked for at a time

	mu       sync.Mutex
	ref      sign.Ref // without Extra
	memory   memory
	link     sign.Link // that an answer gave
	parts    int       // planned; -1: not known
	partSize int64
	// ready are requests that were given ahead, by part; 0 is the whole object.
	ready map[int]ready
	// completeURL and abortURL are signed, so they are not in Ref.
	completeURL, abortURL string
	inDoubt               bool // nobody heard whether it was completed
}

// memory is what Ref.Extra holds: nothing secret.
type memory struct {
	Asked string            `json:"asked,omitempty"` // the wanted key, where it became another
	Link  string            `json:"link,omitempty"`  // that needs no signature
	Keep  map[string]string `json:"keep,omitempty"`
}

// Ref implements [sign.Upload].
func (u *upload) Ref() sign.Ref {
	u.mu.Lock()
	defer u.mu.Unlock()
	r, m := u.ref, u.memory
	if m.Asked == r.Key {
		m.Asked = ""
	}
	if m.Asked != "" || m.Link != "" || len(m.Keep) > 0 {
		extra, _ := json.Marshal(m) // texts alone
		r.Extra = string(extra)
	}
	return r
}

// vars are the variables for the next request.
func (u *upload) vars() values {
	v := u.s.vars()
	u.mu.Lock()
	defer u.mu.Unlock()
	for name, value := range u.memory.Keep {
		v[name] = value
	}
	maps.Copy(v, values{
		"name": u.ref.Name, "key": u.ref.Key, "asked_key": u.memory.Asked, "content_type": u.ref.ContentType,
		"media_type": mediaType(u.ref.ContentType), "size": u.ref.Size, "upload_id": u.ref.UploadID, "part_size": u.partSize, "part_count": int64(max(u.parts, 1)),
		"expires": int64(requestLife.Seconds()),
	})
	if u.ref.Bucket != "" {
		v["bucket"] = u.ref.Bucket
	}
	return v
}

// digest sums up the source where the first request names a digest of it.
func (u *upload) digest(ctx context.Context, sec *section, o sign.Object) error {
	for name, d := range map[string]struct {
		hash hash.Hash
		text func([]byte) string
	}{
		"md5":    {md5.New(), base64.StdEncoding.EncodeToString},
		"sha256": {sha256.New(), hex.EncodeToString},
	} {
		if !sec.uses(name) {
			continue
		}
		if o.Digest == nil {
			return fault.New(fault.Unsupported, fault.NoStream, nil, errors.New("backend: a digest is needed before the first byte"))
		}
		if err := o.Digest(ctx, d.hash); err != nil {
			return err
		}
		u.remember(name, d.text(d.hash.Sum(nil)))
	}
	return nil
}

func (u *upload) remember(name, value string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.memory.Keep == nil {
		u.memory.Keep = map[string]string{}
	}
	u.memory.Keep[name] = value
}

// learn takes from an answer what later requests and the user need.
func (u *upload) learn(sec *section, a answer, request sign.Request) error {
	key, err := u.keyFrom(sec, a, request)
	if err != nil {
		return err
	}
	for name, from := range sec.keep {
		value := a.str(from)
		if value == "" {
			return u.s.misunderstood(sec, fmt.Errorf("no %s at %s", name, strings.Join(from, ", ")))
		}
		u.remember(name, value)
	}
	link, err := u.linkFrom(sec, a, key, request.URL)
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if key != "" {
		u.ref.Key = key
	}
	if b := a.str(sec.answer["bucket"]); b != "" {
		u.ref.Bucket = b
	}
	if link.URL != "" {
		u.link = link
		if u.memory.Link = ""; link.Expires.IsZero() && !signed(link.URL) {
			u.memory.Link = link.URL
		}
	}
	return nil
}

// urlPath stands, among the places of a key, for the path of the address that
// bytes go to: some backends do not say the key in any other way. location
// stands for that address without its query, among the places of a link.
const (
	urlPath  = "@url-path"
	location = "@location"
)

// keyFrom finds the key that the backend chose; empty: it chose none. In a form
// the key is one of its fields, whatever else the answer says.
func (u *upload) keyFrom(sec *section, a answer, request sign.Request) (string, error) {
	if key, ok := field(request.Fields, "key"); ok {
		return strings.ReplaceAll(key, "${filename}", u.ref.Name), nil
	}
	from, declared := sec.answer["key"]
	if !declared {
		return "", nil
	}
	if key := a.str(from); key != "" {
		return key, nil
	}
	if slices.Contains(from, urlPath) {
		if parsed, err := url.Parse(request.URL); err == nil {
			key := strings.TrimPrefix(parsed.Path, "/")
			return strings.TrimPrefix(key, u.s.config.Bucket+"/"), nil
		}
	}
	return "", u.s.misunderstood(sec, fmt.Errorf("no key at %s", strings.Join(from, ", ")))
}

// create opens a multipart upload, or learns that the object goes in one
// request, whichever the backend decides.
func (u *upload) create(ctx context.Context) error {
	sec := u.s.dialect.create
	v := u.vars()
	a, err := u.s.ask(ctx, sec, v)
	if err != nil {
		return err
	}
	uploadID := a.str(sec.answer["upload_id"])
	if sec.signed != "" {
		if uploadID, err = u.createSigned(ctx, sec, v, a); err != nil {
			return err
		}
	}
	var single sign.Request
	switch {
	case uploadID != "":
	case !sec.has("url"):
		return u.s.misunderstood(sec, fmt.Errorf("no upload_id at %s", strings.Join(sec.answer["upload_id"], ", ")))
	default:
		if single, err = u.requestFrom(sec, v, a, 0); err != nil {
			return err
		}
	}
	if err := u.learn(sec, a, single); err != nil {
		return err
	}
	u.mu.Lock()
	u.ref.UploadID = uploadID
	if uploadID == "" {
		u.ready = map[int]ready{0: {single, a.received}}
	}
	u.mu.Unlock()
	if uploadID == "" {
		return nil
	}
	if err := u.plan(sec, a); err != nil {
		_ = u.Abort(ctx) // nobody else knows of it
		return err
	}
	return nil
}

// plan takes what the backend fixed about the parts.
func (u *upload) plan(sec *section, a answer) error {
	if sec.has("part_size") {
		size := a.int(sec.answer["part_size"])
		if size <= 0 {
			return u.s.misunderstood(sec, errors.New("no size of the parts"))
		}
		u.mu.Lock()
		u.partSize, u.ref.PartSize = size, size
		if u.ref.Size >= 0 {
			u.parts = int(max(1, (u.ref.Size+size-1)/size))
		}
		u.mu.Unlock()
	}
	for name, at := range map[string]*string{"complete_url": &u.completeURL, "abort_url": &u.abortURL} {
		if !sec.has(name) {
			continue
		}
		raw, err := u.s.address(sec, a.str(sec.answer[name]))
		if err != nil {
			return err
		}
		u.mu.Lock()
		*at = raw
		u.mu.Unlock()
	}
	if !sec.has("urls") {
		return nil
	}
	if err := u.stock(sec, a, u.vars()); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.ready) == 0 {
		return fault.New(fault.Unsupported, "", nil, errors.New("backend: it gives no part for an empty file"))
	}
	return nil
}
