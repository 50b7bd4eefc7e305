package gateway

import (
	"bytes"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// An ETag is the MD5 where that is wanted, and else says the CRC64NVME.
func TestETags(t *testing.T) {
	for _, test := range []struct {
		md5  bool
		want string
	}{{false, `"CRC64NVME-M3eFcAZSQlc="`}, {true, `"5d41402abc4b2a76b9719d911017c592"`}} {
		config := testConfig(t, false)
		config.MD5 = test.md5
		g, c := start(t, config)
		put, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("chute"), Key: aws.String("k"), Body: strings.NewReader("hello")})
		if err != nil {
			t.Fatal(err)
		}
		if got := aws.ToString(put.ETag); got != test.want {
			t.Errorf("MD5 %v: ETag %s, want %s", test.md5, got, test.want)
		}
		g.Close()
	}
}

// An upload may have parts of both kinds: what one gateway began, the other
// completes.
func TestETagsOfTwoKinds(t *testing.T) {
	config := testConfig(t, false)
	config.MD5 = true
	g, c := start(t, config)
	m := newMultipart(t, c)
	g.Close()
	config.MD5 = false
	_, m.c = start(t, config)
	m.body[1] = bytes.Repeat([]byte("other"), 10)
	m.put(t, 1)
	if err := m.complete(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.check(t, config.Dir)
}
