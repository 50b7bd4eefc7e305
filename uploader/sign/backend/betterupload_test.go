package backend

import (
	"path/filepath"
	"strings"
	"testing"

	"chute/uploader/fault"
	"chute/uploader/sign"
	"chute/uploader/storetest"
)

// Better Upload's own server package, not our idea of it.
func TestRealBetterUpload(t *testing.T) {
	needNode(t)
	dir, port := install(t, "better-upload"), freePort(t)
	s := storetest.Start(t)
	h := &house{Store: s, t: t}
	url := runNode(t, port, []string{
		"S3_HOST=" + strings.TrimPrefix(s.Endpoint, "http://"), "S3_KEY=" + accessKey, "S3_SECRET=" + secretKey,
		"S3_REGION=" + storetest.Region, "S3_BUCKET=" + s.Bucket,
	}, filepath.Join(dir, "server.mjs"), port)
	to := func(route string) *Signer {
		return signer(t, "better-upload", url, func(c *Config) { c.Vars = map[string]string{"route": route} })
	}
	for _, c := range []struct {
		route string
		bytes []byte
		parts int
	}{
		{"small", nil, 1},
		{"small", []byte("hello chute"), 1},
		{"small", content(3 << 20), 1},
		{"large", []byte("hello chute"), 1},
		{"large", content(40 << 20), 7},
	} {
		snap := send(t, to(c.route), "a b+ü&é%.txt", "k", c.bytes)
		if snap.Err != nil {
			t.Fatalf("%d bytes to %s: %v", len(c.bytes), c.route, snap.Err)
		}
		if snap.Parts != c.parts || (snap.Ref.UploadID != "") != (c.route == "large") {
			t.Errorf("%d bytes to %s: %+v", len(c.bytes), c.route, snap)
		}
		equal(t, snap.Key, h.Get(snap.Key), c.bytes)
	}
	if left := h.Uploads(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}

	if snap := send(t, to("small"), "a.bin", "k", content(5<<20)); snap.Err == nil || snap.Err.Code != fault.TooLarge {
		t.Errorf("too large: %v", snap.Err)
	}
	o := object1(1)
	o.ContentType = "video/mp4"
	_, err := to("small").Begin(t.Context(), o)
	wantFault(t, err, fault.WrongType, fault.RefusedType)
	_, err = to("missing").Begin(t.Context(), o)
	wantFault(t, err, fault.Backend, fault.BackendAnswer)

	// A route for parts has none for an empty file.
	_, err = to("large").Begin(t.Context(), object1(0))
	wantFault(t, err, fault.Unsupported, "")
	o = object1(12 << 20)
	u, err := to("large").Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := u.Part(t.Context(), 1, sign.PartInfo{Size: 6 << 20})
	if err != nil {
		t.Fatal(err)
	}
	put(t, r, content(6<<20))
	if err := u.Abort(t.Context()); err != nil {
		t.Error(err)
	}
	if left := h.Uploads(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}
