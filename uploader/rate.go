package uploader

import "time"

const (
	// rateSpan is how far back a speed looks: long enough to be calm, short
	// enough to follow the line.
	rateSpan = 6 * time.Second
	rateStep = 250 * time.Millisecond
	rateLen  = int(rateSpan / rateStep)
	// leftAfter is how long a transfer must have run before the time left
	// means something.
	leftAfter = 2 * time.Second
)

// rate estimates a speed from a count that grows. The zero value is ready; it
// is not safe for concurrent use.
type rate struct {
	at    [rateLen]time.Time
	count [rateLen]int64
	n     int // samples taken since reset
}

// observe takes a sample, at most one a rateStep.
func (r *rate) observe(now time.Time, count int64) {
	if r.n > 0 {
		last := (r.n - 1) % rateLen
		if now.Sub(r.at[last]) < rateStep {
			return
		}
	}
	r.at[r.n%rateLen], r.count[r.n%rateLen] = now, count
	r.n++
}

// speed is the average over the span, in units a second.
func (r *rate) speed(now time.Time) float64 {
	if r.n < 2 {
		return 0
	}
	last := (r.n - 1) % rateLen
	for i := max(0, r.n-rateLen); i < r.n-1; i++ {
		first := i % rateLen
		if now.Sub(r.at[first]) > rateSpan+rateStep {
			continue
		}
		span := max(r.at[last].Sub(r.at[first]), now.Sub(r.at[first])-rateStep)
		return float64(r.count[last]-r.count[first]) / span.Seconds()
	}
	return 0
}

func (r *rate) reset() { *r = rate{} }
