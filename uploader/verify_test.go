package uploader

import (
	"net/http"
	"testing"

	"chute/uploader/fault"
	"chute/uploader/sign"

	"github.com/minio/crc64nvme"
)

// What a store says of a part is compared with what was sent, in every form
// that stores have for it; what says nothing proves nothing.
func TestCheckPart(t *testing.T) {
	const (
		right    = "M3eFcAZSQlc=" // of "hello", as S3 writes it
		wrong    = "AAAAAAAAAAA="
		rightMD5 = "5d41402abc4b2a76b9719d911017c592"
		wrongMD5 = "00000000000000000000000000000000"
	)
	tests := []struct {
		name    string
		headers map[string]string
		md5     string
		etags   sign.ETags
		differs bool
	}{
		{name: "nothing"},
		{name: "checksum", headers: map[string]string{"X-Amz-Checksum-Crc64nvme": right}},
		{name: "wrong checksum", headers: map[string]string{"X-Amz-Checksum-Crc64nvme": wrong}, differs: true},
		{name: "checksum in the ETag", headers: map[string]string{"ETag": `"CRC64NVME-` + right + `"`}},
		{name: "wrong checksum in the ETag", headers: map[string]string{"ETag": `"CRC64NVME-` + wrong + `"`}, differs: true},
		{name: "wrong checksum in an ETag that proves nothing", etags: sign.ETagOpaque, headers: map[string]string{"ETag": `"CRC64NVME-` + wrong + `"`}, differs: true},
		{name: "a header counts before the ETag", headers: map[string]string{"X-Amz-Checksum-Crc64nvme": right, "ETag": `"CRC64NVME-` + wrong + `"`}},
		{name: "MD5", md5: rightMD5, headers: map[string]string{"ETag": `"` + rightMD5 + `"`}},
		{name: "wrong MD5", md5: rightMD5, headers: map[string]string{"ETag": `"` + wrongMD5 + `"`}, differs: true},
		{name: "wrong MD5 of who gives none", md5: rightMD5, etags: sign.ETagOpaque, headers: map[string]string{"ETag": `"` + wrongMD5 + `"`}},
		{name: "wrong MD5 of what is encrypted", md5: rightMD5, headers: map[string]string{"ETag": `"` + wrongMD5 + `"`, "X-Amz-Server-Side-Encryption": "aws:kms"}},
		{name: "an ETag as long as a checksum", headers: map[string]string{"ETag": `"` + wrong + `"`}},
		{name: "an ETag of its own kind", md5: rightMD5, headers: map[string]string{"ETag": `"0x8DBF2C1"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := make(http.Header)
			for k, v := range test.headers {
				h.Set(k, v)
			}
			r := newReceipt(h, &body{crc: crc64nvme.Checksum([]byte("hello"))}, 5)
			r.md5 = test.md5
			err := checkPart(r, test.etags)
			if differs := fault.CodeOf(err) == fault.Checksum; differs != test.differs || err != nil && !differs {
				t.Errorf("checkPart: %v", err)
			}
		})
	}
}
