package ui

import (
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
)

// pullEvery is how often the window looks for changes while it is shown: 8 Hz
// reads as continuous for numbers and bars, and leaves the processor alone.
const pullEvery = time.Second / 8

// hiddenPullEvery is how often it looks while it is hidden.
const hiddenPullEvery = time.Second

// pump calls pull on the UI goroutine again and again. A call that has not had
// its turn yet is not queued a second time, so a busy window falls behind by
// one call at most.
type pump struct {
	pull    func()
	run     func(func()) // hands a call to the UI goroutine; fyne.Do
	stop    chan struct{}
	every   time.Duration
	waiting atomic.Bool
	ended   atomic.Bool
}

func newPump(pull func()) *pump { return &pump{pull: pull, run: fyne.Do} }

// start begins, with a call at once; a pump that runs at this pace goes on.
func (p *pump) start(every time.Duration) {
	if p.stop != nil && p.every == every {
		return
	}
	p.halt()
	stop := make(chan struct{})
	p.stop, p.every = stop, every
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			if p.waiting.CompareAndSwap(false, true) {
				p.run(func() {
					p.waiting.Store(false)
					select {
					case <-stop: // stopped since
					default:
						if !p.ended.Load() {
							p.pull()
						}
					}
				})
			}
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}()
}

// end ends the calls for good, from any goroutine. When Fyne has ended it makes
// each call at once, wherever it comes from, and beside whatever else happens.
func (p *pump) end() { p.ended.Store(true) }

// halt ends the calls. Start and halt are called by one goroutine.
func (p *pump) halt() {
	if p.stop != nil {
		close(p.stop)
		p.stop = nil
	}
}
