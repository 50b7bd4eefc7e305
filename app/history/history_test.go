package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chute/app/state"
	"chute/uploader/fault"
	"chute/uploader/sign"
)

func at(t testing.TB, path string) *History {
	t.Helper()
	db, err := state.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return New(db)
}

func fresh(t testing.TB) *History { return at(t, filepath.Join(t.TempDir(), "state.db")) }

var now = time.UnixMilli(1_790_000_000_123)

const keptURL = "https://files.example.org/get?token=5ec4e7"

func sample() Entry {
	return Entry{
		ID: "abcd2345", Sent: now, Destination: "work", Name: "ü '\";\\ \U0001fa82.txt", Path: "/a/\xff/b", Size: 1 << 40,
		Ref:  sign.Ref{Name: "n", Bucket: "b", Key: "k/ü", UploadID: "u", ContentType: "text/plain", Size: 1 << 40, PartSize: 1 << 23, Extra: `{"a":1}`},
		ETag: `"e-2"`, Checksum: "c==", ExpiresAt: now.Add(24 * time.Hour),
	}
}

func TestAddAndGet(t *testing.T) {
	h := fresh(t)
	for name, change := range map[string]func(*Entry){
		"signed":  func(*Entry) {},
		"kept":    func(e *Entry) { e.URL = keptURL },
		"public":  func(e *Entry) { e.URL, e.ExpiresAt = "https://cdn/k", time.Time{} },
		"no link": func(e *Entry) { e.ExpiresAt = time.Time{} },
		"zero":    func(e *Entry) { *e = Entry{ID: e.ID} },
		"deleted": func(e *Entry) { e.Deleted = true },
	} {
		want := sample()
		change(&want) // one ID: each takes the place of the one before
		if err := h.db.Write(Adding(want)); err != nil {
			t.Fatal(err)
		}
		got, err := h.Get(t.Context(), " "+strings.ToUpper(want.ID)+"\n")
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, want)
		}
	}
	n := 0
	for range h.All(t.Context()) {
		n++
	}
	if n != 1 {
		t.Errorf("%d entries have one ID", n)
	}
}

func TestUnknownID(t *testing.T) {
	h := fresh(t)
	if err := h.db.Write(Adding(sample())); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", "aaaaaaaa", "%", "a'b", "abcd234"} {
		_, get := h.Get(t.Context(), id)
		for _, err := range []error{get, h.SetLink(t.Context(), id, "", now), h.MarkDeleted(t.Context(), id)} {
			if !errors.Is(err, ErrNotFound) || fault.CodeOf(err) != fault.Config {
				t.Errorf("%q: %v", id, err)
			}
		}
	}
}

func TestChanges(t *testing.T) {
	h := fresh(t)
	other := sample()
	other.ID = "other222"
	for _, e := range []Entry{sample(), other} {
		if err := h.db.Write(Adding(e)); err != nil {
			t.Fatal(err)
		}
	}
	until := now.Add(time.Hour)
	if err := h.SetLink(t.Context(), "ABCD2345", keptURL, until); err != nil {
		t.Fatal(err)
	}
	want := sample()
	want.URL, want.ExpiresAt = keptURL, until
	if e, err := h.Get(t.Context(), want.ID); err != nil || e != want {
		t.Errorf("got %+v, %v", e, err)
	}
	if err := h.MarkDeleted(t.Context(), want.ID); err != nil {
		t.Fatal(err)
	}
	want.URL, want.Deleted = "", true
	if e, err := h.Get(t.Context(), want.ID); err != nil || e != want {
		t.Errorf("got %+v, %v", e, err)
	}
	if e, err := h.Get(t.Context(), other.ID); err != nil || e != other {
		t.Errorf("the other changed: %+v, %v", e, err)
	}
}

func TestState(t *testing.T) {
	until := now.Add(time.Hour)
	for _, c := range []struct {
		entry Entry
		at    time.Time
		want  LinkState
	}{
		{Entry{}, now, NoLink},
		{Entry{ExpiresAt: until}, until.Add(-1), Works},
		{Entry{ExpiresAt: until}, until, Expired},
		{Entry{URL: keptURL, ExpiresAt: until}, now, Works},
		{Entry{URL: "https://cdn/k"}, now, Forever},
		{Entry{ExpiresAt: until, Deleted: true}, now, Deleted},
		{Entry{Deleted: true}, now, Deleted},
	} {
		if got := c.entry.State(c.at); got != c.want {
			t.Errorf("%+v: %s, want %s", c.entry, got, c.want)
		}
	}
}

func add(h *History, id string) error {
	e := sample()
	e.ID = id
	return h.db.Write(Adding(e))
}

func TestList(t *testing.T) {
	for _, n := range []int{0, 1, pageSize - 1, pageSize, pageSize + 1, 2*pageSize + 3} {
		h := fresh(t)
		tx, err := h.db.Begin() // fast: one transaction
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if _, err := tx.Exec("insert into sent ("+columns+") values (?,0,'','','',0,'{}','','','',0,0,0,'','')", fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		next := n - 1
		for e, err := range h.All(t.Context()) {
			if err != nil || e.ID != fmt.Sprint(next) {
				t.Fatalf("of %d: got %q, %v, want %d", n, e.ID, err, next)
			}
			if next == n-1 { // the loop may use the history, and add to it
				if err := add(h, "new"); err != nil {
					t.Fatal(err)
				}
			}
			next--
		}
		if next != -1 {
			t.Errorf("of %d the list ended at %d", n, next)
		}
		for range h.All(t.Context()) {
			break
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range fresh(t).All(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

// Two processes write and read the same file at the same time.
func TestTwoProcesses(t *testing.T) {
	const n = 100
	write := func(h *History, who string) error {
		for i := range n {
			id := fmt.Sprint(who, i)
			if err := add(h, id); err != nil {
				return err
			}
			if err := h.MarkDeleted(t.Context(), id); err != nil {
				return err
			}
		}
		return nil
	}
	if path := os.Getenv("CHUTE_TEST_STATE"); path != "" {
		if err := write(at(t, path), "child"); err != nil {
			t.Fatal(err)
		}
		return
	}
	path := filepath.Join(t.TempDir(), "state.db") // nobody has made it yet
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "CHUTE_TEST_STATE="+path)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h := at(t, path)
	if err := write(h, "parent"); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, out.Bytes())
	}
	count := map[string]int{}
	for e, err := range h.All(t.Context()) {
		if err != nil || !e.Deleted {
			t.Fatalf("%+v, %v", e, err)
		}
		count[strings.TrimRight(e.ID, "0123456789")]++
	}
	if count["parent"] != n || count["child"] != n {
		t.Errorf("there are %v", count)
	}
}
