package backend

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

// ready is a request that was given before it was needed.
type ready struct {
	request sign.Request
	given   time.Time
}

// Single implements [sign.Upload]. A request that was given before is not
// given twice: each is for one try.
func (u *upload) Single(ctx context.Context) (sign.Request, error) {
	if r, ok := u.take(0); ok {
		return r, nil
	}
	sec := u.s.dialect.single
	if sec == nil {
		sec = u.s.dialect.create
	}
	v := u.vars()
	a, err := u.s.ask(ctx, sec, v)
	if err != nil {
		return sign.Request{}, err
	}
	if sec.has("upload_id") && a.str(sec.answer["upload_id"]) != "" {
		return sign.Request{}, u.s.misunderstood(sec, errors.New("the backend wants parts where it took one request before"))
	}
	request, err := u.requestFrom(sec, v, a, 0)
	if err != nil {
		return sign.Request{}, err
	}
	return request, u.learn(sec, a, request)
}

// requestFrom makes the request out of an answer that is about one.
func (u *upload) requestFrom(sec *section, v values, a answer, number int) (sign.Request, error) {
	raw, err := u.s.address(sec, a.str(sec.answer["url"]))
	if err != nil {
		return sign.Request{}, err
	}
	r := sign.Request{Method: strings.ToUpper(a.str(sec.answer["method"])), URL: raw}
	if r.Header, err = u.s.uploadHeader(sec, v, a); err != nil {
		return sign.Request{}, err
	}
	r.Expires = a.expires(sec)
	if at, ok := Expiry(raw); ok {
		r.Expires = earlier(r.Expires, at)
	}
	if number == 0 {
		if r, err = u.form(sec, a, r); err != nil {
			return sign.Request{}, err
		}
	}
	if r.Method == "" {
		r.Method = http.MethodPut
	}
	if r.Method != http.MethodPut && r.Method != http.MethodPost {
		return sign.Request{}, u.s.misunderstood(sec, fmt.Errorf("an upload with method %q", plain(r.Method, 20)))
	}
	if err := belongs(raw, u.Ref().UploadID, number); err != nil {
		return sign.Request{}, u.s.misunderstood(sec, err)
	}
	return r, nil
}

// form makes r a form where the answer has fields for one.
func (u *upload) form(sec *section, a answer, r sign.Request) (sign.Request, error) {
	found, ok := a.find(sec.answer["fields"])
	if !ok {
		return r, nil
	}
	fields, err := formFields(found)
	if err != nil {
		return r, u.s.misunderstood(sec, err)
	}
	if len(fields) == 0 { // PHP's empty object
		return r, nil
	}
	if r.Method != "" && r.Method != http.MethodPost {
		return r, u.s.misunderstood(sec, fmt.Errorf("a form with method %q", plain(r.Method, 20)))
	}
	r.Method = http.MethodPost
	r.Header.Del("Content-Type") // the form's own names its boundary
	if encoded, ok := field(fields, "policy"); ok {
		if p, ok := readPolicy(encoded); ok {
			ref := u.Ref()
			fields, err = p.fill(fields, wanted{
				key: u.memory.Asked, contentType: ref.ContentType, bucket: u.s.config.Bucket, size: ref.Size,
			})
			if _, isFault := errors.AsType[*fault.Error](err); err != nil && !isFault {
				err = u.s.misunderstood(sec, err)
			}
			if err != nil {
				return r, err
			}
			r.Expires = earlier(r.Expires, p.expires)
		}
	}
	r.Fields = fields
	return r, nil
}

// take hands out a request that was given ahead, if it will do.
func (u *upload) take(number int) (sign.Request, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	r, ok := u.ready[number]
	delete(u.ready, number)
	return r.request, ok && r.fresh(u.s.config.Now())
}

// unknownLife is how long a request is kept ahead that does not say when it ends.
const unknownLife = time.Minute

// fresh says that a request kept ahead has at least half its life before it.
func (r ready) fresh(now time.Time) bool {
	life := unknownLife
	if !r.request.Expires.IsZero() {
		life = r.request.Expires.Sub(r.given) / 2
	}
	return now.Sub(r.given) < life
}
