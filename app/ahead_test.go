package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"
	"testing/synctest"

	"chute/uploader"
)

// endless finds files without end, and counts how many were asked for.
func endless(asked *int) iter.Seq[uploader.Found] {
	return func(yield func(uploader.Found) bool) {
		for {
			*asked++
			name := fmt.Sprint(*asked)
			if !yield(uploader.Found{Source: uploader.NewFile(name, "/folder/"+name, 1), Folder: "folder"}) {
				return
			}
		}
	}
}

// walking is a program that reads an endless folder, whose transfers end when
// they are told to.
type walking struct {
	*App
	d     *adder
	asked int
	added []uploader.ID
	ended sync.WaitGroup
}

func startWalking(t *testing.T, open func(context.Context) error) *walking {
	running, stop := context.WithCancel(t.Context())
	w := &walking{App: &App{engine: uploader.New(uploader.Options{}), walks: make(map[uploader.BatchID]*adder), running: running, reading: running, stop: stop}}
	w.d = &adder{app: w.App, batch: 7}
	w.ended.Go(func() {
		for f := range w.d.paced(endless(&w.asked)) {
			w.added = append(w.added, w.engine.Add(uploader.Job{
				Source: f.Source, Batch: 7, Open: func(ctx context.Context) (uploader.Target, error) { return uploader.Target{}, open(ctx) },
			}))
		}
	})
	return w
}

func (w *walking) close(t *testing.T) {
	w.stop()
	w.ended.Wait()
	if err := w.engine.Close(context.Background()); err != nil {
		t.Error(err)
	}
	w.work.Wait()
}

// A folder is read only as far ahead of the sending as it says, without end.
func TestFolderIsReadAsItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := make(chan struct{})
		w := startWalking(t, func(ctx context.Context) error {
			select {
			case <-turns:
				return errors.New("ended")
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
		defer w.close(t)
		for sent := range 50 {
			synctest.Wait()
			// One more is known than may be added.
			if want := windowAhead + sent + 1; w.asked != want {
				t.Fatalf("%d files were read when %d had ended, want %d", w.asked, sent, want)
			}
			turns <- struct{}{}
		}
	})
}

// Cancelling all that is there of a folder cancels what was not read yet;
// cancelling some of it does not.
func TestCancellingAFolderEndsItsReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWalking(t, func(ctx context.Context) error {
			<-ctx.Done()
			return context.Cause(ctx)
		})
		defer w.close(t)
		synctest.Wait()
		w.cancel(w.added[:100]...)
		synctest.Wait()
		if w.asked != windowAhead+101 {
			t.Errorf("%d files were read after some were cancelled", w.asked)
		}
		w.cancel(w.added...)
		synctest.Wait()
		if open := w.engine.Open(7); len(open) > 0 {
			t.Errorf("%d transfers go on", len(open))
		}
		if w.asked > windowAhead+102 {
			t.Errorf("it was read on to %d files", w.asked)
		}
		again := 0
		for range w.d.paced(endless(&again)) {
			t.Error("the next of what was dropped with it goes on")
			break
		}
	})
}
