package app

import (
	"time"

	"chute/app/awake"
)

// sleepLook is how often it is asked whether bytes move. What is sent within
// it needs nobody to stay awake.
const sleepLook = 5 * time.Second

// keepAwake keeps the computer awake while bytes move, until the program ends,
// where the settings want that.
func (a *App) keepAwake() {
	a.work.Go(func() {
		k := awake.New()
		defer k.Keep(a.running, false, "")
		tick := time.NewTicker(sleepLook)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-a.running.Done():
				return
			}
			on := a.engine.Sending()
			if on {
				s, err := a.settings.Load()
				on = err == nil && s.KeepAwake
			}
			if err := k.Keep(a.running, on, "Files are being sent"); err != nil {
				a.log.Info("the computer may go to sleep", "cause", err)
			}
		}
	})
}
