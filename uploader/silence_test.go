package uploader

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"testing"
	"testing/synctest"
	"time"
)

// A call is cut when nothing comes for as long as that, and not because it
// takes longer in all.
func TestWhileHeard(t *testing.T) {
	for _, test := range []struct {
		name  string
		hears []time.Duration // pauses, each ended by a byte
		lasts time.Duration   // so long after the last of them it is still there
		cut   time.Duration   // and so long after not any more
	}{
		{name: "says nothing", lasts: 59 * time.Second, cut: 67 * time.Second},
		{name: "works and says so", hears: []time.Duration{50 * time.Second, 50 * time.Second, time.Second, 50 * time.Second}, lasts: 53 * time.Second, cut: 67 * time.Second},
		{name: "falls silent at once", hears: []time.Duration{0}, lasts: 53 * time.Second, cut: 67 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, end := whileHeard(t.Context(), time.Minute)
				defer end()
				conn := new(wideConn)
				httptrace.ContextClientTrace(ctx).GotConn(httptrace.GotConnInfo{Conn: conn})
				for _, pause := range test.hears {
					time.Sleep(pause)
					conn.heard.Add(1)
				}
				time.Sleep(test.lasts)
				synctest.Wait()
				if err := ctx.Err(); err != nil {
					t.Fatalf("it is cut too soon: %v", err)
				}
				time.Sleep(test.cut - test.lasts)
				synctest.Wait()
				if cause := context.Cause(ctx); cause != errStalled {
					t.Errorf("it ends with %v", cause)
				}
			})
		})
	}
}

// What comes is counted, also below TLS.
func TestConnectionsCount(t *testing.T) {
	const answer = "an answer"
	for name, start := range map[string]func(http.Handler) *httptest.Server{"plain": httptest.NewServer, "TLS": httptest.NewTLSServer} {
		t.Run(name, func(t *testing.T) {
			server := start(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) }))
			defer server.Close()
			road := NewTransport(nil, nil)
			defer road.CloseIdleConnections()
			if server.TLS != nil {
				road.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
			}
			var conn *wideConn
			ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
				GotConn: func(i httptrace.GotConnInfo) { conn = wideIn(i.Conn) },
			})
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := road.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if _, err := io.ReadAll(resp.Body); err != nil {
				t.Fatal(err)
			}
			if conn == nil || conn.heard.Load() < int64(len(answer)) {
				t.Errorf("the connection %v has counted less than the answer", conn)
			}
		})
	}
}

func TestCompleting(t *testing.T) {
	for size, want := range map[int64]time.Duration{
		0: time.Minute, 100 * mib: time.Minute + 2*time.Second, 10 * gib: time.Minute + 204*time.Second, 48 << 40: 10 * time.Minute,
	} {
		if got := completing(size); got != want {
			t.Errorf("%d bytes: silent for %v, want %v", size, got, want)
		}
	}
}
