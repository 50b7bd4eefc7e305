package checksum

import (
	"math/rand/v2"
	"testing"

	"github.com/minio/crc64nvme"
)

func TestCombineCRC64(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for _, lengths := range [][2]int{{0, 0}, {0, 5}, {5, 0}, {1, 1}, {7, 4096}, {4096, 7}, {100_000, 65_537}} {
		a, b := make([]byte, lengths[0]), make([]byte, lengths[1])
		random.Read(a)
		random.Read(b)
		got := CombineCRC64(crc64nvme.Checksum(a), crc64nvme.Checksum(b), int64(len(b)))
		if want := crc64nvme.Checksum(append(a, b...)); got != want {
			t.Errorf("lengths %v: %016x, want %016x", lengths, got, want)
		}
	}
}

// The check value of the CRC catalogue, as S3 writes it.
func TestEncodeCRC64(t *testing.T) {
	if got := EncodeCRC64(crc64nvme.Checksum([]byte("123456789"))); got != "rosUhgp5mIg=" {
		t.Errorf("CRC of 123456789 = %s", got)
	}
}

func BenchmarkCombineCRC64(b *testing.B) {
	for b.Loop() {
		CombineCRC64(1, 2, 8<<20)
	}
}
