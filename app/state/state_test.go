package state

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"chute/uploader/fault"
)

func opened(t *testing.T, path string) *DB {
	t.Helper()
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func one(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	var v string
	if err := db.QueryRow(query).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestOpen(t *testing.T) {
	// A folder whose name would end or change a URL if it were not escaped.
	name := "a b?c#d%20é"
	if runtime.GOOS == "windows" {
		name = "a b#c%20é"
	}
	dir := filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "state.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	db := opened(t, path)
	if _, err := db.Exec("insert into sent values (1,'i',0,'','','',0,'','','','',0,0,0,'','')"); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"pragma journal_mode": "wal", "pragma busy_timeout": "15000", "pragma synchronous": "2", "pragma foreign_keys": "1",
		"pragma user_version": strconv.Itoa(len(schema)), "select id from sent": "i",
	} {
		if got := one(t, db.DB, query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Errorf("%v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v, %v", f.Name(), info.Mode(), err)
		}
	}
	db.Close()
	again := opened(t, path)
	if again.Aside != "" || one(t, again.DB, "select id from sent") != "i" {
		t.Errorf("after a new start something else is there; aside %q", again.Aside)
	}
}

func TestNewer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	db := opened(t, path)
	if _, err := db.Exec("pragma user_version = 99"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), path)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != fault.Config || f.Variant != fault.NewerState || !strings.Contains(f.Message(), path) {
		t.Errorf("got %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !slices.Equal(before, after) {
		t.Errorf("the file was changed, %v", err)
	}
}

func TestDamaged(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.db")
	opened(t, good).Close()
	b, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	schemaGone := slices.Clone(b)
	for i := 100; i < 4096; i++ { // the first page behind the file's head
		schemaGone[i] = 0xff
	}
	for name, content := range map[string][]byte{
		"text": []byte(strings.Repeat("no database at all\n", 100)), "short": []byte("SQLite format 3\x00 and no more than that, which is not much"),
		"schema": schemaGone,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			for _, f := range []string{path, path + "-wal"} {
				if err := os.WriteFile(f, content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			db := opened(t, path)
			if got := one(t, db.DB, "select count(*) from sent"); got != "0" {
				t.Errorf("%s rows", got)
			}
			if kept, err := os.ReadFile(db.Aside); err != nil || !slices.Equal(kept, content) || !strings.HasPrefix(db.Aside, path+".corrupt-") {
				t.Errorf("aside is %q, %v", db.Aside, err)
			}
			db.Close()
			if again := opened(t, path); again.Aside != "" {
				t.Error("the new file is damaged too")
			}
		})
	}
}

// Another process set the damaged file aside already: its new file stays.
func TestSetAsideOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	before, err := private(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".theirs"); err != nil {
		t.Fatal(err)
	}
	if moved, err := setAside(path, before); moved != "" || err != nil {
		t.Errorf("%q, %v", moved, err)
	}
	if err := os.WriteFile(path, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if moved, err := setAside(path, before); moved != "" || err != nil {
		t.Errorf("%q, %v", moved, err)
	}
	if b, _ := os.ReadFile(path); string(b) != "new" {
		t.Errorf("the new file is now %q", b)
	}
}

func TestUnusable(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "none", "state.db")} {
		if db, err := Open(t.Context(), path); err == nil {
			db.Close()
			t.Errorf("%s was opened", path)
		}
	}
}

// Whoever comes first makes the tables; nobody fails.
func TestOpenTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			db, err := Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if db.Aside != "" {
				t.Error("a new file was taken for damaged")
			}
			db.Close()
		})
	}
	wg.Wait()
}
