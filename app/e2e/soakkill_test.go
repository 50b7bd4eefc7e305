//go:build linux

package e2e

import (
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"time"

	"chute/uploader/storetest"
)

// This file runs the program and kills it.

func (s *soak) command(how, path string) *exec.Cmd {
	args := []string{"send", "--quiet", path}
	e := s.env
	switch how {
	case "resume":
		args = []string{"resume"}
	case "window":
		if s.desktop == nil {
			s.desktop = newDesktop(s.t)
		}
		args = nil
		e = s.desktop.env.with(s.env[slices.IndexFunc(s.env, func(v string) bool { return strings.HasPrefix(v, "CHUTE_HOME=") }):]...)
	}
	cmd := exec.Command(program, args...)
	cmd.Env = e
	return cmd
}

// untilKilled runs the program until it is killed at a random moment, or ends
// before.
func (s *soak) untilKilled(how, path string, parts int, begun bool) (killed bool) {
	s.t.Helper()
	cmd := s.command(how, path)
	var output buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	moment := s.trap(parts, begun)
	s.mu.Lock()
	err := cmd.Start()
	s.running = cmd
	s.mu.Unlock()
	if err != nil {
		s.t.Fatal(err)
	}
	if wait, err := time.ParseDuration(moment); err == nil {
		timer := time.AfterFunc(wait, s.kill)
		defer timer.Stop()
		moment = "after a while"
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err = <-ended:
	case <-time.After(s.enough(how)):
		s.kill() // the trap was not met, and the window stays
		err = <-ended
	}
	checkOutput(s.t, output.Bytes())
	if exit := cmd.ProcessState; exit.Exited() {
		if err != nil {
			s.t.Errorf("%s: %v\n%s", how, err, output.Bytes())
		}
		s.moments["too late"]++
		return false
	}
	s.kills++
	s.moments[moment]++
	return true
}

// enough is how long the program may run before it is killed anyway: a window
// does not end by itself.
func (s *soak) enough(how string) time.Duration {
	if how == "window" {
		return 10 * time.Second
	}
	return patience
}

func (s *soak) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running.Process.Kill()
}

// trap chooses the moment of the next kill and returns its name, or a duration.
// An upload that was begun is not created again.
func (s *soak) trap(parts int, begun bool) string {
	slowly := storetest.Delay(20 * time.Millisecond) // so that there are parts on their way
	after := storetest.DoneThen(func(p *storetest.Proxy, w http.ResponseWriter, r *http.Request) {
		s.kill()
		storetest.Raw("")(p, w, r)
	})
	arrives := s.random.Int64N(partSize)
	before := func(p *storetest.Proxy, w http.ResponseWriter, r *http.Request) {
		io.CopyN(io.Discard, r.Body, arrives)
		s.kill()
		storetest.CutAfter(0)(p, w, r)
	}
	moment, least := "", 0
	if begun {
		least = 2
	}
	switch least + s.random.IntN(8-least) {
	case 0:
		s.store.Fault(storetest.On(storetest.Create).Times(1), before)
		moment = "while it was created"
	case 1:
		s.store.Fault(storetest.On(storetest.Create).Times(1), after)
		moment = "when it was created, before the journal knew"
	case 2, 3:
		s.store.Fault(storetest.On(storetest.PartPut).After(s.random.IntN(parts)).Times(1), before)
		moment = "in the middle of a part"
	case 4:
		s.store.Fault(storetest.On(storetest.PartPut).After(s.random.IntN(parts)).Times(1), after)
		moment = "when a part was there, before the journal knew"
	case 5:
		s.store.Fault(storetest.On(storetest.Complete).Times(1), before)
		moment = "while it was completed"
	case 6:
		s.store.Fault(storetest.On(storetest.Complete).Times(1), after)
		moment = "when it was complete, before history knew"
	default:
		moment = time.Duration(s.random.Int64N(int64(2 * time.Second))).String()
	}
	s.store.Fault(storetest.On(storetest.PartPut), slowly)
	return moment
}
