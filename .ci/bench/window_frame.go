package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// frameGoal leaves half of a picture's time at 60 Hz to Fyne and the desktop.
const frameGoal = 8 * time.Millisecond

var frameTime = regexp.MustCompile(`BenchmarkFrame\S*\s+\d+\s+([0-9.]+) ns/op`)

// measureFrame: what the window does on the UI goroutine between two pictures,
// with 10,000 transfers of which 64 parts are being sent. It is a benchmark of
// the window's own package, which can be repeated with a profile.
func measureFrame(m *meter) error {
	bench := exec.CommandContext(m.ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkFrame$", "-count", strconv.Itoa(m.o.runs), "./ui")
	out, err := bench.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	var all []time.Duration
	for _, found := range frameTime.FindAllSubmatch(out, -1) {
		nanos, err := strconv.ParseFloat(string(found[1]), 64)
		if err != nil {
			return err
		}
		all = append(all, time.Duration(nanos))
	}
	if len(all) == 0 {
		return fmt.Errorf("no figure in %q", out)
	}
	took := middle(all, func(d time.Duration) time.Duration { return d })
	result{
		what: "ms of work a picture, 10,000 transfers, 64 active parts", goal: "≤ 8", held: took <= frameGoal,
		cells: map[string]string{chute: fmt.Sprintf("%.2f", took.Seconds()*1000)},
	}.print()
	return nil
}
