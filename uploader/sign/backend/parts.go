package backend

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"chute/uploader/fault"
	"chute/uploader/sign"

	"github.com/tidwall/gjson"
)

// Part implements [sign.Upload]. Where the dialect has batches, one request
// asks for the parts that come next, too; those are kept for at most half
// their life.
func (u *upload) Part(ctx context.Context, number int, _ sign.PartInfo) (sign.Request, error) {
	if r, ok := u.take(number); ok {
		return r, nil
	}
	d := u.s.dialect
	switch {
	case d.batch != nil:
		return u.partOfBatch(ctx, number)
	case d.part != nil:
		return u.onePart(ctx, number)
	case u.resumed:
		// The requests of all parts were given once, and cannot be stored.
		return sign.Request{}, fault.New(fault.Changed, fault.StoreForgot, nil, errors.New("backend: the dialect cannot sign parts again"))
	default:
		return sign.Request{}, fault.New(fault.Expired, "", nil, fmt.Errorf("backend: the dialect cannot sign part %d again", number))
	}
}

func (u *upload) onePart(ctx context.Context, number int) (sign.Request, error) {
	sec := u.s.dialect.part
	v := u.vars()
	v["part_number"] = int64(number)
	a, err := u.s.ask(ctx, sec, v)
	if err != nil {
		return sign.Request{}, err
	}
	r, err := u.requestFrom(sec, v, a, number)
	if err != nil {
		return sign.Request{}, err
	}
	return r, u.learn(sec, a, r)
}

// partOfBatch asks for the part and those that follow it. Others that wait for
// theirs meanwhile find them when it is done.
func (u *upload) partOfBatch(ctx context.Context, number int) (sign.Request, error) {
	u.asking.Lock()
	defer u.asking.Unlock()
	if r, ok := u.take(number); ok {
		return r, nil
	}
	sec := u.s.dialect.batch
	v := u.vars()
	last := number + batchSize - 1
	if u.parts > 0 {
		last = max(number, min(last, u.parts))
	} else {
		v["part_count"] = int64(last)
	}
	var numbers []int64
	for n := number; n <= last; n++ {
		numbers = append(numbers, int64(n))
	}
	v["part_numbers"] = numbers
	a, err := u.s.ask(ctx, sec, v)
	if err != nil {
		return sign.Request{}, err
	}
	if err := u.stock(sec, a, v); err != nil {
		return sign.Request{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	r, ok := u.ready[number] // however short its life: there is no newer one
	delete(u.ready, number)
	if !ok {
		return sign.Request{}, u.s.misunderstood(sec, fmt.Errorf("no address for part %d", number))
	}
	return r.request, nil
}

// stock keeps the requests of an answer that holds those of several parts: an
// object of addresses by number, a list of addresses together with a list of
// numbers, or a list alone, which begins with the first part that was asked for.
func (u *upload) stock(sec *section, a answer, v values) error {
	urls, ok := a.find(sec.answer["urls"])
	if !ok {
		return u.s.misunderstood(sec, fmt.Errorf("no addresses at %s", strings.Join(sec.answer["urls"], ", ")))
	}
	header, err := u.s.uploadHeader(sec, v, a)
	if err != nil {
		return err
	}
	byNumber, err := numbered(urls, a, sec.answer["numbers"], v)
	if err != nil {
		return u.s.misunderstood(sec, err)
	}
	expires := a.expires(sec)
	uploadID := u.Ref().UploadID
	stocked := make(map[int]ready, len(byNumber))
	for number, raw := range byNumber {
		raw, err := u.s.address(sec, raw)
		if err != nil {
			return err
		}
		if err := belongs(raw, uploadID, number); err != nil {
			return u.s.misunderstood(sec, err)
		}
		r := sign.Request{Method: "PUT", URL: raw, Header: header, Expires: expires}
		if at, ok := Expiry(raw); ok {
			r.Expires = earlier(expires, at)
		}
		stocked[number] = ready{r, a.received}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ready = stocked
	return nil
}

func numbered(urls gjson.Result, a answer, numbers places, v values) (map[int]string, error) {
	all := make(map[int]string)
	add := func(number int64, url gjson.Result) error {
		if number < 1 || number > 1_000_000 || url.Type != gjson.String {
			return errors.New("what should be the address of a part is none")
		}
		if all[int(number)] != "" {
			return fmt.Errorf("two addresses for part %d", number)
		}
		all[int(number)] = url.Str
		return nil
	}
	var failed error
	if urls.IsObject() {
		urls.ForEach(func(name, url gjson.Result) bool {
			n, err := strconv.ParseInt(name.Str, 10, 64)
			if err != nil {
				n = 0
			}
			failed = add(n, url)
			return failed == nil
		})
		return all, failed
	}
	if !urls.IsArray() {
		return nil, errors.New("the addresses of the parts are no list")
	}
	list := urls.Array()
	var named []gjson.Result
	first := int64(1)
	if len(numbers) > 0 {
		r, _ := a.find(numbers)
		if named = r.Array(); len(named) != len(list) {
			return nil, errors.New("not as many numbers of parts as addresses")
		}
	} else if asked, ok := v["part_numbers"].([]int64); ok {
		first = asked[0]
	}
	for i, url := range list {
		n := first + int64(i)
		if named != nil {
			n = named[i].Int()
		}
		if err := add(n, url); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// formFields reads the fields of a form, in their order: an object, or the
// empty list that some backends write for an empty one.
func formFields(r gjson.Result) ([]sign.Field, error) {
	if r.IsArray() && len(r.Array()) == 0 {
		return nil, nil
	}
	if !r.IsObject() {
		return nil, errors.New("the fields of the form are no object")
	}
	var fields []sign.Field
	var failed error
	r.ForEach(func(name, value gjson.Result) bool {
		if value.IsObject() || value.IsArray() || value.Type == gjson.Null {
			failed = fmt.Errorf("the field %q of the form is no text", plain(name.String(), 40))
			return false
		}
		fields = append(fields, sign.Field{Name: name.String(), Value: value.String()})
		return true
	})
	return fields, failed
}

// escapeKey makes a key the path of a link, in the way that S3 reads it.
func escapeKey(key string) string {
	segments := strings.Split(key, "/")
	for i, s := range segments {
		segments[i] = strings.ReplaceAll(url.PathEscape(s), "+", "%2B")
	}
	return strings.Join(segments, "/")
}
