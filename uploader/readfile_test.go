package uploader

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestCloseWhileReading(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "f"), "some bytes")
	for range 100 {
		f, err := openToRead(path)
		if err != nil {
			t.Fatal(err)
		}
		var readers sync.WaitGroup
		started := make(chan struct{}, 8)
		for range cap(started) {
			readers.Go(func() {
				buffer := make([]byte, 10)
				for first := true; ; first = false {
					_, err := f.ReadAt(buffer, 0)
					if first {
						started <- struct{}{}
					}
					if err != nil {
						if !errors.Is(err, os.ErrClosed) {
							t.Error(err)
						}
						return
					}
				}
			})
		}
		for range cap(started) {
			<-started
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		readers.Wait()
	}
}
