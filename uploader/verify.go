package uploader

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"chute/uploader/checksum"
	"chute/uploader/fault"
	"chute/uploader/sign"
)

// proof is the cheapest way to show that a store has the right bytes.
type proof int

const (
	// proofUnknown: nothing was completed at this store yet.
	proofUnknown proof = iota
	// proofCRC: the store answers with the CRC64NVME of the object.
	proofCRC
	// proofMD5: it does not, but a part's ETag is its MD5.
	proofMD5
	// proofSize: the size is all it says.
	proofSize
)

// checkPart compares a part with what the store said of it at once, so that a
// wrong one is sent again alone.
func checkPart(r receipt, etags sign.ETags) error {
	if got := r.part.CRC64NVME; got != "" && got != checksum.EncodeCRC64(r.crc) {
		return partMismatch("part checksum", checksum.EncodeCRC64(r.crc), got)
	}
	if r.md5 != "" && !r.opaque && etags == sign.ETagMD5 {
		if got, ok := md5OfETag(r.part.ETag); ok && got != r.md5 {
			return partMismatch("part ETag", r.md5, got)
		}
	}
	return nil
}

// verify proves the finished object, by the best evidence there is, and
// returns which kind that was.
func (t *transfer) verify(ctx context.Context, result sign.Result) (proof, error) {
	want := checksum.EncodeCRC64(t.objectCRC())
	single := len(t.parts) == 1 && t.plan.Parts == 0
	if single && result.CRC64NVME == "" {
		result.CRC64NVME = t.parts[0].ack.CRC64NVME
	}
	if result.CRC64NVME == "" && !(single && t.parts[0].proven) {
		found, err := t.look(ctx)
		switch {
		case err == nil:
			if found.Size >= 0 && found.Size != t.plan.Size {
				return 0, objectMismatch("size", fmt.Sprint(t.plan.Size), fmt.Sprint(found.Size))
			}
			result.CRC64NVME = found.CRC64NVME
			if result.ETag == "" {
				result.ETag = found.ETag
			}
		case errors.Is(err, sign.ErrUnsupported), fault.CodeOf(err) == fault.Denied:
			// A key that may only write: the parts are what can be compared.
		case fault.As(err).Variant == fault.NotFound:
			return 0, fault.New(fault.Changed, fault.StoreForgot, nil, err)
		default:
			return 0, err
		}
	}
	t.setObject(result.ETag, result.CRC64NVME)
	if result.CRC64NVME != "" {
		if result.CRC64NVME != want {
			return 0, objectMismatch("object checksum", want, result.CRC64NVME)
		}
		return proofCRC, nil
	}
	return t.verifyParts(ctx)
}

// verifyParts compares MD5s with the ETags of parts that were not compared
// when they were sent, which happens once a store: until something was
// completed there nobody knows that it has no checksum of the object.
func (t *transfer) verifyParts(ctx context.Context) (proof, error) {
	if t.limits.ETags != sign.ETagMD5 {
		return proofSize, nil
	}
	for i, p := range t.parts {
		if err := context.Cause(ctx); err != nil {
			return 0, err
		}
		want, ok := md5OfETag(p.ack.ETag)
		if !ok || p.opaque || t.content == nil && !p.proven {
			return proofSize, nil
		}
		if p.proven {
			continue
		}
		offset, size := t.plan.Range(i + 1)
		sum := md5.New()
		if _, err := io.Copy(sum, io.NewSectionReader(t.content, offset, size)); err != nil {
			return 0, fault.FromFile(err, t.source.Path())
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != want {
			return 0, objectMismatch(fmt.Sprintf("ETag of part %d", i+1), got, want)
		}
	}
	return proofMD5, nil
}

// objectCRC puts the checksum of the object together from those of its parts.
func (t *transfer) objectCRC() uint64 {
	var crc uint64
	for i, p := range t.parts {
		if i == 0 {
			crc = p.crc
			continue
		}
		crc = checksum.CombineCRC64(crc, p.crc, p.ack.Size)
	}
	return crc
}

// md5OfETag returns the MD5 that an ETag may be, in lower-case hex.
func md5OfETag(etag string) (string, bool) {
	s := strings.ToLower(strings.Trim(strings.TrimPrefix(etag, "W/"), `"`))
	if len(s) != hex.EncodedLen(md5.Size) {
		return "", false
	}
	_, err := hex.DecodeString(s)
	return s, err == nil
}

// crcOfETag returns the CRC64NVME that an ETag of versitygw may be, as that
// of the store on this computer is; else nothing.
func crcOfETag(etag string) string {
	crc, ok := strings.CutPrefix(strings.Trim(etag, `"`), "CRC64NVME-")
	if !ok {
		return ""
	}
	return crc
}

// partMismatch is what can be mended by sending the part again.
func partMismatch(what, sent, stored string) error {
	return &fault.Error{Code: fault.Checksum, Class: fault.Transient, Err: differs(what, sent, stored)}
}

// objectMismatch is what can be mended only by sending everything again.
func objectMismatch(what, sent, stored string) error {
	return fault.New(fault.Checksum, fault.ObjectDiffers, nil, differs(what, sent, stored))
}

func differs(what, sent, stored string) error {
	return fmt.Errorf("%s differs: sent %s, stored %s", what, sent, stored)
}
