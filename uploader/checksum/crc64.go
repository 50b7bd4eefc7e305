// Package checksum has the arithmetic of CRCs that Go's libraries lack: putting
// the checksum of a whole together from those of its pieces.
package checksum

import (
	"encoding/base64"
	"encoding/binary"
)

// The polynomial of CRC-64/NVME, bits reversed, as S3 uses it.
const crcPoly = 0x9a6c9329ac4bc9b5

// CombineCRC64 returns the CRC-64/NVME of A followed by B, from the CRCs of A
// and of B and the length of B in bytes. Parts end in any order, so the
// checksum of the object is put together from theirs.
//
// Appending n zero bits multiplies the polynomial that a CRC stands for by
// x^n, modulo the CRC's polynomial; the conditioning with all ones at start
// and end cancels out.
func CombineCRC64(a, b uint64, lengthB int64) uint64 {
	return mulMod(powX(uint64(lengthB)*8), a) ^ b
}

// mulMod multiplies two polynomials over GF(2) modulo crcPoly. The highest bit
// is the coefficient of x^0.
func mulMod(a, b uint64) uint64 {
	var p uint64
	for m := uint64(1) << 63; m != 0; m >>= 1 {
		if a&m != 0 {
			p ^= b
		}
		if b&1 != 0 {
			b = b>>1 ^ crcPoly
		} else {
			b >>= 1
		}
	}
	return p
}

// powX returns x^n modulo crcPoly.
func powX(n uint64) uint64 {
	result := uint64(1) << 63 // x^0
	for square := uint64(1) << 62; n != 0; n >>= 1 {
		if n&1 != 0 {
			result = mulMod(result, square)
		}
		square = mulMod(square, square)
	}
	return result
}

// EncodeCRC64 writes a CRC as S3 does: base64 of the big-endian bytes.
func EncodeCRC64(c uint64) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, c))
}
