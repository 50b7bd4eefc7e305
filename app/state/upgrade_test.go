package state

import (
	"database/sql"
	"path/filepath"
	"strconv"
	"testing"
)

// What an earlier version wrote is there after the present one opened the file,
// whichever version it was.
func TestUpgrade(t *testing.T) {
	for version := 1; version <= len(schema); version++ {
		path := filepath.Join(t.TempDir(), "state.db")
		db, err := sql.Open("sqlite", dsn(path))
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range schema[:version] {
			if _, err := db.Exec(step); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.Exec("pragma user_version = " + strconv.Itoa(version)); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`insert into sent (id, at, destination, name, path, size, ref, etag, checksum, url, expires, deleted)
			values ('old', 1, 'work', 'a.pdf', '/a.pdf', 3, '{}', 'e', 'c', 'https://x', 2, 0)`); err != nil {
			t.Fatal(err)
		}
		if version >= 2 {
			if _, err := db.Exec(`insert into unfinished (id, owner, destination, name, path, key, life, added, size, begun, upload, ref, part_size, parts, modified, ends)
				values ('half', '', 'work', 'b.bin', '/b.bin', 'k', 1, 2, 3, 4, 'u', '{}', 5, 6, 7, 'h')`); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		now := opened(t, path)
		want := map[string]string{
			"pragma user_version": strconv.Itoa(len(schema)), "select id || name || url from sent": "olda.pdfhttps://x",
			"select count(*) from part": "0",
		}
		if version >= 2 {
			want["select id || upload || ends from unfinished"] = "halfuh"
		}
		for query, value := range want {
			if got := one(t, now.DB, query); got != value {
				t.Errorf("from version %d, %s: %s, want %s", version, query, got, value)
			}
		}
		if now.Aside != "" {
			t.Errorf("version %d was taken for damaged", version)
		}
	}
}
