package checksum

import (
	"hash/crc32"
	"math/rand/v2"
	"testing"
)

func TestCombineCRC32(t *testing.T) {
	random := rand.NewChaCha8([32]byte{2})
	for _, lengths := range [][2]int{{0, 0}, {0, 5}, {5, 0}, {1, 1}, {7, 4096}, {4096, 7}, {100_000, 65_537}} {
		a, b := make([]byte, lengths[0]), make([]byte, lengths[1])
		random.Read(a)
		random.Read(b)
		got := CombineCRC32(crc32.ChecksumIEEE(a), crc32.ChecksumIEEE(b), int64(len(b)))
		if want := crc32.ChecksumIEEE(append(a, b...)); got != want {
			t.Errorf("lengths %v: %08x, want %08x", lengths, got, want)
		}
	}
}
