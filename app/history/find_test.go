package history

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// filled is a history with one entry of each kind, oldest first.
func filled(t *testing.T) *History {
	t.Helper()
	h := fresh(t)
	for _, e := range []Entry{
		{ID: "works", Name: "Interview – final cut.mov", Destination: "work", ExpiresAt: now.Add(time.Minute)},
		{ID: "edge", Name: "ÉTÉ.pdf", Destination: "work", ExpiresAt: now},
		{ID: "over", Name: "e\u0301te\u0301 2025.pdf", Destination: "home", ExpiresAt: now.Add(-time.Minute)},
		{ID: "ever", Name: "100%_cut.svg", Destination: "home", URL: "https://cdn/x"},
		{ID: "none", Name: "STRASSE.txt", Destination: "home"},
		{ID: "gone", Name: "Final.mov", Destination: "work", ExpiresAt: now.Add(time.Hour), Deleted: true},
	} {
		if err := h.db.Write(Adding(e)); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func TestFind(t *testing.T) {
	h := filled(t)
	for _, c := range []struct {
		query Query
		want  []string
	}{
		{Query{}, []string{"gone", "none", "ever", "over", "edge", "works"}},
		{Query{Text: "  "}, []string{"gone", "none", "ever", "over", "edge", "works"}},
		{Query{Text: "CUT final"}, []string{"works"}},
		{Query{Text: "cut"}, []string{"ever", "works"}},
		{Query{Text: "été"}, []string{"over", "edge"}},
		{Query{Text: "straße"}, []string{"none"}},
		{Query{Text: "%_"}, []string{"ever"}},
		{Query{Text: "_"}, []string{"ever"}},
		{Query{Text: "'; drop table sent; --"}, nil},
		{Query{Destination: "home"}, []string{"none", "ever", "over"}},
		{Query{State: Works}, []string{"works"}},
		{Query{State: Expired}, []string{"over", "edge"}},
		{Query{State: Forever}, []string{"ever"}},
		{Query{State: NoLink}, []string{"none"}},
		{Query{State: Deleted}, []string{"gone"}},
		{Query{Text: "mov", Destination: "work", State: Works}, []string{"works"}},
	} {
		c.query.Now = now
		seqs, err := h.Find(t.Context(), c.query)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := h.Read(t.Context(), seqs)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for i, e := range entries {
			ids = append(ids, e.ID)
			if e.Seq != seqs[i] {
				t.Errorf("%+v: entry %d has number %d, want %d", c.query, i, e.Seq, seqs[i])
			}
			if s := c.query.State; s != "" && e.State(now) != s {
				t.Errorf("%+v: %s is %s", c.query, e.ID, e.State(now))
			}
		}
		if !slices.Equal(ids, c.want) {
			t.Errorf("%+v: %q, want %q", c.query, ids, c.want)
		}
	}
}

// Every word of every query is safe, and finds what has it.
func FuzzFind(f *testing.F) {
	for _, s := range []string{"", "a b", "%", "\\", "'\"", "İ", "\xff", "ǆ"} {
		f.Add(s)
	}
	h := at(f, f.TempDir()+"/state.db")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "\x00") {
			t.Skip() // no file has it in its name, and SQLite's functions end there
		}
		if err := h.db.Write(Adding(Entry{ID: "x", Name: text})); err != nil {
			t.Skip(err)
		}
		e, err := h.Get(t.Context(), "x")
		if err != nil {
			t.Fatal(err)
		}
		found, err := h.Find(t.Context(), Query{Text: e.Name})
		if err != nil || len(found) != 1 {
			t.Errorf("%q finds %d entries, %v", text, len(found), err)
		}
	})
}

func TestReadLeavesOutWhatIsNotThere(t *testing.T) {
	h := filled(t)
	seqs, err := h.Find(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := h.Read(t.Context(), append(seqs, 999_999))
	if err != nil || len(entries) != len(seqs) {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	if entries, err := h.Read(t.Context(), nil); err != nil || len(entries) != 0 {
		t.Errorf("nothing asked for, %d entries, %v", len(entries), err)
	}
}

func TestReadInPieces(t *testing.T) {
	h := fresh(t)
	const n = 2*pageSize + 1
	for i := range n {
		if err := h.db.Write(Adding(Entry{ID: fmt.Sprint("i", i)})); err != nil {
			t.Fatal(err)
		}
	}
	seqs, err := h.Find(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := h.Read(t.Context(), seqs)
	if err != nil || len(entries) != n {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	for i, e := range entries {
		if e.ID != fmt.Sprint("i", n-1-i) {
			t.Fatalf("entry %d is %s", i, e.ID)
		}
	}
}

func TestSameFile(t *testing.T) {
	h := fresh(t)
	file := Entry{ID: "a", Destination: "work", Size: 5, Modified: time.Unix(7, 123_456_789), Ends: "x"}
	other := func(change func(*Entry)) Entry {
		e := file
		change(&e)
		return e
	}
	for _, e := range []Entry{
		file,
		other(func(e *Entry) { e.ID, e.Ends = "b", "y" }),
		other(func(e *Entry) { e.ID, e.Size = "size", 6 }),
		other(func(e *Entry) { e.ID, e.Modified = "time", e.Modified.Add(time.Nanosecond) }),
		other(func(e *Entry) { e.ID, e.Destination = "elsewhere", "home" }),
		other(func(e *Entry) { e.ID, e.Deleted = "deleted", true }),
		other(func(e *Entry) { e.ID, e.Ends = "stream", "" }),
	} {
		if err := h.db.Write(Adding(e)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := h.SameFile(t.Context(), "work", 5, file.Modified)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range got {
		ids = append(ids, e.ID)
	}
	if !slices.Equal(ids, []string{"b", "a"}) || got[1] != file {
		t.Errorf("%q, %+v", ids, got)
	}
}

func BenchmarkFind100000(b *testing.B) {
	h := at(b, b.TempDir()+"/state.db")
	tx, err := h.db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	for i := range 100_000 {
		if _, err := tx.Exec("insert into sent ("+columns+") values (?,?,'work',?,'',1,'{}','','','',0,0,0,'','')", fmt.Sprint("i", i), i, fmt.Sprintf("2026/IMG_%06d.jpg", i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]Query{"all": {}, "text": {Text: "img 99"}, "state": {State: Expired, Now: now}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := h.Find(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
