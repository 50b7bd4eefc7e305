package uploader_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chute/uploader"
)

// A page shows in the browser, where any other HTML would be saved.
func TestDocumentIsShown(t *testing.T) {
	b := newBench(t)
	const text = "<!doctype html><title>ü</title>"
	path := filepath.Join(b.dir, "other.html")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, source := range map[string]uploader.Source{
		"inline; ":     uploader.NewDocument("Photos.html", []byte(text)),
		"attachment; ": uploader.NewFile("other.html", path, int64(len(text))),
	} {
		id := b.engine.Add(b.job(source, want+"page.html"))
		s := b.await(id, "done", func(s uploader.Snapshot) bool { return s.State == uploader.Done })
		resp, err := http.Get(s.Link.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if got := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(got, want) || string(body) != text {
			t.Errorf("%q: %q, %q", source.Name(), got, body)
		}
		if got := resp.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
			t.Errorf("%q: %q", source.Name(), got)
		}
	}
}

func TestIdentify(t *testing.T) {
	b := newBench(t)
	path, _ := b.file("a", 300<<10)
	first, err := uploader.Identify(path)
	if err != nil || first.Size != 300<<10 || first.Ends == "" {
		t.Fatalf("%+v, %v", first, err)
	}
	again, _ := uploader.Identify(path)
	other, _ := b.file("b", 300<<10+1)
	second, _ := uploader.Identify(other)
	if !first.Same(again) || first.Ends == second.Ends {
		t.Errorf("%+v, %+v, %+v", first, again, second)
	}
	if _, err := uploader.Identify(path + "x"); err == nil {
		t.Error("a file that is not there has an identity")
	}
}
