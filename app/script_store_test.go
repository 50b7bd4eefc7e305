package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"chute/uploader/storetest"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/rogpeppe/go-internal/testscript"
)

// This file is what scripts do with stores.

// startStore: store [tls] makes an S3 store with an empty bucket, and the
// destination "work" for it, as point does.
func startStore(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	if len(args) > 0 && args[0] == "tls" {
		s.store = storetest.StartTLS(s.t)
		s.ca = s.store.CAFile()
		ts.Setenv("CA", s.ca)
	} else {
		s.store = storetest.Start(s.t)
	}
	ts.Setenv("ENDPOINT", s.store.Endpoint)
	ts.Setenv("BUCKET", s.store.Bucket)
	point(ts, false, nil)
}

// point: point [FIELD=VALUE ...] writes destinations.toml with the one
// destination "work", which goes to the store but for the fields given.
func point(ts *testscript.TestScript, _ bool, args []string) {
	order := []string{"name", "type", "endpoint", "region", "bucket", "credentials", "key"}
	fields := map[string]string{
		"name": "work", "type": "s3", "endpoint": of(ts).store.Endpoint, "region": storetest.Region,
		"bucket": of(ts).store.Bucket, "credentials": "aws", "key": "{name}",
	}
	for _, arg := range args {
		field, value, _ := strings.Cut(arg, "=")
		if _, ok := fields[field]; !ok {
			order = append(order, field)
		}
		fields[field] = value
	}
	var text strings.Builder
	text.WriteString("[[destination]]\n")
	for _, field := range order {
		fmt.Fprintf(&text, "%s = %q\n", field, fields[field])
	}
	home := ts.MkAbs(ts.Getenv("CHUTE_HOME"))
	ts.Check(os.MkdirAll(home, 0o700))
	ts.Check(os.WriteFile(filepath.Join(home, "destinations.toml"), []byte(text.String()), 0o600))
}

// holds: holds [KEY ...] says what is in the bucket, and that nothing is
// unfinished there.
func holds(ts *testscript.TestScript, _ bool, keys []string) {
	s := of(ts)
	s.store.Holds(keys...)
	if s.t.Failed() {
		ts.Fatalf("the store is not as it should be")
	}
}

// object: object KEY FILE compares.
func object(ts *testscript.TestScript, _ bool, args []string) {
	if string(of(ts).store.Get(args[0])) != ts.ReadFile(args[1]) {
		ts.Fatalf("%s is not what is in %s", args[0], args[1])
	}
}

// stored: stored PREFIX N counts the objects whose keys begin so, and says that
// nothing is unfinished in the bucket.
func stored(ts *testscript.TestScript, _ bool, args []string) {
	store := of(ts).store
	n := 0
	for _, key := range store.Keys() {
		if strings.HasPrefix(key, args[0]) {
			n++
		}
	}
	if strconv.Itoa(n) != args[1] || len(store.Uploads()) > 0 {
		ts.Fatalf("%d objects, want %s; unfinished: %q", n, args[1], store.Uploads())
	}
}

// lose: lose KEY deletes an object.
func lose(ts *testscript.TestScript, _ bool, args []string) {
	store := of(ts).store
	_, err := store.Client().DeleteObject(of(ts).t.Context(), &s3.DeleteObjectInput{Bucket: &store.Bucket, Key: &args[0]})
	ts.Check(err)
}
