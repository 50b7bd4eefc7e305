package gateway

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/versity/versitygw/backend"
)

// An upload of the most parts there can be is completed, whatever room the file
// system has for what is known of them.
func TestManyParts(t *testing.T) {
	dir := t.TempDir()
	if !attributesWork(dir) {
		t.Skip("no extended attributes here")
	}
	file, err := os.Create(filepath.Join(dir, "object"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var a attributes
	for _, n := range []int{1, 2, 10_000} {
		want := backend.MpUploadMetadata{UploadID: "id"}
		for i := range n {
			want.Parts = append(want.Parts, int64(i+1)*5_368_713+int64(i%7))
		}
		value, err := backend.MarshalMpUploadMetadata(want, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.StoreAttribute(file, dir, "object", partsAttribute, value); err != nil {
			t.Errorf("%d parts: %v", n, err)
			continue
		}
		value, err = a.RetrieveAttribute(nil, dir, "object", partsAttribute)
		if err != nil {
			t.Fatal(err)
		}
		got, err := backend.UnmarshalMpUploadMetadata(value, false)
		if err != nil || got.UploadID != want.UploadID || len(got.Parts) == 0 || got.Parts[len(got.Parts)-1] != want.Parts[n-1] {
			t.Errorf("%d parts became %+v, %v", n, got, err)
		}
		if n == 2 && len(got.Parts) != 2 {
			t.Errorf("two parts became %d", len(got.Parts))
		}
	}
}
