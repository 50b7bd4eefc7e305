package backend

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"chute/uploader/fault"
	"chute/uploader/storetest"
)

// Each backend is recognised, also by an address below it, and its probe
// leaves nothing behind.
func TestDetect(t *testing.T) {
	for _, f := range flows {
		if Find(Builtin(), f.dialect).probe == nil {
			continue
		}
		t.Run(f.dialect+f.variant, func(t *testing.T) {
			h := newHouse(t)
			server := h.serve(h.anyBucket(f.serve(h)))
			for _, below := range []string{"", "/", "/deep/path?x=1"} {
				found, err := Detect(t.Context(), server+below, http.DefaultClient, Builtin())
				if err != nil || len(found) == 0 || found[0].Dialect.Name != f.dialect || found[0].NeedsSecret || found[0].URL != server {
					t.Errorf("%q: %v, %v", below, names(found), err)
				}
			}
			if n := h.Count(storetest.Create) + h.Count(storetest.Put); n > 0 {
				t.Errorf("%d requests reached the store", n)
			}
			h.Holds()
		})
	}
}

func names(found []Candidate) []string {
	var all []string
	for _, c := range found {
		all = append(all, c.Dialect.Name+" at "+c.URL)
	}
	return all
}

// anyBucket lets the probe of presign through, which does not know the bucket.
func (h *house) anyBucket(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Has("bucket_name") {
			q.Set("bucket_name", h.Bucket)
			r.URL.RawQuery = q.Encode()
		}
		inner.ServeHTTP(w, r)
	})
}

// A server that says the same to everything speaks no dialect.
func TestDetectNothing(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter){
		"page":    func(w http.ResponseWriter) { io.WriteString(w, "<!DOCTYPE html><title>Home</title>") },
		"JSON":    func(w http.ResponseWriter) { reply(w, 200, object{"url": "https://s.example/", "method": "GET"}) },
		"address": func(w http.ResponseWriter) { io.WriteString(w, "https://s.example/") },
		"denied":  func(w http.ResponseWriter) { w.WriteHeader(401) },
		"error":   func(w http.ResponseWriter) { reply(w, 400, object{"error": object{"type": "x"}}) },
		"refused": func(w http.ResponseWriter) { w.WriteHeader(422) },
		"no end":  func(w http.ResponseWriter) { io.WriteString(w, strings.Repeat("x", maxAnswer+1)) },
		"sends on": func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(307)
		},
	} {
		if name == "no end" && testing.Short() {
			continue
		}
		t.Run(name, func(t *testing.T) {
			found, err := Detect(t.Context(), serveAlone(t, func(w http.ResponseWriter, _ *http.Request) { answer(w) }), http.DefaultClient, Builtin())
			if err != nil || len(found) > 0 {
				t.Errorf("%v, %v", names(found), err)
			}
		})
	}
}

func TestDetectNeedsSecret(t *testing.T) {
	url := serveAlone(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/app/s3/sts" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		http.NotFound(w, r)
	})
	found, err := Detect(t.Context(), url+"/app/", http.DefaultClient, Builtin())
	if err != nil || len(found) != 1 || found[0].Dialect.Name != "sts" || !found[0].NeedsSecret || found[0].URL != url+"/app" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestDetectNowhere(t *testing.T) {
	for _, raw := range []string{"", "example.org", "ftp://example.org", "https://u:p@example.org"} {
		_, err := Detect(t.Context(), raw, http.DefaultClient, Builtin())
		wantFault(t, err, fault.Config, "")
	}
	_, err := Detect(t.Context(), "http://127.0.0.1:1", http.DefaultClient, Builtin())
	wantFault(t, err, fault.Offline, fault.NotAnswering)
}
