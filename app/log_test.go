package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// However much is logged, the disk holds a few MiB of it, readable for the user
// alone.
func TestLogIsBounded(t *testing.T) {
	dir := t.TempDir()
	log, file, err := openLog(filepath.Join(dir, "chute.log"))
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Repeat("x", 64<<10)
	for range 10 * (logMegabytes << 20) / len(line) {
		log.Info("a line", slog.String("text", line))
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	most := int64((logsKept + 1) * (logMegabytes<<20 + len(line)))
	var size int64
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) { // old ones are removed beside the writing
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		size = 0
		for _, f := range files {
			info, err := f.Info()
			if err != nil {
				continue // removed since
			}
			if info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
				t.Errorf("%s is %v", f.Name(), info.Mode())
			}
			size += info.Size()
		}
		if size <= most {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d bytes of logs, at most %d wanted", size, most)
		}
	}
}
