package uploader

import (
	"fmt"
	"testing"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

// The sizes around every border of S3's and of the plan's own.
func TestNewPlan(t *testing.T) {
	r2 := sign.Limits{EqualParts: true}
	scaleway := sign.Limits{MaxParts: 1000}
	storj := sign.Limits{MinPart: 64 * mib}
	formOnly := sign.Limits{NoMulti: true}
	multiOnly := sign.Limits{NoSingle: true}
	user := func(n int64) sign.Limits { return sign.Limits{PartSize: n} }
	tests := []struct {
		name   string
		size   int64
		limits sign.Limits
		want   Plan
	}{
		{"empty", 0, sign.Limits{}, Plan{0, 0, 0}},
		{"one byte", 1, sign.Limits{}, Plan{1, 1, 0}},
		{"one less than the threshold", 16*mib - 1, sign.Limits{}, Plan{16*mib - 1, 16*mib - 1, 0}},
		{"the threshold", 16 * mib, sign.Limits{}, Plan{16 * mib, 16 * mib, 0}},
		{"one more than the threshold", 16*mib + 1, sign.Limits{}, Plan{16*mib + 1, 8 * mib, 3}},
		{"exactly three parts", 24 * mib, sign.Limits{}, Plan{24 * mib, 8 * mib, 3}},
		{"three parts and a byte", 24*mib + 1, sign.Limits{}, Plan{24*mib + 1, 8 * mib, 4}},
		{"exactly 10,000 parts", 80_000 * mib, sign.Limits{}, Plan{80_000 * mib, 8 * mib, 10_000}},
		{"a byte over 10,000 parts", 80_000*mib + 1, sign.Limits{}, Plan{80_000*mib + 1, 9 * mib, 8889}},
		{"the largest object", s3MaxObject, sign.Limits{}, Plan{s3MaxObject, 5 * gib, 10_000}},
		{"the user's part size", 100 * mib, user(5 * mib), Plan{100 * mib, 5 * mib, 20}},
		{"the user's part size too small", 100 * mib, user(mib), Plan{100 * mib, 5 * mib, 20}},
		{"the user's large part size", 60 * mib, user(64 * mib), Plan{60 * mib, 60 * mib, 0}},
		{"the user's part size too small for the size", 80_000 * mib, user(5 * mib), Plan{80_000 * mib, 8 * mib, 10_000}},
		{"equal parts", 17 * mib, r2, Plan{17 * mib, 8 * mib, 3}},
		{"a thousand parts at most", 8001 * mib, scaleway, Plan{8001 * mib, 9 * mib, 889}},
		{"a large least part", 100 * mib, storj, Plan{100 * mib, 64 * mib, 2}},
		{"no multipart", 4 * gib, formOnly, Plan{4 * gib, 4 * gib, 0}},
		{"no single", 1, multiOnly, Plan{1, 8 * mib, 1}},
		{"no single, empty", 0, multiOnly, Plan{0, 8 * mib, 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := NewPlan(test.size, test.limits)
			if err != nil || got != test.want {
				t.Fatalf("NewPlan(%d) = %+v, %v, want %+v", test.size, got, err, test.want)
			}
			checkCover(t, got)
		})
	}
}

// checkCover checks that the parts lie end to end and make up the object.
func checkCover(t *testing.T, p Plan) {
	t.Helper()
	var end int64
	for n := 1; n <= p.Requests(); n++ {
		offset, size := p.Range(n)
		if offset != end || size < 0 || size == 0 && p.Size > 0 {
			t.Fatalf("part %d lies at %d+%d, after %d", n, offset, size, end)
		}
		end += size
	}
	if end != p.Size {
		t.Fatalf("the parts end at %d of %d", end, p.Size)
	}
}

func TestNewPlanRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		size   int64
		limits sign.Limits
	}{
		"a byte over the largest object":    {s3MaxObject + 1, sign.Limits{}},
		"a byte over the largest PUT":       {5*gib + 1, sign.Limits{NoMulti: true}},
		"a byte over the destination's own": {mib + 1, sign.Limits{MaxObject: mib}},
		"more than the part limits allow":   {2 * gib, sign.Limits{MaxParts: 10, MaxPart: 100 * mib}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewPlan(test.size, test.limits)
			if f := fault.As(err); f == nil || f.Code != fault.TooLarge || f.Facts["Limit"] == "" {
				t.Fatalf("NewPlan = %v, want %s with the limit", err, fault.TooLarge)
			}
		})
	}
}

func TestNewPlanDoesNotAllocateBySize(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { NewPlan(s3MaxObject, sign.Limits{}) }); n > 0 {
		t.Errorf("planning 48.8 TiB allocates %v times", n)
	}
}

func TestStreamPartSize(t *testing.T) {
	var whole int64
	for n := 1; n <= s3MaxParts; n++ {
		size := streamPartSize(n, sign.Limits{})
		if size < s3MinPart || size > s3MaxPart {
			t.Fatalf("part %d has %d bytes", n, size)
		}
		whole += size
	}
	if got := fmt.Sprintf("%.1f TiB", float64(whole)/(1024*gib)); got != "44.7 TiB" {
		t.Errorf("10,000 parts of a stream hold %s", got)
	}
	for limits, want := range map[sign.Limits]int64{
		{PartSize: 5 * gib}: 5 * gib, {MinPart: 20 * mib}: 20 * mib, {MaxPart: 7 * mib}: 7 * mib,
	} {
		if got := streamPartSize(1, limits); got != want {
			t.Errorf("%+v: the first part has %d bytes, want %d", limits, got, want)
		}
		if got, most := streamPartSize(s3MaxParts, limits), withS3Limits(limits).MaxPart; got != most {
			t.Errorf("%+v: the last part has %d bytes, want %d", limits, got, most)
		}
	}
	equal := sign.Limits{EqualParts: true}
	if a, b := streamPartSize(1, equal), streamPartSize(9999, equal); a != b {
		t.Errorf("equal parts have %d and %d bytes", a, b)
	}
}
