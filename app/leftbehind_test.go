package app

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"chute/uploader/storetest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// What another program left in a bucket is listed with its size, and dropped
// when asked for, and only then.
func TestLeftBehind(t *testing.T) {
	store := storetest.Start(t)
	t.Setenv("AWS_ACCESS_KEY_ID", storetest.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", storetest.SecretKey)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	const work = "[[destination]]\nname = \"work\"\ntype = \"s3\"\nendpoint = %q\nregion = %q\nbucket = %q\nprovider = \"aws\"\npath_style = true\ncredentials = \"aws\"\n"
	atHome(t, fmt.Sprintf(work, store.Endpoint, storetest.Region, store.Bucket)+
		"[[destination]]\nname = \"gone\"\ntype = \"s3\"\nendpoint = \"http://127.0.0.1:1\"\nbucket = \"media\"\ncredentials = \"aws\"\n")
	for _, key := range []string{"films/holiday.mov", "other.bin"} {
		u, err := store.Client().CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &store.Bucket, Key: &key})
		if err != nil {
			t.Fatal(err)
		}
		for n := range 2 {
			if _, err := store.Client().UploadPart(t.Context(), &s3.UploadPartInput{
				Bucket: &store.Bucket, Key: &key, UploadId: u.UploadId, PartNumber: aws.Int32(int32(n + 1)), Body: strings.NewReader(strings.Repeat("x", 1000)),
			}); err != nil {
				t.Fatal(err)
			}
		}
	}

	code, out, errs := run(t, "resume", "--list")
	if code != 0 || !strings.Contains(out, "films/holiday.mov") || !strings.Contains(out, "2.0 kB") || !strings.Contains(out, "$0.00 a month at $0.023 a GB") {
		t.Errorf("exit %d, list:\n%s%s", code, out, errs)
	}
	if !strings.Contains(errs, "gone: what others left there cannot be listed") {
		t.Errorf("nothing is said of the store that does not answer: %s", errs)
	}
	id := strings.Fields(out)[0]
	code, out, _ = run(t, "resume", "--list", "--json")
	var first strayObject
	line, _, _ := strings.Cut(out, "\n")
	if err := json.Unmarshal([]byte(line), &first); code != 0 || err != nil || first.ID != id || first.SentBytes != 2000 || first.Parts != 2 || !first.Bucket {
		t.Errorf("exit %d, %v: %s", code, err, out)
	}

	if code, _, errs := run(t, "resume", "--abort"); code != 0 || len(store.Uploads()) != 2 {
		t.Errorf("--abort without an ID dropped what it did not begin (exit %d, %s)", code, errs)
	}
	if code, _, errs := run(t, "resume", "--abort", "aaaaaaaa"); code == 0 || !strings.Contains(errs, "aaaaaaaa") {
		t.Errorf("an unknown ID: exit %d, %s", code, errs)
	}
	code, _, errs = run(t, "resume", "--abort", id)
	if code != 0 || !strings.Contains(errs, "Dropped "+first.Key) || len(store.Uploads()) != 1 {
		t.Errorf("exit %d, %s, left %v", code, errs, store.Uploads())
	}
}
