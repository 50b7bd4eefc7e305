package uploader

import (
	"chute/uploader/fault"
	"chute/uploader/sign"
)

const (
	mib = 1 << 20
	gib = 1 << 30

	// singleMax is the largest object sent in one request unless the
	// destination says otherwise. The AWS SDKs switch at the same size.
	singleMax = 16 * mib
	// partDefault is the part size as long as 10,000 such parts are enough.
	// AWS advises 8 to 16 MiB.
	partDefault = 8 * mib
)

// S3's own limits: "Amazon S3 multipart upload limits".
const (
	s3MinPart   = 5 * mib
	s3MaxPart   = 5 * gib
	s3MaxParts  = 10_000
	s3MaxSingle = 5 * gib
	s3MaxObject = s3MaxPart * s3MaxParts // 48.8 TiB
)

// Plan says how an object is cut. The zero Plan is an empty object in one request.
type Plan struct {
	Size     int64
	PartSize int64 // of all parts but the last
	Parts    int   // 0: one plain request instead of a multipart upload
}

// NewPlan cuts an object of size bytes within the limits of a destination. Its
// cost does not depend on the size. An object that cannot be sent is refused
// with code fault.TooLarge.
func NewPlan(size int64, l sign.Limits) (Plan, error) {
	l = withS3Limits(l)
	if size > l.MaxObject {
		return Plan{}, tooLarge(size, l.MaxObject)
	}
	if l.NoMulti || !l.NoSingle && size <= min(l.MaxSingle, max(singleMax, l.PartSize)) {
		if size > l.MaxSingle {
			return Plan{}, tooLarge(size, l.MaxSingle)
		}
		return Plan{Size: size, PartSize: size}, nil
	}
	part := l.PartSize
	if part == 0 {
		part = partDefault
	}
	if least := ceilDiv(size, int64(l.MaxParts)); part < least {
		part = ceilDiv(least, mib) * mib
	}
	part = min(max(part, l.MinPart), l.MaxPart)
	parts := max(1, ceilDiv(size, part))
	if parts > int64(l.MaxParts) {
		return Plan{}, tooLarge(size, int64(l.MaxParts)*l.MaxPart)
	}
	return Plan{Size: size, PartSize: part, Parts: int(parts)}, nil
}

// Multipart reports whether a source of that size goes up in parts, unless
// its destination wants it otherwise; so does one whose size is not known.
func Multipart(size int64) bool { return size < 0 || size > singleMax }

// Requests is how many requests carry bytes.
func (p Plan) Requests() int { return max(1, p.Parts) }

// cuts reports whether the parts of a plan that was stored cover its object.
func (p Plan) cuts() bool {
	return p.Size >= 0 && p.PartSize > 0 && p.Parts > 0 && p.Parts <= s3MaxParts &&
		int64(p.Parts) == max(1, ceilDiv(p.Size, p.PartSize))
}

// Range returns where part number, which starts at 1, lies.
func (p Plan) Range(number int) (offset, size int64) {
	if p.Parts == 0 {
		return 0, p.Size
	}
	offset = int64(number-1) * p.PartSize
	return offset, min(p.PartSize, p.Size-offset)
}

// streamPartSize is the size of part number of an object of unknown length.
// It doubles every hundred parts until it is the largest that S3 takes: a part
// is about a hundredth of what went before it, which bounds what lies on disk,
// and 10,000 parts hold 44.7 TiB; 48.8 TiB would be as many of the largest, from
// the first byte on. Where all parts must be equal, 64 MiB give 625 GiB.
func streamPartSize(number int, l sign.Limits) int64 {
	l = withS3Limits(l)
	if l.EqualParts {
		return min(max(64*mib, l.PartSize, l.MinPart), l.MaxPart)
	}
	size := max(partDefault, l.PartSize, l.MinPart)
	for range (number - 1) / 100 {
		if size >= l.MaxPart {
			return l.MaxPart
		}
		size *= 2
	}
	return min(size, l.MaxPart)
}

func withS3Limits(l sign.Limits) sign.Limits {
	for _, limit := range []struct {
		field *int64
		s3    int64
	}{{&l.MinPart, s3MinPart}, {&l.MaxPart, s3MaxPart}, {&l.MaxSingle, s3MaxSingle}, {&l.MaxObject, s3MaxObject}} {
		if *limit.field == 0 {
			*limit.field = limit.s3
		}
	}
	if l.MaxParts == 0 {
		l.MaxParts = s3MaxParts
	}
	return l
}

func tooLarge(size, limit int64) error {
	return fault.New(fault.TooLarge, fault.PartLimit, fault.Facts{
		"Size": fault.InBytes(size), "Limit": fault.InBytes(limit),
	}, nil)
}

func ceilDiv(a, b int64) int64 { return a/b + min(a%b, 1) }
