package app

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"gopkg.in/natefinch/lumberjack.v2"
)

// The log takes 4 MiB at most: the present file, and older ones beside it, whose
// names have their times.
const (
	logMegabytes = 1
	logsKept     = 3
)

// openLog opens the log, which several processes may write to. Where another
// one holds the file at the moment at which it is full, as Windows lets it,
// lines are lost until that one ends.
func openLog(path string) (*slog.Logger, io.Closer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("log: %w", err)
	}
	f.Close() // what follows opens it at the first line only
	w := &lumberjack.Logger{Filename: path, MaxSize: logMegabytes, MaxBackups: logsKept}
	return slog.New(slog.NewTextHandler(w, nil)), w, nil
}
