package app

import (
	"bufio"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// The fields of the JSON lines, as the contract has them: a letter for the
// type, n for a number, s for a text, o for an object, and a question mark
// where there may be null.
var eventFields = map[string]map[string]string{
	"progress": {
		"event": "s", "id": "s", "path": "s", "bytes": "n", "size": "n?", "parts_done": "n", "parts": "n", "bytes_per_second": "n",
	},
	"done": {
		"event": "s", "id": "s", "path": "s", "key": "s", "bucket": "s?", "size": "n", "parts": "n", "link": "s?", "expires_at": "s?",
		"etag": "s", "checksum": "s", "retries": "n", "resumed_bytes": "n", "sent_bytes": "n", "seconds": "n",
	},
	"failed": {"event": "s", "id": "s", "path": "s", "error": "o"},
}

func kind(v any) string {
	switch v.(type) {
	case string:
		return "s"
	case float64:
		return "n"
	case map[string]any:
		return "o"
	case nil:
		return "?"
	default:
		return fmt.Sprintf("%T", v)
	}
}

// readEvents reads JSON lines and refuses what the contract does not have.
func readEvents(ts *testscript.TestScript, file string) []map[string]any {
	var all []map[string]any
	over := make(map[string]bool)
	lines := bufio.NewScanner(strings.NewReader(ts.ReadFile(file)))
	for lines.Scan() {
		var e map[string]any
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			ts.Fatalf("%q: %v", lines.Text(), err)
		}
		name, _ := e["event"].(string)
		fields, ok := eventFields[name]
		if !ok || len(fields) != len(e) {
			ts.Fatalf("%s: an unknown event or other fields than there should be", lines.Text())
		}
		for field, want := range fields {
			if got, ok := e[field]; !ok || !strings.Contains(want, kind(got)) {
				ts.Fatalf("%s: %s is missing or no %q", lines.Text(), field, want)
			}
		}
		if failure, ok := e["error"].(map[string]any); ok {
			for _, field := range []string{"code", "message", "hint"} {
				if text, _ := failure[field].(string); text == "" || len(failure) != 3 {
					ts.Fatalf("%s: an error is a code, a message and a hint", lines.Text())
				}
			}
			e["code"] = failure["code"]
		}
		if id := e["id"].(string); over[id] {
			ts.Fatalf("%s comes after the end of %s", lines.Text(), id)
		} else if name != "progress" {
			over[id] = true
		}
		all = append(all, e)
	}
	return all
}

// checkEvents: events FILE [NAME=COUNT ...] checks every JSON line in a file,
// and how many there are of each kind.
func checkEvents(ts *testscript.TestScript, _ bool, args []string) {
	events := readEvents(ts, args[0])
	for _, arg := range args[1:] {
		name, count, _ := strings.Cut(arg, "=")
		n := 0
		for _, e := range events {
			if e["event"] == name {
				n++
			}
		}
		if fmt.Sprint(n) != count {
			ts.Fatalf("%d events %s, want %s", n, name, count)
		}
	}
}

// checkEvent: event FILE NAME FIELD=VALUE ... says that there is such an
// event; VALUE null is no value. code is that of a failure.
func checkEvent(ts *testscript.TestScript, _ bool, args []string) {
	found := slices.ContainsFunc(readEvents(ts, args[0]), func(e map[string]any) bool {
		for _, arg := range args[2:] {
			field, want, _ := strings.Cut(arg, "=")
			got := "null"
			if e[field] != nil {
				got = fmt.Sprint(e[field])
			}
			if got != want {
				return false
			}
		}
		return e["event"] == args[1]
	})
	if !found {
		ts.Fatalf("there is no event %v", args[1:])
	}
}
