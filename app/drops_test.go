package app

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"chute/app/config"
	"chute/ui"
	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/storetest"

	"fyne.io/fyne/v2/test"
)

// bench is a program with a window's host and a real store, without a window.
type windowBench struct {
	*host
	t     *testing.T
	store *storetest.Store
	dir   string // for files
}

func newWindowBench(t *testing.T) *windowBench {
	t.Helper()
	test.NewTempApp(t) // for the words on pages
	store := storetest.Start(t)
	t.Setenv("AWS_ACCESS_KEY_ID", storetest.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", storetest.SecretKey)
	atHome(t, fmt.Sprintf("[[destination]]\nname = \"store\"\ntype = \"s3\"\nendpoint = %q\nregion = %q\nbucket = %q\ncredentials = \"aws\"\nkey = \"{path}\"\n",
		store.Endpoint, storetest.Region, store.Bucket))
	b := &windowBench{t: t, store: store, dir: t.TempDir()}
	b.start()
	t.Cleanup(func() { b.quit() })
	return b
}

// start is the start of a process.
func (b *windowBench) start() {
	b.t.Helper()
	h := newHost()
	a, err := Open(b.t.Context(), Options{Window: true, Notice: func(f *fault.Error) { b.t.Log(f) }, Ended: h.pages.ended})
	if err != nil {
		b.t.Fatal(err)
	}
	h.app = a
	h.watcher = a.engine.Watch()
	if err := h.load(""); err != nil {
		b.t.Fatal(err)
	}
	b.host = h
}

// quit is its end.
func (b *windowBench) quit() {
	b.watcher.Close()
	b.app.Close()
}

func (b *windowBench) file(name, content string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// settle waits until all that was added has ended, and returns it by name.
func (b *windowBench) settle(want int) map[string]uploader.Snapshot {
	b.t.Helper()
	all := map[uploader.ID]uploader.Snapshot{}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		for _, s := range b.Changes(nil) {
			all[s.ID] = s
		}
		// History has what was sent a moment after it was sent.
		known, err := b.FindLinks(b.t.Context(), ui.LinkQuery{})
		if err != nil {
			b.t.Fatal(err)
		}
		ended, adding := 0, len(known) < want
		for _, s := range all {
			if s.State.Ended() {
				ended++
			}
			adding = adding || b.Adding(s.Batch)
		}
		if ended == want && len(all) == want && !adding {
			break
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("%d of %d ended, want %d", ended, len(all), want)
		}
	}
	byName := map[string]uploader.Snapshot{}
	for _, s := range all {
		byName[s.Name] = s
	}
	return byName
}

func fetched(t *testing.T, url string) (string, int) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), resp.StatusCode
}

var href = regexp.MustCompile(`href="([^"]*)"`)

// linksOn follows all links on a page.
func linksOn(t *testing.T, page string) (contents []string) {
	t.Helper()
	for _, m := range href.FindAllStringSubmatch(page, -1) {
		text, status := fetched(t, html.UnescapeString(m[1]))
		contents = append(contents, fmt.Sprint(status, " ", text))
	}
	return contents
}

func TestOneLinkForAFolder(t *testing.T) {
	b := newWindowBench(t)
	b.file("Brand kit/logo <1>.svg", "logo")
	b.file("Brand kit/fonts/a.woff", "font")
	b.file("Brand kit/.DS_Store", "litter")
	b.Add([]string{filepath.Join(b.dir, "Brand kit")}, ui.Sending{To: "store", Page: true})
	sent := b.settle(3)
	page := sent["Brand kit.html"]
	if !b.IsPage(page.ID) || b.IsPage(sent["Brand kit/logo <1>.svg"].ID) {
		t.Fatalf("sent %v", slices.Collect(func(yield func(string) bool) {
			for n := range sent {
				yield(n)
			}
		}))
	}
	text, _ := fetched(t, page.Link.URL)
	if got := linksOn(t, text); !slices.Equal(got, []string{"200 font", "200 logo"}) {
		t.Errorf("its links give %q", got)
	}
	if !strings.Contains(text, "logo &lt;1&gt;.svg") || strings.Contains(text, "DS_Store") {
		t.Errorf("the page:\n%s", text)
	}
	member := sent["Brand kit/logo <1>.svg"].Link.Expires
	if page.Link.Expires.After(member) || member.Sub(page.Link.Expires) > 10*time.Second {
		t.Errorf("the page works until %s, its links until %s", page.Link.Expires, member)
	}

	// In the list of links it is a page, and a new link makes its links new.
	numbers, err := b.FindLinks(t.Context(), ui.LinkQuery{Text: "brand html"})
	if err != nil || len(numbers) != 1 {
		t.Fatal(numbers, err)
	}
	links, err := b.ReadLinks(t.Context(), numbers)
	if err != nil || links[0].Files != 2 || links[0].Size != 8 || links[0].ID != page.ID {
		t.Fatalf("%+v, %v", links, err)
	}
	if err := b.DeleteSent(t.Context(), sent["Brand kit/fonts/a.woff"].ID); err != nil {
		t.Fatal(err)
	}
	b.SetLinkLife(2 * time.Hour)
	renewed, err := b.NewLink(t.Context(), page.ID)
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(renewed.Expires); left > 2*time.Hour || left < 110*time.Minute {
		t.Errorf("the new link works for %s", left)
	}
	text, _ = fetched(t, renewed.URL)
	if got := linksOn(t, text); !slices.Equal(got, []string{"200 logo"}) { // what is gone is not listed
		t.Errorf("its new links give %q", got)
	}
	b.store.Holds("Brand kit.html", "logo <1>.svg")
	same, err := b.CurrentLink(t.Context(), page.ID)
	if err != nil || same.Expires.Sub(renewed.Expires).Abs() > 2*time.Second {
		t.Errorf("its link now: %v, %v", same.Expires, err)
	}

	// What was shared by one link is deleted as one.
	if err := b.DeleteSent(t.Context(), page.ID); err != nil {
		t.Fatal(err)
	}
	b.store.Holds()
	gone, err := b.FindLinks(t.Context(), ui.LinkQuery{State: ui.LinkDeleted})
	if err != nil || len(gone) != 3 {
		t.Errorf("%d are said to be deleted, %v", len(gone), err)
	}
}

func TestPageWaitsForWhatFailed(t *testing.T) {
	b := newWindowBench(t)
	first, second := b.file("a.txt", "a"), b.file("b.txt", "b")
	gone := filepath.Join(b.dir, "gone.txt")
	b.Add([]string{first, second, gone}, ui.Sending{To: "store", Page: true})
	ids := map[uploader.State][]uploader.ID{}
	for deadline := time.Now().Add(time.Minute); len(ids[uploader.Done]) < 2 || len(ids[uploader.Failed]) < 1; time.Sleep(10 * time.Millisecond) {
		for _, s := range b.Changes(nil) {
			if s.State.Ended() {
				ids[s.State] = append(ids[s.State], s.ID)
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("ended: %v", ids)
		}
	}
	b.Remove(ids[uploader.Done]...)   // as the list does with the many files of a folder
	b.Remove(ids[uploader.Failed]...) // the user does without it
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		numbers, err := b.FindLinks(t.Context(), ui.LinkQuery{Text: "html"})
		if err != nil {
			t.Fatal(err)
		}
		if len(numbers) == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no page")
		}
	}
	b.store.Holds("a + 2.html", "a.txt", "b.txt")
}

func TestOneZip(t *testing.T) {
	b := newWindowBench(t)
	b.file("Photos/1.jpg", "one")
	b.file("Photos/2.jpg", "two")
	b.Add([]string{filepath.Join(b.dir, "Photos")}, ui.Sending{To: "store", Zip: true})
	sent := b.settle(1)
	if s := sent["Photos.zip"]; s.State != uploader.Done {
		t.Fatalf("%+v", sent)
	}
	b.store.Holds("Photos.zip")
}

func TestSameFileIsKnownAgain(t *testing.T) {
	b := newWindowBench(t)
	path := b.file("contract.pdf", strings.Repeat("x", 200_000))
	look := func(paths ...string) ui.Drop { return b.Look(t.Context(), paths, "store") }
	if d := look(path, b.dir); d.Files != 1 || d.Folders != 1 || len(d.Again) != 0 {
		t.Fatalf("before: %+v", d)
	}
	b.Add([]string{path}, ui.Sending{To: "store"})
	id := b.settle(1)["contract.pdf"].ID
	d := look(path)
	if len(d.Again) != 1 || d.Again[0].Link.ID != id || d.Again[0].Path != path {
		t.Fatalf("after: %+v", d)
	}
	if d := b.Look(t.Context(), []string{path}, config.ThisComputer); len(d.Again) != 0 {
		t.Error("known at another destination")
	}
	moved := filepath.Join(b.dir, "moved.pdf")
	if err := os.Rename(path, moved); err != nil {
		t.Fatal(err)
	}
	if d := look(moved); len(d.Again) != 1 {
		t.Error("moved, it is another file")
	}
	// Same size and time, other bytes.
	info, err := os.Stat(moved)
	if err != nil {
		t.Fatal(err)
	}
	other := b.file("other.pdf", strings.Repeat("y", 200_000))
	if err := os.Chtimes(other, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if d := look(other); len(d.Again) != 0 {
		t.Error("other bytes are taken for the same")
	}
	if err := b.DeleteSent(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if d := look(moved); len(d.Again) != 0 {
		t.Error("what was deleted is offered")
	}
}

func TestLinksOfWhatWasSent(t *testing.T) {
	b := newWindowBench(t)
	b.Add([]string{b.file("Ümläut.txt", "content")}, ui.Sending{To: "store"})
	s := b.settle(1)["Ümläut.txt"]
	numbers, err := b.FindLinks(t.Context(), ui.LinkQuery{Text: "ÜMLÄUT", Destination: "store", State: ui.LinkWorks})
	if err != nil || len(numbers) != 1 {
		t.Fatal(numbers, err)
	}
	links, err := b.ReadLinks(t.Context(), numbers)
	if err != nil || links[0].ID != s.ID || links[0].Path != s.Path || links[0].State(time.Now()) != ui.LinkWorks {
		t.Fatalf("%+v, %v", links, err)
	}
	link, err := b.CurrentLink(t.Context(), s.ID)
	if err != nil {
		t.Fatal(err)
	}
	// It ends when the one that was given ends, however often it is made.
	if link.Expires.Sub(s.Link.Expires).Abs() > 2*time.Second {
		t.Errorf("works until %s instead of %s", link.Expires, s.Link.Expires)
	}
	if text, status := fetched(t, link.URL); status != 200 || text != "content" {
		t.Errorf("%d %q", status, text)
	}
	if err := os.Remove(s.Path); err != nil {
		t.Fatal(err)
	}
	if links, _ := b.ReadLinks(t.Context(), numbers); links[0].Path != "" {
		t.Error("a file that is gone can be shown")
	}
	if err := b.Reveal(t.Context(), s.Path); fault.As(err).Variant != fault.Vanished {
		t.Errorf("showing it: %v", err)
	}
	if err := b.DeleteSent(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	b.store.Holds()
	if links, _ := b.ReadLinks(t.Context(), numbers); links[0].State(time.Now()) != ui.LinkDeleted {
		t.Errorf("%+v", links)
	}
	if _, err := b.NewLink(t.Context(), s.ID); fault.As(err).Variant != fault.NotFound {
		t.Errorf("a new link to nothing: %v", err)
	}
}

func TestBucketsAndRegionByTheForm(t *testing.T) {
	b := newWindowBench(t)
	d := ui.Destination{Type: config.TypeS3, Endpoint: b.store.Endpoint, Provider: "minio", Credentials: config.CredentialsKeyring}
	s := ui.Secrets{AccessKey: storetest.AccessKey, SecretKey: storetest.SecretKey}
	buckets, err := b.Buckets(t.Context(), d, s)
	if err != nil || !slices.Contains(buckets, ui.Bucket{Name: b.store.Bucket, Region: storetest.Region}) {
		t.Errorf("%v, %v", buckets, err)
	}
	d.Bucket = b.store.Bucket
	if region := b.Locate(t.Context(), d, s); region != storetest.Region {
		t.Errorf("region %q", region)
	}
	s.SecretKey = "wrong"
	if _, err := b.Buckets(t.Context(), d, s); fault.CodeOf(err) != fault.Signature {
		t.Errorf("with a wrong secret: %v", err)
	}
	if region := b.Locate(context.Background(), d, s); region != "" {
		t.Errorf("with a wrong secret, region %q", region)
	}
}

func TestExportIsWhatAColleagueOpens(t *testing.T) {
	b := newWindowBench(t)
	path := filepath.Join(b.dir, "store.chute")
	beside, err := b.Export(t.Context(), "store", path)
	if err != nil || len(beside) != 0 {
		t.Fatal(beside, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{storetest.AccessKey, storetest.SecretKey} {
		if strings.Contains(string(text), secret) {
			t.Errorf("a secret in %s", text)
		}
	}
	offers, err := b.ReadDestinationFile(t.Context(), path)
	if err != nil || len(offers) != 1 || !offers[0].Known {
		t.Fatalf("%+v, %v", offers, err)
	}
	// With a certificate, which stands beside it.
	tls := storetest.StartTLS(t)
	d := offers[0].Destination
	d.Name, d.CAFile, d.Endpoint = "tls", tls.CAFile(), tls.Endpoint
	if _, err := b.Save(t.Context(), "", d, ui.Secrets{}); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(b.dir, "with certificate.chute")
	if beside, err := b.Export(t.Context(), "tls", path); err != nil || !slices.Equal(beside, []string{"with certificate.pem"}) {
		t.Fatal(beside, err)
	}
	offers, err = b.ReadDestinationFile(t.Context(), path)
	if err != nil || len(offers) != 1 || len(offers[0].Authorities) != 1 {
		t.Fatalf("%+v, %v", offers, err)
	}
}

func TestFirstStart(t *testing.T) {
	atHome(t, "")
	start := func(to string) *host {
		a, err := Open(t.Context(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(a.Close)
		h := &host{app: a, groups: newGroups(), pages: newPages()}
		if err := h.load(to); err != nil {
			t.Fatal(err)
		}
		return h
	}
	h := start("")
	if !h.FirstStart() {
		t.Fatal("nothing is asked")
	}
	if start(config.ThisComputer).FirstStart() {
		t.Error("asked, where --to says it")
	}
	h.Welcomed()
	if h.FirstStart() || start("").FirstStart() {
		t.Error("asked again")
	}
	if b := newWindowBench(t); b.FirstStart() {
		t.Error("asked, where there is a destination")
	}
}

func TestPastedTextAndPaths(t *testing.T) {
	b := newWindowBench(t)
	a, c := b.file("a b+c.txt", "x"), b.file("c.txt", "x")
	uri := "file://" + strings.ReplaceAll(strings.ReplaceAll(a, " ", "%20"), "+", "+")
	for text, want := range map[string][]string{
		a + "\n" + c + "\r\n": {a, c},
		uri + "\n" + c:        {a, c},
		a + "\n/not/there":    nil,
		"c.txt":               nil,
		"":                    nil,
		"\n\n":                nil,
	} {
		if got := pathsIn(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	paths, err := b.Paste(t.Context(), "a note\nof two lines")
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	info, err := os.Stat(paths[0])
	content, _ := os.ReadFile(paths[0])
	if err != nil || string(content) != "a note\nof two lines" || info.Mode().Perm()&0o077 != 0 || filepath.Ext(paths[0]) != ".txt" {
		t.Errorf("%s: %q, %v, %v", paths[0], content, info.Mode(), err)
	}
	if paths, err := b.Paste(t.Context(), " \n"); err != nil || paths != nil {
		t.Errorf("nothing: %q, %v", paths, err)
	}
	// What was pasted long ago goes with the next paste.
	old := filepath.Dir(paths[0])
	past := time.Now().Add(-pastedLife - time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Paste(t.Context(), "another"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("it is there still: %v", err)
	}
}
