package uploader

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func dated(t time.Time) http.Header {
	return http.Header{"Date": {t.UTC().Format(http.TimeFormat)}}
}

func TestClockFollowsTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []time.Duration
		c := &Clock{Off: func(skew time.Duration) { told = append(told, skew) }}
		near := func(want time.Duration) {
			t.Helper()
			if off := c.Skew() - want; off.Abs() > 2*time.Second {
				t.Errorf("the store is %v ahead, want %v", c.Skew(), want)
			}
			if off := time.Until(c.Now()) - want; off.Abs() > 2*time.Second {
				t.Errorf("Now is %v ahead, want %v", time.Until(c.Now()), want)
			}
		}
		answer := func(skew, took time.Duration) {
			asked := time.Now()
			time.Sleep(took)
			c.observe(dated(time.Now().Add(skew)), asked)
		}
		answer(0, 100*time.Millisecond)
		if c.Skew() != 0 {
			t.Errorf("clocks that agree differ by %v", c.Skew())
		}
		answer(50*time.Second, 100*time.Millisecond)
		near(50 * time.Second)
		if told != nil {
			t.Errorf("%v was told of", told)
		}
		answer(-7*time.Minute, 100*time.Millisecond)
		near(-7 * time.Minute)
		answer(2*time.Hour, 100*time.Millisecond)
		near(2 * time.Hour)
		if len(told) != 1 || (told[0]+7*time.Minute).Abs() > 2*time.Second {
			t.Errorf("told %v, want once of 7 minutes", told)
		}
		answer(0, 100*time.Millisecond) // the clock was set
		near(0)
	})
}

// What a slow answer says is old news when it comes.
func TestClockTrustsQuickAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := new(Clock)
		asked := time.Now()
		h := dated(time.Now())
		time.Sleep(10 * time.Minute)
		c.observe(h, asked)
		if c.Skew() != 0 {
			t.Errorf("an answer that took 10 minutes set the clock off by %v", c.Skew())
		}
	})
}

func TestClockWithoutDates(t *testing.T) {
	var none *Clock
	none.observe(dated(time.Now().Add(time.Hour)), time.Now())
	if off := time.Until(none.Now()); off.Abs() > time.Second {
		t.Errorf("no clock is %v off", off)
	}
	c := new(Clock)
	for _, date := range []string{"", "yesterday", "-1"} {
		c.observe(http.Header{"Date": {date}}, time.Now())
	}
	if c.Skew() != 0 {
		t.Errorf("skew of %v from no date", c.Skew())
	}
}
