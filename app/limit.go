package app

import (
	"time"

	"chute/app/config"
)

// limitLook is how often the hours of the speed limit are compared with the
// clock, which may be set or sleep meanwhile.
const limitLook = 10 * time.Second

// keepLimit holds the engine to the limit of the settings, in its hours, until
// Close.
func (a *App) keepLimit(s config.Settings) {
	a.setLimit(s)
	a.work.Go(func() {
		tick := time.NewTicker(limitLook)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				a.applyLimit()
			case <-a.running.Done():
				return
			}
		}
	})
}

// setLimit takes the limit and its hours from the settings.
func (a *App) setLimit(s config.Settings) {
	a.mu.Lock()
	a.limit, a.limitHours = s.Limit, s.LimitHours
	a.mu.Unlock()
	a.applyLimit()
}

func (a *App) applyLimit() {
	a.mu.Lock()
	defer a.mu.Unlock()
	limit := a.limit
	if !a.limitHours.Contain(time.Now()) {
		limit = 0
	}
	if limit != a.limited {
		a.limited = limit
		a.engine.SetRate(limit)
	}
}
