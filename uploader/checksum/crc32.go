package checksum

// The polynomial of CRC-32 (IEEE), bits reversed, as in zip files.
const crc32Poly = 0xedb88320

// CombineCRC32 returns the CRC-32 of A followed by B, from the CRCs of A and
// of B and the length of B in bytes.
func CombineCRC32(a, b uint32, lengthB int64) uint32 {
	return mulMod32(powX32(uint64(lengthB)*8), a) ^ b
}

// mulMod32 is mulMod modulo crc32Poly.
func mulMod32(a, b uint32) uint32 {
	var p uint32
	for m := uint32(1) << 31; m != 0; m >>= 1 {
		if a&m != 0 {
			p ^= b
		}
		if b&1 != 0 {
			b = b>>1 ^ crc32Poly
		} else {
			b >>= 1
		}
	}
	return p
}

// powX32 is powX modulo crc32Poly.
func powX32(n uint64) uint32 {
	result := uint32(1) << 31 // x^0
	for square := uint32(1) << 30; n != 0; n >>= 1 {
		if n&1 != 0 {
			result = mulMod32(result, square)
		}
		square = mulMod32(square, square)
	}
	return result
}
