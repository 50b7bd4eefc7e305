package uploader

import (
	"math"
	"testing"
	"time"
)

func TestRate(t *testing.T) {
	var r speedometer
	now := time.Unix(1000, 0)
	if r.speed(now) != 0 {
		t.Error("a speed out of nothing")
	}
	for i := range 60 { // 10 MB/s, looked at every 100 ms
		r.observe(now, int64(i)*1e6)
		now = now.Add(100 * time.Millisecond)
	}
	if got := r.speed(now); math.Abs(got-10e6) > 1e6 {
		t.Errorf("speed = %.0f, want about 10 MB/s", got)
	}
	// Nothing moves any more: the speed sinks.
	for range 100 {
		r.observe(now, 59e6)
		now = now.Add(100 * time.Millisecond)
	}
	if got := r.speed(now); got != 0 {
		t.Errorf("speed = %.0f after ten seconds of nothing", got)
	}
}
