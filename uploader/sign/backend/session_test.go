package backend

import (
	"net/http"
	"sync/atomic"
	"testing"

	"chute/uploader/fault"
)

// A session that is over is begun again, once.
func TestSessionIsRenewed(t *testing.T) {
	h := newHouse(t)
	inner := vapor(h)
	var refused atomic.Int32
	backend := h.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && refused.Add(1) == 2 {
			reply(w, 419, object{"message": "CSRF token mismatch."})
			return
		}
		inner.ServeHTTP(w, r)
	}))
	s := signer(t, "laravel-vapor", backend)
	for range 2 {
		if snap := send(t, s, "a.txt", "k", []byte("x")); snap.Err != nil {
			t.Fatal(snap.Err)
		}
	}
	if n := h.count("GET /"); n != 2 {
		t.Errorf("%d sessions", n)
	}
}

// A session that never works is a refusal, not a loop.
func TestSessionIsRefused(t *testing.T) {
	for _, dialect := range []string{"laravel-vapor", "active-storage"} {
		status := Find(Builtin(), dialect).session.renew[0]
		var asked atomic.Int32
		server := serveAlone(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				asked.Add(1)
				w.WriteHeader(status)
			}
		})
		o := object1(0)
		o.Digest = noDigest
		u, err := signer(t, dialect, server).Begin(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		_, err = u.Single(t.Context())
		wantFault(t, err, fault.Denied, fault.DeniedBackend)
		if n := asked.Load(); n != 2 {
			t.Errorf("%s: asked %d times", dialect, n)
		}
	}
}

// A backend without such protection needs no page that gives a token.
func TestNoSessionNeeded(t *testing.T) {
	server := serveAlone(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			http.NotFound(w, r)
			return
		}
		reply(w, 200, object{"key": "k", "signed_id": "s", "direct_upload": object{"url": "https://s.example/k", "headers": object{}}})
	})
	o := object1(0)
	o.Digest = noDigest
	u, err := signer(t, "active-storage", server).Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := u.Single(t.Context()); err != nil || r.URL != "https://s.example/k" {
		t.Errorf("%v, %v", r, err)
	}
}
