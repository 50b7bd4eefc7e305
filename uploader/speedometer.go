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

// speedometer estimates a speed from a count that grows. The zero value is ready; it
// is not safe for concurrent use.
type speedometer struct {
	at    [rateLen]time.Time
	count [rateLen]int64
	n     int // samples taken since reset
}

// observe takes a sample, at most one a rateStep.
func (s *speedometer) observe(now time.Time, count int64) {
	if s.n > 0 {
		last := (s.n - 1) % rateLen
		if now.Sub(s.at[last]) < rateStep {
			return
		}
	}
	s.at[s.n%rateLen], s.count[s.n%rateLen] = now, count
	s.n++
}

// speed is the average over the span, in units a second.
func (s *speedometer) speed(now time.Time) float64 {
	if s.n < 2 {
		return 0
	}
	last := (s.n - 1) % rateLen
	for i := max(0, s.n-rateLen); i < s.n-1; i++ {
		first := i % rateLen
		if now.Sub(s.at[first]) > rateSpan+rateStep {
			continue
		}
		span := max(s.at[last].Sub(s.at[first]), now.Sub(s.at[first])-rateStep)
		return float64(s.count[last]-s.count[first]) / span.Seconds()
	}
	return 0
}

func (s *speedometer) reset() { *s = speedometer{} }
