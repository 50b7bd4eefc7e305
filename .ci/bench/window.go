package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"time"
)

// emptyWindow is the program that Chute's start is compared with.
const emptyWindow = "empty window"

// chuteColours is how many colours the first picture of Chute's window has at
// least: less is a background without content.
const chuteColours = 8

// measureShown: from the start of the program to the first picture of its
// window, beside a program of Fyne's that shows nothing.
func measureShown(m *meter) error {
	empty := filepath.Join(m.dir, "emptywindow")
	build := exec.CommandContext(m.ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", empty, "./.ci/bench/emptywindow")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	if err := m.p.destination("127.0.0.1:1"); err != nil {
		return err
	}
	s, err := startScreen(m.dir)
	if err != nil {
		return err
	}
	defer s.close()
	env := s.environment(m.p, "")
	all, err := interleave(1+5*m.o.runs, []string{chute, emptyWindow}, func(program string) (time.Duration, error) {
		name, colours := empty, 1
		if program == chute {
			name, colours = m.p.chute, chuteColours
		}
		w, err := s.open(env, colours, name)
		if err != nil {
			return 0, err
		}
		defer w.stop()
		return w.shown, nil
	})
	if err != nil {
		return err
	}
	own := middle(all[chute], time.Duration.Seconds)
	least := middle(all[emptyWindow], time.Duration.Seconds)
	result{
		what: "s from the start to the window's first picture", goal: "≤ 1.5 × an empty window", held: own <= 1.5*least,
		cells: map[string]string{chute: fmt.Sprintf("%.3f (empty window: %.3f, ratio %.2f)", own, least, own/least)},
	}.print()
	return nil
}
