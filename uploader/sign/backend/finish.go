package backend

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"

	"github.com/tidwall/gjson"
)

// Uploaded implements [sign.Upload]. A part whose size the backend does not
// say has size -1.
func (u *upload) Uploaded(ctx context.Context) ([]sign.Part, error) {
	sec := u.s.dialect.list
	if sec == nil || u.Ref().UploadID == "" {
		return nil, sign.ErrUnsupported
	}
	v := u.vars()
	a, err := u.s.ask(ctx, sec, v)
	if err != nil {
		return nil, err
	}
	if sec.signed != "" {
		return u.listSigned(ctx, sec, v, a)
	}
	list, ok := a.find(sec.answer["parts"])
	if !ok || !list.IsArray() {
		return nil, u.s.misunderstood(sec, errors.New("no list of parts"))
	}
	parts := []sign.Part{}
	for _, r := range list.Array() {
		p := sign.Part{Number: int(r.Get(sec.parts.number).Int()), ETag: r.Get(sec.parts.etag).String(), Size: -1}
		if sec.parts.size != "" {
			if size := r.Get(sec.parts.size); size.Type == gjson.Number || size.Type == gjson.String {
				p.Size = size.Int()
			}
		}
		if p.Number < 1 || p.ETag == "" {
			return nil, u.s.misunderstood(sec, errors.New("a part without number or ETag"))
		}
		parts = append(parts, p)
	}
	return sorted(parts), nil
}

func sorted(parts []sign.Part) []sign.Part {
	slices.SortFunc(parts, func(a, b sign.Part) int { return cmp.Compare(a.Number, b.Number) })
	return parts
}

// Complete implements [sign.Upload]. Where the answer to an earlier try got
// lost and the backend now refuses, the object was probably made: then the
// failure is fault.StoreForgot, for which the caller looks, or begins again.
func (u *upload) Complete(ctx context.Context, parts []sign.Part) (sign.Result, error) {
	if u.Ref().UploadID == "" {
		return sign.Result{Size: -1}, nil
	}
	result, err := u.completeOnce(ctx, sorted(slices.Clone(parts)))
	f := fault.As(err)
	if f == nil {
		return result, nil
	}
	u.mu.Lock()
	doubt := u.inDoubt
	u.inDoubt = doubt || f.Status == 0 && f.Code == fault.Offline
	u.mu.Unlock()
	refused := f.Code == fault.Backend && (f.Class == fault.Permanent || f.Status == http.StatusInternalServerError)
	if doubt && refused {
		if _, listed := u.Uploaded(ctx); listed != nil { // else it is still unfinished
			return result, fault.New(fault.Changed, fault.StoreForgot, nil, err)
		}
	}
	return result, err
}

func (u *upload) completeOnce(ctx context.Context, parts []sign.Part) (sign.Result, error) {
	none := sign.Result{Size: -1}
	sec := u.s.dialect.complete
	if sec.signed != "" {
		return u.completeSigned(ctx, sec, parts)
	}
	v := u.vars()
	var objects []map[string]any
	for _, p := range parts {
		objects = append(objects, sec.parts.object(p.Number, p.ETag, p.Size))
	}
	v["parts"] = objects
	a, err := u.s.ask(ctx, sec, v)
	if err != nil {
		return none, err
	}
	none.ETag = a.str(sec.answer["etag"])
	return none, u.learn(sec, a, sign.Request{})
}

// statLife is how long the link works that Stat asks for.
const statLife = 5 * time.Minute

// Stat implements [sign.Upload]: it follows the link that the backend gives
// when it is asked for one. What does not answer as a store does, to a request
// for the first byte, proves nothing.
func (u *upload) Stat(ctx context.Context) (sign.Result, error) {
	none := sign.Result{Size: -1}
	sec := u.s.dialect.link
	if sec == nil || sec.path == nil {
		return none, sign.ErrUnsupported
	}
	link, err := u.askLink(ctx, sec, statLife)
	if err != nil {
		return none, err
	}
	status, header, err := u.s.look(ctx, link.URL)
	if err != nil {
		return none, err
	}
	_, total, ranged := strings.Cut(header.Get("Content-Range"), "/")
	size, err := strconv.ParseInt(total, 10, 64)
	switch {
	case status == http.StatusNotFound:
		return none, fault.New(fault.Changed, fault.NotFound, fault.Facts{"Key": u.Ref().Key}, nil)
	case status == http.StatusPartialContent && ranged && err == nil:
		return sign.Result{Size: size, ETag: header.Get("ETag")}, nil
	case status == http.StatusRequestedRangeNotSatisfiable: // only an empty object has no first byte
		return sign.Result{}, nil
	default:
		return none, sign.ErrUnsupported
	}
}

// Delete implements [sign.Upload]. No backend offers it.
func (u *upload) Delete(context.Context) error { return sign.ErrUnsupported }

// Abort implements [sign.Upload].
func (u *upload) Abort(ctx context.Context) error {
	sec := u.s.dialect.abort
	if u.Ref().UploadID == "" {
		return nil
	}
	if sec == nil {
		return sign.ErrUnsupported
	}
	var err error
	if sec.signed != "" {
		err = u.abortSigned(ctx, sec)
	} else {
		_, err = u.s.ask(ctx, sec, u.vars())
	}
	if f := fault.As(err); f != nil && (f.Variant == fault.StoreForgot || f.Variant == fault.NotFound) {
		return nil
	}
	return err
}

// Link implements [sign.Upload]. In this order: the destination's public
// address and the key; a link without an end that an answer gave; what the
// backend answers when asked for a link; a link with an end that an answer
// gave, as long as it works.
func (u *upload) Link(ctx context.Context, ttl time.Duration) (sign.Link, error) {
	if public := u.s.config.PublicURL; public != "" {
		return sign.Link{URL: strings.TrimRight(public, "/") + "/" + escapeKey(u.Ref().Key)}, nil
	}
	u.mu.Lock()
	given := u.link
	if given.URL == "" {
		given.URL = u.memory.Link
	}
	u.mu.Unlock()
	if given.URL != "" && given.Expires.IsZero() {
		return given, nil
	}
	if sec := u.s.dialect.link; sec != nil {
		return u.askLink(ctx, sec, ttl)
	}
	if given.Expires.After(u.s.config.Now()) {
		return given, nil
	}
	return sign.Link{}, sign.ErrUnsupported
}

func (u *upload) askLink(ctx context.Context, sec *section, ttl time.Duration) (sign.Link, error) {
	v := u.vars()
	if ttl <= 0 {
		ttl = longestLink
	}
	v["expires"] = int64(ttl.Seconds())
	if sec.path == nil {
		raw, err := expandURL(sec.url, v)
		if err == nil {
			raw, err = u.s.address(sec, raw)
		}
		return sign.Link{URL: raw}, err
	}
	a, err := u.s.ask(ctx, sec, v)
	if err != nil {
		return sign.Link{}, err
	}
	return u.linkAt(sec, a, a.str(sec.answer["url"]))
}

// linkFrom reads the link that the answer to another request gives.
func (u *upload) linkFrom(sec *section, a answer, key, request string) (sign.Link, error) {
	from := sec.answer["link"]
	raw := a.str(from)
	if raw == "" && slices.Contains(from, location) && request != "" {
		raw = objectURL(request, cmp.Or(key, u.Ref().Key))
	}
	if raw == "" {
		return sign.Link{}, nil
	}
	if sec.has("url") { // expires_in is about the request
		raw, err := u.s.address(sec, raw)
		at, _ := Expiry(raw)
		return sign.Link{URL: raw, Expires: at}, err
	}
	return u.linkAt(sec, a, raw)
}

func (u *upload) linkAt(sec *section, a answer, raw string) (sign.Link, error) {
	raw, err := u.s.address(sec, raw)
	if err != nil {
		return sign.Link{}, err
	}
	link := sign.Link{URL: raw, Expires: a.expires(sec)}
	if at, ok := Expiry(raw); ok {
		link.Expires = earlier(link.Expires, at)
	}
	return link, nil
}

// objectURL is where an object is that was sent to a signed address: the same
// without its query, or for a form, which goes to the bucket, with the key.
func objectURL(request, key string) string {
	at, err := url.Parse(request)
	if err != nil {
		return ""
	}
	at.RawQuery, at.Fragment = "", ""
	if strings.HasSuffix(at.Path, "/"+key) {
		return at.String()
	}
	return strings.TrimRight(at.String(), "/") + "/" + escapeKey(key)
}
